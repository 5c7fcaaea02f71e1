"""An optional second look: a cross-encoder reads question and passage together.

Off by default. The model is the user's own folder in sentence-transformers' layout; it is loaded
at the first use and nothing is fetched. Knows nothing of how the passages were found.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus.errors import WeightsError
from index.types import Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

log = logging.getLogger(__name__)

# Passages read again. A 6-layer model of 384 dimensions, as the default embedder is, reads
# about 4,000 to 8,000 tokens a second on one core: 10 passages of 180 tokens take 0.2 to 0.4 s.
RERANKED = 10
BATCH = 8


class Reranker(Protocol):
    """Anything that says how well texts answer a question."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """A finite number for each text, higher is better; comparable within one call."""


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder in ``folder``, loaded at first use; thread-safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._lock = threading.Lock()
        self._model: CrossEncoder | None = None

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """The model's score for each text, which is cut where the model's limit is."""
        if not texts:
            return []
        with self._lock:  # tokenizers must not be used by two threads at once
            model = self._model = self._model or _load(self.folder)
            found = model.predict(
                [(question, text) for text in texts], batch_size=BATCH, show_progress_bar=False
            )
        return [float(score) for score in found]


def rerank(
    question: str, passages: Sequence[Passage], reranker: Reranker, limit: int = RERANKED
) -> list[Passage]:
    """The first ``limit`` passages in the reranker's order, then the rest as they were.

    Each place keeps its fused score, so that scores still fall from first to last. Where the
    reranker cannot be used the order stays and a warning is logged.
    """
    head, tail = list(passages[:limit]), list(passages[limit:])
    try:
        scores = reranker.scores(question, [_text(passage) for passage in head])
    except WeightsError as error:
        log.warning("%s", error)
        return head + tail
    order = sorted(range(len(head)), key=lambda i: (-scores[i], i))
    return [replace(head[i], score=head[n].score) for n, i in enumerate(order)] + tail


def _text(passage: Passage) -> str:
    path = " > ".join(dict.fromkeys([passage.document.title, *passage.chunk.heading_path]))
    return "\n".join(part for part in (path, passage.header, passage.text) if part)


def _load(folder: Path) -> CrossEncoder:
    if not (folder / "config.json").is_file():
        raise WeightsError(f"No cross-encoder in {folder}: it has no config.json.")
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsError(f"The cross-encoder in {folder} cannot be loaded ({reason}).") from error
    if model.num_labels != 1:
        raise WeightsError(
            f"The cross-encoder in {folder} gives {model.num_labels} scores for a passage; "
            "name one that gives a single relevance score."
        )
    return model
