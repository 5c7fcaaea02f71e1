"""An optional judge: a cross-encoder for natural language inference, in a folder of the user's.

Any sentence-transformers ``CrossEncoder`` whose labels include "entailment", or that gives a
single score, will do. Off unless a folder is given: refdesk ships none. Knows nothing of
gates, quotes or answers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import WeightsError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

LONGEST_PREMISE = 2000
"""Characters of a quote that the model is shown; it cuts at its own limit of tokens too."""


class CrossEntailment:
    """An ``Entailment`` from the model in ``folder``; loaded at first use."""

    def __init__(self, folder: Path) -> None:
        """Use the model in ``folder``; raises WeightsError if it holds none."""
        self.folder = Path(folder)
        self._label = _entailment_label(self.folder)
        self._model: CrossEncoder | None = None

    def __call__(self, premise: str, hypothesis: str) -> float:
        """The probability, in 0..1, that ``premise`` entails ``hypothesis``."""
        import torch

        model = self._loaded()
        logits = model.predict(
            [(premise[:LONGEST_PREMISE], hypothesis)],
            activation_fn=torch.nn.Identity(),
            convert_to_tensor=True,
            show_progress_bar=False,
        )[0]
        if self._label is None:
            return float(torch.sigmoid(logits).reshape(()))
        return float(torch.softmax(logits, dim=-1)[self._label])

    def _loaded(self) -> CrossEncoder:
        if self._model is None:
            self._model = _load(self.folder)
        return self._model


def _load(folder: Path) -> CrossEncoder:
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise WeightsError(
            f"The entailment model in {folder} cannot be loaded ({reason}). "
            "Give the folder of a sentence-transformers cross-encoder."
        ) from error
    return model


def _entailment_label(folder: Path) -> int | None:
    """Which output is entailment; None for a model with a single output."""
    try:
        labels = json.loads((folder / "config.json").read_text("utf-8")).get("id2label") or {}
    except (OSError, ValueError, AttributeError) as error:
        raise WeightsError(
            f"No cross-encoder in {folder}: its config.json cannot be read. "
            "Give the folder of a sentence-transformers cross-encoder."
        ) from error
    if len(labels) <= 1:
        return None
    for number, label in labels.items():
        if str(label).lower() in ("entailment", "entail", "supported"):
            return int(number)
    raise WeightsError(
        f"The cross-encoder in {folder} has no label 'entailment' (it has: "
        f"{', '.join(map(str, labels.values()))}). Give one trained on natural language inference."
    )
