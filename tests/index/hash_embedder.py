"""An honest stand-in for the embedder: word-hash vectors, deterministic in any process."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from index.vectors import Matrix

DIMENSION = 64


class HashEmbedder:
    """Bag-of-words vectors; equal texts give equal vectors, shared words near ones."""

    def __init__(self, fingerprint: str = "hash@1") -> None:
        self.fingerprint = fingerprint
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.texts.extend(texts)
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> Matrix:
        vector = np.full(DIMENSION, 0.01, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[zlib.crc32(word.encode()) % DIMENSION] += 1.0
        return vector / np.linalg.norm(vector)
