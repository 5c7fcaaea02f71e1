"""From a reading to a typed query, or the finding that this is no question for the catalogue.

Pure functions of the reading; the cards are looked at only for a model's own value ("larger
than QwQ-32B"). Knows nothing of the record, of answers or of language models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.catalogue.bounds import impossible
from assistant.catalogue.reading import Reading
from corpus.cards import ModelCard
from index.catalogue import Condition, Query, Sort, field_of
from index.catalogue.query import MAX_CONDITIONS

MAX_COMPARED = 8
SOME = 5
"""Models shown for "the largest models", where no number is given."""
DEFAULT_COLUMNS = ("developer", "release_date", "total_params_b", "licence")
COMPARED = (
    "developer", "country", "release_date", "open_weights", "licence", "licence_class",
    "total_params_b", "active_params_b", "architecture", "context_tokens_approx", "modalities",
    "base_model",
)  # fmt: skip
_HEADS = ("developer", "country", "licence", "licence_class", "family")
_GROUPABLE = (
    "developer", "country", "licence_class", "licence", "family", "architecture", "release_date",
    "open_weights",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A query, with what was claimed of named models ("is QwQ-32B MIT?") to be confirmed.

    ``query.shape`` "lookup" and "compare" are about the models of ``query``'s condition on id.
    ``most`` asks for the largest group only.
    """

    query: Query
    claims: tuple[Condition, ...] = ()
    yes_no: bool = False
    most: bool = False


def decide(reading: Reading, cards: Mapping[str, ModelCard]) -> Decision | None:
    """The query that answers the reading; None when the catalogue is not what is asked."""
    reading = _resolved(reading, cards)
    if reading.left or reading.topics or len(reading.conditions) >= MAX_CONDITIONS:
        return None
    if not reading.models and impossible(reading.conditions):
        return None
    if reading.models and not _only_filters(reading):
        return _about_models(reading)
    if reading.families and not reading.models:
        return None
    return _over_catalogue(reading)


def _resolved(reading: Reading, cards: Mapping[str, ModelCard]) -> Reading:
    """Comparisons with a model's own value get that value; one that is unknown is left over."""
    conditions, left = list(reading.conditions), list(reading.left)
    for than in reading.than:
        value = field_of(than.field).value(cards[than.model])
        if value is None:
            left.append(than.field)
        else:
            conditions.append(Condition(than.field, than.operator, value))
    return replace(reading, conditions=conditions, left=left)


def _only_filters(reading: Reading) -> bool:
    """Whether the named model stands for its family: "list the DeepSeek-R1 models"."""
    plural = (reading.count or reading.timeline or reading.grouped) and reading.plural
    return bool(reading.families) and plural and len(reading.models) == 1


# --- questions about named models ---------------------------------------------------------


def _about_models(reading: Reading) -> Decision | None:
    """Facts of the named models, side by side when there are several."""
    asked = _asked_fields(reading)
    several = len(reading.models) > 1
    if ((reading.count or reading.grouped) and not asked) or len(reading.models) > MAX_COMPARED:
        return None
    # "Which Apache models beat QwQ-32B?" and the like are not about QwQ-32B itself.
    if reading.conditions and not (reading.yes_no or asked or reading.compare):
        return None
    if not asked and not (several and (reading.compare or reading.sort)):
        return None
    ids = Condition("id", "in", tuple(reading.models))
    shape = "compare" if several else "lookup"
    columns = tuple(asked) if asked else COMPARED
    claims = tuple(reading.conditions) if reading.yes_no else ()
    return Decision(Query(shape, (ids,), reading.sort, None, columns), claims, reading.yes_no)  # type: ignore[arg-type]


def _asked_fields(reading: Reading) -> list[str]:
    """The fields that are asked for, those of claims and orders among them, in order."""
    fields = [*reading.attributes, *(f"benchmarks.{b}" for b in reading.benchmarks)]
    fields += [c.field for c in reading.conditions]
    if reading.sort is not None:
        fields.append(reading.sort.field)
    return list(dict.fromkeys(fields))


# --- questions over the whole catalogue ---------------------------------------------------


def _over_catalogue(reading: Reading) -> Decision | None:
    """A list, count, group, superlative or timeline over the cards."""
    conditions = list(reading.conditions)
    if reading.models:
        conditions.append(Condition("family", "in", tuple(reading.families)))
    if reading.compare and not reading.grouped:
        return _compared_lines(reading, conditions)
    if not _asks_for_models(reading, conditions):
        return None
    group = _group(reading)
    if group is not None:
        limit = reading.limit or (1 if reading.most_of else None)
        query = Query("group", tuple(conditions), limit=limit, group_by=group)
        return Decision(query, most=reading.most_of)
    shape = "count" if reading.count else "timeline" if reading.timeline else "list"
    sort = reading.sort or _default_sort(reading, conditions, shape)
    limit = reading.limit or _few(reading)
    if shape == "timeline":
        sort, limit = None, None
    columns = _columns(reading, conditions, sort)
    return Decision(Query(shape, tuple(conditions), sort, limit, columns))  # type: ignore[arg-type]


def _few(reading: Reading) -> int | None:
    """How many a superlative without a number means: "the largest model", or "models"."""
    if reading.sort is None or reading.ranked or reading.count:
        return None
    return SOME if reading.plural else 1


def _asks_for_models(reading: Reading, conditions: list[Condition]) -> bool:
    """Whether models are asked for, and something is said of them."""
    if not (conditions or reading.sort or reading.grouped or reading.most_of or reading.timeline):
        return bool(reading.count and reading.target)
    if reading.yes_no and not reading.target:
        return False
    asks = (
        len({c.field for c in conditions}) > 1
        or reading.count
        or reading.timeline
        or (reading.lists and (reading.heads or reading.attributes or reading.benchmarks))
        or reading.sort
        or reading.most_of
    )
    return bool(asks or (reading.target and not reading.yes_no))


def _group(reading: Reading) -> str | None:
    """The field that rows are counted by, or None: "per country", "which lab has the most"."""
    named = [a for a in reading.attributes if a in _GROUPABLE]
    if reading.benchmarks and reading.sort:
        return None
    if reading.grouped or reading.most_of:
        heads = [name for name in reading.heads if name in named]
        return next(iter([*heads, *named]), None)
    # "Which labs released MIT models?" asks for labs: the models are counted by lab.
    heads = [name for name in reading.heads if name in _HEADS and name in reading.attributes]
    if heads and reading.sort is None and not (reading.count and reading.plural):
        return heads[0]
    return None


def _compared_lines(reading: Reading, conditions: list[Condition]) -> Decision | None:
    """ "Compare Llama 4 and Qwen3": the models of both, one table."""
    if not any(c.field in ("family", "developer") and c.operator == "in" for c in conditions):
        return None
    columns = tuple(_asked_fields(reading)) or (*DEFAULT_COLUMNS, "context_tokens_approx")
    return Decision(Query("list", tuple(conditions), Sort("name"), None, columns))


def _default_sort(reading: Reading, conditions: list[Condition], shape: str) -> Sort | None:
    """The order that suits what was asked: by the score, size or date in question."""
    if shape == "timeline":
        return None
    if reading.benchmarks:
        return Sort(f"benchmarks.{reading.benchmarks[0]}", descending=True)
    for name in ("total_params_b", "active_params_b", "context_tokens_approx"):
        if any(c.field == name for c in conditions):
            return Sort(name, descending=True)
    return Sort("release_date", descending=True)


def _columns(reading: Reading, conditions: list[Condition], sort: Sort | None) -> tuple[str, ...]:
    """What the table shows beside the name: what was asked about, then the usual fields."""
    named = [*(c.field for c in conditions), *_asked_fields(reading)]
    wanted = [name for name in named if name not in ("open_weights", "id", "name")]
    if sort is not None and sort.field != "name":
        wanted.append(sort.field)
    usual = [name for name in DEFAULT_COLUMNS if not _fixed(name, conditions)]
    spdx = {"licence_spdx": "licence", "licence_name": "licence"}
    return tuple(dict.fromkeys(spdx.get(name, name) for name in [*wanted, *usual]))


def _fixed(name: str, conditions: list[Condition]) -> bool:
    """Whether every row would show the same value."""
    return any(c.field == name and c.operator == "=" for c in conditions)
