"""The model card that the Hub's metadata make: what they state, and nothing that they do not.

Pure functions of the metadata. The source of every fact is the model's page on the Hub.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import ValidationError

from corpus.card_fields import id_of
from corpus.card_text import day, listed
from corpus.cards import ModelCard, curated_cards
from corpus.check.licences import class_of, spdx
from corpus.hub.metadata import HubModel
from corpus.hub.places import is_model_id

_WEIGHTS = frozenset(["safetensors", "pytorch", "gguf", "jax", "tf", "onnx", "mlx"])
# Number formats in which one number is one parameter; packed ones hold several.
_PLAIN = re.compile(r"^(?:F|BF)\d")
_PACKED_SHARE = 0.01  # position ids and the like are integers too
# The Hub gives this day to all that came before it noted days.
_FIRST_DAY = "2022-03-02"
_TASKS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("text-generation", "text-classification", "token-classification", "question-answering",
         "translation", "summarization", "fill-mask", "feature-extraction", "text-ranking",
         "sentence-similarity", "zero-shot-classification", "text2text-generation"), ("text",)),
    **dict.fromkeys(
        ("image-text-to-text", "image-to-text", "text-to-image", "visual-question-answering",
         "visual-document-retrieval", "document-question-answering"), ("text", "image")),
    **dict.fromkeys(
        ("automatic-speech-recognition", "text-to-speech", "text-to-audio", "audio-text-to-text"),
        ("text", "audio")),
    **dict.fromkeys(("video-text-to-text", "text-to-video"), ("text", "video")),
    **dict.fromkeys(
        ("image-classification", "object-detection", "image-segmentation", "image-to-image",
         "image-feature-extraction", "depth-estimation"), ("image",)),
    **dict.fromkeys(("audio-classification", "audio-to-audio"), ("audio",)),
    "image-to-video": ("image", "video"),
    "video-classification": ("video",),
}  # fmt: skip
_MOST_LANGUAGES = 40


def hub_card(model: HubModel, page: str) -> ModelCard | None:
    """The card of a model whose page is at ``page``, or None where it publishes no weights."""
    if not _has_weights(model):
        return None
    name = name_of(model)
    licence, spdx_id = _licence(model)
    fields: dict[str, Any] = {
        "id": f"{id_of(model.author)[:39]}--{id_of(model.name)[:40]}",
        "name": name,
        "aliases": (model.id,) if name != model.id else (),
        "family": name,
        "developer": _developers().get(model.author.casefold(), model.author),
        "country": None,
        "release_date": _released(model),
        "release_date_note": "the day on which its repository on the Hub was created"
        if _released(model) else None,
        "total_params_b": _billions(model),
        "active_params_b": None,
        "architecture": None,
        "context_length": None,
        "context_tokens_approx": model.gguf.context_length,
        "modalities": _TASKS.get(model.pipeline_tag or "", ()),
        "licence": licence,
        "licence_spdx": spdx_id,
        "licence_class": class_of(licence, spdx_id) if licence else None,
        "open_weights": True,
        "weights_repo": model.id,
        "gguf_repo": model.id if "gguf" in model.tags else None,
        "base_model": _base(model),
        "benchmarks": {},
        "benchmark_note": None,
        "notes": tuple(_notes(model, name)),
        "sources": [{"url": page, "supports": "all fields, after its metadata"}],
    }  # fmt: skip
    try:
        return ModelCard.model_validate(fields)
    except ValidationError:
        return None  # the page is still a document


def name_of(model: HubModel) -> str:
    """The model's name; with its author where it is a plain word, which much else is called."""
    return model.id if re.fullmatch(r"[A-Za-z]+", model.name) else model.name


def _has_weights(model: HubModel) -> bool:
    counted = model.safetensors.total or model.gguf.total
    return bool(counted or _WEIGHTS & {tag.casefold() for tag in model.tags})


def _released(model: HubModel) -> str | None:
    date = model.created.date().isoformat() if model.created else None
    return None if date == _FIRST_DAY else date


def _billions(model: HubModel) -> float | None:
    """Parameters as the Hub counts them; None where its files pack several into a number."""
    counts = model.safetensors.parameters
    packed = sum(count for kind, count in counts.items() if not _PLAIN.match(kind))
    total = sum(counts.values()) or model.safetensors.total
    if total is None or packed > _PACKED_SHARE * total:
        total = model.gguf.total
    return float(f"{total / 1e9:.4g}") if total else None


def _licence(model: HubModel) -> tuple[str | None, str | None]:
    """(as it is called, its SPDX id)."""
    given = model.card.license[0] if len(model.card.license) == 1 else None
    if given is None or given.casefold() == "unknown":
        return None, None
    if given.casefold() == "other":
        return model.card.license_name, None
    found = spdx(given)
    return found or given, found


def _base(model: HubModel) -> str | None:
    bases = [base for base in model.card.base_model if is_model_id(base)]
    return bases[0] if len(bases) == 1 and bases[0] != model.id else None


def _notes(model: HubModel, name: str) -> Iterator[str]:
    if model.pipeline_tag:
        yield f"The Hub lists {name} under the task {model.pipeline_tag}."
    if _billions(model) is not None:
        yield f"The parameters of {name} are counted by the Hub in its weight files."
    if languages := model.card.language[:_MOST_LANGUAGES]:
        yield f"The languages that the page of {name} names: {listed(languages)}."[:600]
    if len(model.card.base_model) > 1:
        bases = [base for base in model.card.base_model if is_model_id(base)][:10]
        if bases:
            yield f"{name} is made from {listed(bases)}."[:600]
    if any(tag.startswith("base_model:quantized:") for tag in model.tags):
        yield f"{name} is a quantized version of another model."
    if model.gated:
        yield f"The weights of {name} are given by the Hub to those who ask its maker."
    if model.modified:
        date = day(model.modified.date().isoformat())
        yield f"The repository of {name} on the Hub was last changed on {date}."


@cache
def _developers() -> dict[str, str]:
    """How the curated cards call the makers whose accounts on the Hub they name."""
    found: dict[str, set[str]] = {}
    for _, card in curated_cards():
        account, slash, _ = (card.weights_repo or "").partition("/")
        if slash:
            found.setdefault(account.casefold(), set()).add(card.developer)
    return {account: names.pop() for account, names in found.items() if len(names) == 1}
