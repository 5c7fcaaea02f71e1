"""Sentence embeddings from a local model folder.

Knows one thing: text in, unit vectors out. Does not know where the folder came from
(``index.weights``), what a chunk is, or where vectors are kept (``index.vectors``).
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from corpus.errors import WeightsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import nn

Vectors = NDArray[np.float32]
OnBatch = Callable[[int, int], None]

# Padded tokens per forward pass. Best walls of 64 chunks of 179 tokens on two busy AVX-512
# cores, tokens/s: 1,024: 6,500; 2,048: 6,400; 4,096: 5,500; 8,192: 4,600 (the caches overflow);
# sentence-transformers' own loop, 32 texts a batch: 4,100.
TOKENS_PER_BATCH = 2048
# Texts tokenised at a time, so that a million chunks never stand in memory as token lists.
TEXTS_PER_WINDOW = 4096

# CPU features with which bfloat16 matrices are multiplied natively. There documents are
# embedded in bfloat16: 17,400 tokens/s for 6,400. Against float32: cosine to the same vector
# 0.99995 on average and never below 0.9998, scores off by at most 0.004, Cranfield nDCG@10
# .4892 for .4882. Elsewhere bfloat16 is emulated and slower. ARM was not measured.
BFLOAT16_FEATURES = ("avx512_bf16", "amx_bf16")

Precision = Literal["auto", "float32"]


class Embedder:
    """A sentence-transformers model in ``folder``, loaded at first use; safe for threads.

    ``precision``: "auto" embeds documents in bfloat16 where the CPU does so natively,
    "float32" never does. Queries are always embedded in float32.
    """

    def __init__(
        self, folder: Path, threads: int | None = None, precision: Precision = "auto"
    ) -> None:
        self.folder = Path(folder)
        self.name = self.folder.name
        self._threads = threads
        self._precision = precision
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None
        self._document_encoder: nn.Module | None = None

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, read from the model's configuration without loading it."""
        return _dimension_of(self.folder)

    @cached_property
    def fingerprint(self) -> str:
        """Name and first 12 hex digits of the weights' sha256: changes when vectors change."""
        return f"{self.name}@{_weights_sha256(self.folder)[:12]}"

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._model is not None

    def load(self) -> None:
        """Load the model now (seconds), rather than at the first text."""
        self._loaded()

    def encode(self, texts: Sequence[str], *, on_batch: OnBatch | None = None) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order of ``texts``.

        ``on_batch(done, total)`` is called with counts of texts after every batch. Texts
        longer than the model's limit (256 tokens for all-MiniLM-L6-v2) are cut there.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        if not len(texts):
            return vectors
        model, encoder = self._loaded(), self._for_documents()
        done = 0
        for start in range(0, len(texts), TEXTS_PER_WINDOW):
            tokens = _tokenise(model, list(texts[start : start + TEXTS_PER_WINDOW]))
            for rows in batches([len(ids) for ids in tokens], TOKENS_PER_BATCH):
                batch = [tokens[row] for row in rows]
                vectors[[start + row for row in rows]] = _forward(model, encoder, batch)
                done += len(rows)
                if on_batch is not None:
                    on_batch(done, len(texts))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Unit vector of one query, shape (dimension,)."""
        model = self._loaded()
        vector: Vectors = _forward(model, model[0], _tokenise(model, [text]))[0]
        return vector

    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            if self._model is None:
                self._model = _load(self.folder, self._threads)
            return self._model

    def _for_documents(self) -> nn.Module:
        """The model's first part, in bfloat16 where that is faster; made once."""
        import torch

        model = self._loaded()
        with self._lock:
            if self._document_encoder is None:
                first: nn.Module = model[0]
                if self._precision == "auto" and _bfloat16_is_native():
                    first = copy.deepcopy(first).to(torch.bfloat16)
                self._document_encoder = first
            return self._document_encoder


def _bfloat16_is_native() -> bool:
    import torch

    features = torch.cpu.get_capabilities()
    return any(features.get(name, False) for name in BFLOAT16_FEATURES)


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Group row numbers by falling length so that rows x longest <= budget (or one row).

    The longest come first: memory peaks at once, and a time estimate only gets better.
    """
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _tokenise(model: SentenceTransformer, texts: list[str]) -> list[list[int]]:
    encoded = model.tokenizer(
        texts,
        truncation=True,
        max_length=model.max_seq_length,
        padding=False,
        return_attention_mask=False,
        return_token_type_ids=False,
    )
    ids: list[list[int]] = encoded["input_ids"]
    return ids


def _forward(model: SentenceTransformer, encoder: nn.Module, rows: list[list[int]]) -> Vectors:
    """One padded batch: ``encoder``, then the model's pooling. Shape (len(rows), dimension)."""
    import torch

    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), model.tokenizer.pad_token_id or 0, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row, dtype=torch.long)
        mask[number, : len(row)] = 1
    features: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
    with torch.inference_mode():
        features = encoder(features)
        features["token_embeddings"] = features["token_embeddings"].float()
        for module in list(model)[1:]:
            features = module(features)
        unit = torch.nn.functional.normalize(features["sentence_embedding"], dim=1)
    vectors: Vectors = unit.numpy()
    return vectors


def _load(folder: Path, threads: int | None) -> SentenceTransformer:
    if not (folder / "modules.json").is_file():
        raise WeightsError(
            f"No sentence-transformers model in {folder}. Run: refdesk weights pull {folder.name}"
        )
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    if threads is not None:
        torch.set_num_threads(threads)
    try:
        with _quiet():
            model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsError(
            f"The embedding model in {folder} cannot be loaded ({reason}). "
            f"Delete the folder and run: refdesk weights pull {folder.name}"
        ) from error
    model.eval()
    # The first call sets the tokenizer's truncation, which two threads must not do at once
    # ("Already borrowed"), and pays for torch's lazy set-up. Both happen under the lock here.
    _forward(model, model[0], _tokenise(model, ["warm up"]))
    return model


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No progress bar and no advice from transformers while a model loads."""
    from transformers.utils import logging as transformers_logging

    bar = transformers_logging.is_progress_bar_enabled()
    level = transformers_logging.get_verbosity()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        if bar:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _dimension_of(folder: Path) -> int:
    try:
        pooling = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
        return int(pooling["word_embedding_dimension"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"No sentence-transformers model in {folder}. Run: refdesk weights pull {folder.name}"
        ) from error


def _weights_sha256(folder: Path) -> str:
    try:
        with (folder / "model.safetensors").open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(
            f"{folder} has no model.safetensors. Run: refdesk weights pull {folder.name}"
        ) from error
