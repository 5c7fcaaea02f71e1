"""Another embedder of the same dimension: mixed up with the first, every cosine would be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.vectors import Matrix
from tests.index.hash_embedder import DIMENSION, HashEmbedder

TURN = np.linalg.qr(np.random.default_rng(7).standard_normal((DIMENSION, DIMENSION)))[0]
BIAS = 0.15  # moves all vectors nearer to each other: cosines of the two embedders differ


class OtherEmbedder(HashEmbedder):
    """HashEmbedder's vectors, moved and turned by a fixed rotation."""

    folder = Path("/models/other")

    def __init__(self, fingerprint: str = "other@2") -> None:
        super().__init__(fingerprint)

    def encode_query(self, text: str) -> Matrix:
        moved = super().encode_query(text) + BIAS
        turned = (moved / np.linalg.norm(moved)) @ TURN
        return np.asarray(turned, dtype=np.float32)
