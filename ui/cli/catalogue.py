"""``refdesk catalogue``: the model cards, filtered, sorted and counted by typed conditions.

Loads neither embedder nor language model: the record is enough, or the process that owns the
home. Knows nothing of SQL or of questions in plain language.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from ui.cli.frame import Output
from ui.cli.options import common, read_settings
from ui.cli.where import EXAMPLES, as_spelt, condition, field_as_spelt, known_field

if TYPE_CHECKING:
    from assistant.settings import Settings
    from corpus.cards import ModelCard
    from index.catalogue import Condition, Query, Result, Sort

COLUMNS = (
    "developer", "country", "release_date", "total_params_b", "licence", "open_weights",
    "active_params_b", "context_tokens_approx",
)  # fmt: skip
SHIPPED = "these are the cards that ship with refdesk; this home has not been refreshed yet"
NO_CARDS = "there are no model cards in this home; run: refdesk refresh"
UNFINISHED = "the first refresh of this home has not ended; more model cards may come"

EPILOG = f"""\
\b
EXPR is FIELD, an operator, and a value; quote it for the shell:
  {"  ".join(EXAMPLES[:3])}
  {"  ".join(EXAMPLES[3:6])}
  {"  ".join(EXAMPLES[6:])}
Operators: =  !=  <  <=  >  >=  ~ (contains)  !~ (does not contain).
A|B is either of them: country=China|France.  ? is unknown: licence=?, licence!=?.
Numbers may have K, M, B, T: context_tokens_approx>=128K, total_params_b<500M.
Dates are whole periods: release_date=2025-03 is any day of that month.
A model whose value is unknown meets no condition on it; how many is told.

\b
Fields: id, name, family, developer, country, release_date, total_params_b,
  active_params_b (both in billions), architecture, context_tokens_approx,
  licence, licence_spdx, licence_class (permissive, community, non-commercial,
  proprietary), open_weights, modalities (text, image, video, audio),
  base_model, and benchmarks.NAME for every benchmark.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What the home, its owner or the package says; ``note`` is a line for the reader."""

    result: Result
    as_of: str | None
    notes: tuple[str, ...]


@click.command(epilog=EPILOG)
@click.option("--where", "expressions", metavar="EXPR", multiple=True,
              help="Only models that meet EXPR; may be given again (all must hold).")  # fmt: skip
@click.option("--sort", metavar="FIELD[:desc]", help="Order by FIELD; unknown values last.")
@click.option("--limit", type=click.IntRange(1, 1000), metavar="N",
              help="Only the first N; ties with the last one are kept.")  # fmt: skip
@click.option("--group-by", metavar="FIELD", help="Count the models per value of FIELD.")
@click.option("--columns", metavar="A,B", help="Fields to print beside the name.")
@common
@click.pass_obj
def catalogue(
    output: Output,
    expressions: tuple[str, ...],
    sort: str | None,
    limit: int | None,
    group_by: str | None,
    columns: str | None,
    home: Path | None,
) -> None:
    """Print the model cards that meet conditions, as a table or as JSON."""
    conditions = tuple(condition(expression) for expression in expressions)
    query = query_of(conditions, sort, limit, group_by, columns)
    found = find(read_settings(home), query)
    for note in found.notes:
        click.echo(f"refdesk: {note}", err=True)
    if output.as_json:
        output.document(document(found))
        return
    from ui.console_catalogue import catalogue_text

    columns_shown = shown_columns(found.result.query)
    width = shutil.get_terminal_size().columns if output.is_terminal else None
    click.echo(catalogue_text(found.result, columns_shown, width))


def query_of(
    conditions: tuple[Condition, ...],
    sort: str | None = None,
    limit: int | None = None,
    group_by: str | None = None,
    columns: str | None = None,
) -> Query:
    """The query that the options make; raises UsageError with what to write."""
    from corpus.errors import InputError
    from index.catalogue import Query

    try:
        return Query(
            shape="group" if group_by else "list",
            conditions=conditions,
            sort=_order(sort) if sort else None,
            limit=limit,
            columns=tuple(known_field(name.strip()).name for name in (columns or "").split(",")
                          if name.strip()),
            group_by=known_field(group_by).name if group_by else None,
        )  # fmt: skip
    except InputError as error:
        raise click.UsageError(str(error)) from error


def _order(text: str) -> Sort:
    from index.catalogue import Sort

    name, colon, direction = text.rpartition(":")
    if colon and direction.casefold() in ("asc", "desc"):
        return Sort(known_field(name).name, direction.casefold() == "desc")
    if colon and not text.startswith("benchmarks."):
        raise click.UsageError(f"--sort {text!r}: write FIELD, FIELD:asc or FIELD:desc")
    return Sort(known_field(text).name)


class Cards(Protocol):
    """Where model cards can be asked for."""

    def cards(self) -> list[ModelCard]: ...
    def catalogue(self, query: Query) -> Result: ...


def find(settings: Settings, query: Query) -> Found:
    """Ask the home: its record where nobody owns it, else the process that does.

    A home that was never refreshed has no cards yet: then those of the package answer.
    """
    from assistant.desk import Assistant
    from index.card_record import open_card_record
    from index.home import Home, acquire

    if not Home(settings.home).record.exists():
        return _shipped(settings, query)
    lock = acquire(settings.home)
    if lock is not None:
        with lock, open_card_record(settings.home) as record:
            return _ask(settings, query, record, record.as_of())
    with Assistant.open(settings=settings) as opened:
        return _ask(settings, query, opened, opened.status().as_of)


def _ask(settings: Settings, query: Query, source: Cards, as_of: str | None) -> Found:
    if as_of is None and not source.cards():
        return _shipped(settings, query)
    return ask_cards(query, source, as_of)


def ask_cards(query: Query, source: Cards, as_of: str | None) -> Found:
    """What ``source`` says, the query's words spelt as its cards spell them."""
    cards = source.cards()
    asked, notes = _spelt(query, cards)
    if not cards:
        notes = (NO_CARDS,)
    elif as_of is None:
        notes = (*notes, UNFINISHED)
    return Found(source.catalogue(asked), as_of, notes)


def _shipped(settings: Settings, query: Query) -> Found:
    from corpus.cards import curated_cards
    from index.card_record import answer_from

    if not settings.curated:
        return Found(answer_from((), query), None, (NO_CARDS,))
    cards = [card for _, card in curated_cards()]
    asked, notes = _spelt(query, cards)
    return Found(answer_from(cards, asked), None, (*notes, SHIPPED))


def _spelt(query: Query, cards: Sequence[ModelCard]) -> tuple[Query, tuple[str, ...]]:
    """The query in the cards' own spelling, with a hint for each value that no card has."""
    pairs = [as_spelt(given, cards) for given in query.conditions]
    sort = query.sort and replace(query.sort, field=field_as_spelt(query.sort.field, cards))
    asked = replace(
        query,
        conditions=tuple(given for given, _ in pairs),
        sort=sort,
        columns=tuple(field_as_spelt(name, cards) for name in query.columns),
    )
    return asked, tuple(hint for _, hint in pairs if hint)


def document(found: Found) -> dict[str, Any]:
    """The JSON document: every field of every card, under the names of the cards' schema."""
    from index.catalogue import describe

    result = found.result
    return {
        "as_of": found.as_of,
        "query": result.query.to_dict(),
        "described": describe(result.query),
        "matched": result.matched,
        "unknown": dict(result.unknown),
        "models": [
            {**row.card.model_dump(mode="json"), "document_id": row.card.document_id}
            for row in result.rows
        ],
        "groups": [{"value": value, "count": count} for value, count in result.groups],
        "notes": list(found.notes),
    }


def shown_columns(query: Query) -> tuple[str, ...]:
    """The fields to print beside the name: those asked for, or the query's and the usual ones."""
    if query.columns:
        return query.columns
    asked = [c.field for c in query.conditions] + ([query.sort.field] if query.sort else [])
    return tuple(dict.fromkeys(name for name in (*asked, *COLUMNS) if name != "name"))
