"""Turn a page of documents or of models into HTML: filters with counts, rows, pager.

Pure functions. The filters are checkboxes of a form that the page's script sends; knows nothing
of servers or of how rows are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from corpus.card_text import parameters
from corpus.cards import ModelCard
from index.types import Failure
from ui.holdings import LABELS, STATE, Found, Holding
from ui.markup import card_href, counted, document_href, escaped, link, moment, shortened
from ui.model_shelf import COLUMNS, MODEL_FILTERS, NEWEST, FoundModels
from ui.render_corpus import failures
from ui.render_table import NOT_KNOWN, value_cell
from ui.wanted import PAGE_ROWS, Wanted

LANGUAGES = {
    "en": "English", "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "de": "German",
    "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "ru": "Russian",
    "nl": "Dutch", "pl": "Polish", "ar": "Arabic", "hi": "Hindi", "vi": "Vietnamese",
}  # fmt: skip
MOST_VALUES = 8  # values of a filter shown before it is unfolded
ALL_VALUES = 60  # values of a filter in all; search finds the others
MAX_LICENCE = 40  # characters of a licence's text in a row; hovering shows more


def documents_shelf(found: Found, wanted: Wanted, lost: Sequence[Failure] = ()) -> str:
    """A page of documents with its filters; ``lost`` are files that gave no document at all."""
    filters = "".join(
        _facet(name, LABELS[name], found.counts[name], wanted, open_=place < 3)
        for place, name in enumerate(LABELS)
        if name != STATE or len(found.counts[STATE]) > 1 or wanted.of(STATE)
    )
    rows = "".join(_document(row) for row in found.rows)
    listed = f'<ol class="holdings">{rows}</ol>' if rows else _nothing(wanted, "documents")
    unread = ""
    if lost:
        label = f"{len(lost):,} {'file' if len(lost) == 1 else 'files'} could not be read:"
        unread = f'<p class="failed-label">{label}</p>{failures(lost)}'
    body = unread + _news(found, wanted) + _summary(found.total, "document", wanted) + listed
    return _shelf(filters, body, wanted, found.total)


def models_shelf(found: FoundModels, wanted: Wanted, chart: str = "") -> str:
    """A page of models with its filters; ``chart`` (HTML) stands in the list's place if given."""
    filters = "".join(
        _facet(one.name, one.label, found.counts.get(one.name, Counter()), wanted,
               open_=place < 2)
        for place, one in enumerate(MODEL_FILTERS)
    )  # fmt: skip
    total = len(found.cards)
    unknown = _unknown(found.unknown)
    if not total:
        return _shelf(filters, _nothing(wanted, "models") + unknown, wanted, 0)
    csv = (
        f'<a class="csv" href="/shelf/models.csv?{escaped(wanted.address())}"'
        ' download="refdesk-models.csv">Download as CSV</a>'
    )
    head = _summary(total, "model", wanted, csv) + unknown
    if chart:
        return _shelf(filters, head + f'<div class="charts">{chart}</div>', wanted, 0)
    return _shelf(filters, head + _models(found.page, wanted), wanted, total)


def _shelf(filters: str, body: str, wanted: Wanted, total: int) -> str:
    return (
        '<div class="shelf-columns"><details class="filters" open>'
        f"<summary>Filters</summary>{filters}</details>"
        f'<div class="shelf-rows">{body}{_pager(wanted, total)}</div></div>'
    )


def _facet(name: str, label: str, counts: Counter[str], wanted: Wanted, *, open_: bool) -> str:
    """One filter: its values with how many rows each would give, the commonest first."""
    chosen = wanted.of(name)
    shown = dict(counts.most_common(ALL_VALUES)) | {value: counts[value] for value in chosen}
    if len(shown) < 2 and not chosen:
        return ""
    order = sorted(shown, key=lambda value: (value not in chosen, -shown[value], value.casefold()))
    if name in ("year",):
        order = sorted(shown, reverse=True)
    first, rest = order[:MOST_VALUES], order[MOST_VALUES:]
    boxes = "".join(_box(name, value, shown[value], value in chosen) for value in first)
    if rest:
        more = "".join(_box(name, value, shown[value], value in chosen) for value in rest)
        boxes += (
            f'<details class="rest" data-fold="rest-{escaped(name)}"><summary>{len(rest):,} more'
            f"</summary>{more}</details>"
        )
    is_open = " open" if open_ or chosen else ""
    return (
        f'<details class="facet" data-facet="{escaped(name)}"{is_open}>'
        f"<summary>{escaped(label)}</summary>"
        f'<fieldset><legend class="visually-hidden">{escaped(label)}</legend>{boxes}</fieldset>'
        "</details>"
    )


def _box(name: str, value: str, count: int, chosen: bool) -> str:
    said = _language(value) if name == "language" else value
    return (
        f'<label class="choice"><input type="checkbox" name="{escaped(name)}"'
        f' value="{escaped(value)}"{" checked" if chosen else ""}>'
        f'<span dir="auto">{escaped(shortened(said, 60))}</span>'
        f' <span class="count">{count:,}</span></label>'
    )


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)


def _summary(total: int, noun: str, wanted: Wanted, more: str = "") -> str:
    """How many rows there are, and a way back from the filters."""
    said = counted(total, noun)
    clear = ""
    if wanted.chosen or wanted.get("q") or wanted.get("new") or _narrowed(wanted):
        clear = ' <button type="button" class="plain" data-clear>Clear filters</button>'
    return (
        f'<p class="shelf-summary"><strong role="status">{said}</strong>{clear}'
        f'<span class="end">{more}</span></p>'
    )


def _narrowed(wanted: Wanted) -> bool:
    return any(wanted.get(name) for name in ("size", "from", "to"))


def _nothing(wanted: Wanted, noun: str) -> str:
    if wanted.chosen or wanted.settings:
        return (
            f'<p class="empty">No {noun} fit these filters. '
            '<button type="button" class="plain" data-clear>Clear filters</button></p>'
        )
    if noun == "models":
        return '<p class="empty">No model cards in this corpus.</p>'
    return (
        '<p class="empty">No documents yet. Drop files anywhere on this page, use “Add'
        " documents”, or refresh.</p>"
    )


def _news(found: Found, wanted: Wanted) -> str:
    """What came since the visitor was last here, as a filter."""
    since = wanted.get("since")
    if not since or not (found.new or found.changed):
        return ""
    parts = [f"{found.new:,} new"] if found.new else []
    parts += [f"{found.changed:,} changed"] if found.changed else []
    said = f"Only the {' and '.join(parts)} since your last visit ({escaped(moment(since))})"
    checked = " checked" if wanted.get("new") else ""
    return (
        '<p class="news"><label><input type="checkbox" name="new" value="1"'
        f"{checked}> {said}</label></p>"
    )


def _document(row: Holding) -> str:
    info = row.info
    card = info.kind == "model_card"
    href = card_href(info.id.rpartition("/")[2]) if card else document_href(info.id)
    original = link(info.url, "original") or ""
    facts = [info.language and _language(info.language), info.licence]
    meta = " · ".join(escaped(shortened(fact, 60)) for fact in facts if fact)
    return (
        f'<li><div class="what"><a class="here" dir="auto" href="{escaped(href)}"'
        f' target="_blank">{escaped(shortened(info.title))}</a>{_state(row)}'
        f'<span class="path">{escaped(shortened(info.id, 120))}</span></div>'
        f'<span class="who" dir="auto">{escaped(shortened(info.publisher or "", 60))}</span>'
        f"<time>{escaped(info.published or '')}</time>"
        f'<span class="rest">{meta}{" · " if meta and original else ""}{original}</span></li>'
    )


def _state(row: Holding) -> str:
    state = row.values[STATE][0]
    if row.failure is not None:
        said = f"{state}: {shortened(row.failure)}"
        return f' <span class="state failed">{escaped(said)}</span>'
    return "" if state == "ready" else f' <span class="state">{escaped(state)}</span>'


def _models(cards: Iterable[ModelCard], wanted: Wanted) -> str:
    heads = "".join(_head(field, label, wanted) for field, label in COLUMNS)
    rows = "".join(_model(card) for card in cards)
    return (
        '<div class="table"><div class="scroll" role="region" tabindex="0"'
        f' aria-label="Models of the catalogue"><table class="rows"><thead><tr>{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div></div>"
    )


_NUMBERS = ("total_params_b", "active_params_b", "context_tokens_approx")


def _head(field: str, label: str, wanted: Wanted) -> str:
    """A column's head: pressing it sorts, by numbers and dates from the largest on."""
    asked = wanted.get("sort") or NEWEST
    down = asked == f"-{field}"
    order = "descending" if down else "ascending" if asked == field else "none"
    first = f"-{field}" if field in _NUMBERS or field == "release_date" else field
    after = {first: field if first[0] == "-" else f"-{field}"}.get(asked, first)
    css = ' class="number"' if field in _NUMBERS else ""
    return (
        f'<th scope="col"{css} aria-sort="{order}"><button type="button" class="sort"'
        f' data-sort="{escaped(after)}">{escaped(label)}</button></th>'
    )


def _model(card: ModelCard) -> str:
    licence = card.licence or ""
    short = card.licence_spdx or shortened(licence, MAX_LICENCE)
    context = card.context_tokens_approx
    cells = (
        f'<a class="here" href="{escaped(card_href(card.id))}" target="_blank">'
        f"{escaped(shortened(card.name))}</a>",
        escaped(card.developer),
        _told(card.country),
        _told(card.release_date),
        _size(card.total_params_b),
        _size(card.active_params_b),
        f"{context:,}" if context else NOT_KNOWN,
        f'<span title="{escaped(shortened(licence))}">{escaped(short)}</span>' if short
        else NOT_KNOWN,
        value_cell(card.open_weights).html,
    )  # fmt: skip
    return "<tr>" + "".join(_cell(*pair) for pair in zip(COLUMNS, cells, strict=True)) + "</tr>"


def _cell(column: tuple[str, str], html: str) -> str:
    css = ' class="number"' if column[0] in _NUMBERS else ""
    return f'<td dir="auto"{css}>{html}</td>'


def _told(value: str | None) -> str:
    return escaped(value) if value else NOT_KNOWN


def _size(billions: float | None) -> str:
    return NOT_KNOWN if billions is None else escaped(parameters(billions))


def _unknown(unknown: Sequence[tuple[str, int]]) -> str:
    """Which cards a filter leaves out only because no source tells their value."""
    names: Mapping[str, str] = {
        "total_params_b": "size", "release_date": "date of release", "country": "country",
        "licence_name": "licence", "licence_class": "licence",
    }  # fmt: skip
    said = [f"{count:,} of unknown {names.get(field, field)}" for field, count in unknown]
    return f'<p class="note">Left out: {escaped(", ".join(said))}.</p>' if said else ""


def _pager(wanted: Wanted, total: int) -> str:
    last = max(1, -(-total // PAGE_ROWS))
    if last == 1:
        return ""
    page = min(wanted.page, last)
    first = (page - 1) * PAGE_ROWS + 1
    said = f"{first:,} to {min(total, first + PAGE_ROWS - 1):,} of {total:,}"
    return (
        '<nav class="pager" aria-label="Pages">'
        f"{_page_button('Previous', page - 1, page > 1)}<span>{said}</span>"
        f"{_page_button('Next', page + 1, page < last)}</nav>"
    )


def _page_button(label: str, page: int, usable: bool) -> str:
    off = "" if usable else " disabled"
    return f'<button type="button" class="plain" data-page="{page:d}"{off}>{label}</button>'
