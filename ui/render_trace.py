"""Turn the trace of an answer into HTML: why it says what it says, or why it was refused.

Plain words first, the figures below. Every string of a document, a model or a visitor goes
through ``escaped``. Pure functions; knows nothing of Gradio or of how an answer is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.types import Answer, Timings
from ui import why
from ui.markup import escaped, moment, shortened, words
from ui.render_table import shown
from ui.views import TurnView

MAX_ROWS = 50
MAX_SENTENCE = 400

# Told in sentences, a bar or a table of their own.
_TOLD = frozenset(
    "draft gates passages answerable refused missing premise extractive timeline catalogue"
    " prompt_tokens cached_tokens answer_tokens tokens_per_second evidence_tokens overlap"
    " searched".split()
)


def trace(turn: TurnView | None) -> str:
    """Return, folded, how the last answer was made; "" while there is none."""
    return "" if turn is None or turn.answer is None else _folded(turn.answer, "trace")


def why_turn(turn: TurnView) -> str:
    """Return the same for an earlier turn, to stand under it."""
    return "" if turn.answer is None else _folded(turn.answer, f"why-{turn.number:d}")


def _folded(answer: Answer, fold: str) -> str:
    refused = answer.status == "not_in_corpus" and not answer.clarification
    label = "Why no answer?" if refused else "Why this answer?"
    total = f' <span class="why-time">{_seconds(answer.timings.total)}</span>'
    return (
        f'<details class="why" data-fold="{fold}"><summary>{label}{total}</summary>'
        f'<div class="why-body">{_plain_words(answer)}{_odds(answer)}{_time(answer.timings)}'
        f"{_sentences(answer)}{_passages(answer)}{_facts(answer)}</div></details>"
    )


def _plain_words(answer: Answer) -> str:
    said = " ".join(why.reasons(answer))
    return f'<p class="why-said" dir="auto">{escaped(said)}</p>' if said else ""


def _odds(answer: Answer) -> str:
    """Return a scale from 0 to 1: how far the judgement reached, and where the line is."""
    found = why.odds(answer)
    if found is None:
        return ""
    probability, needed = found
    told = f"{why.percent(probability)} likely to be answered; {why.percent(needed)} needed"
    side = "enough" if probability >= needed else "short"
    return (
        f'<div class="odds {side}" role="img" aria-label="{told}">'
        f'<span class="reached" style="width:{100 * probability:.1f}%"></span>'
        f'<span class="needed" style="left:{100 * needed:.1f}%"></span></div>'
    )


def _time(timings: Timings) -> str:
    """Return a bar of the stages with its legend."""
    stages = why.stages(timings)
    if not stages or timings.total <= 0:
        return ""
    bar = "".join(
        f'<span class="stage" style="flex-grow:{stage.seconds:.3f}"></span>' for stage in stages
    )
    legend = "".join(
        f'<li><span class="key"></span>{escaped(stage.name)}'
        f' <span class="figure">{_seconds(stage.seconds)}</span></li>'
        for stage in stages
    )
    return (
        '<p class="why-head">Where the time went</p><div class="time">'
        f'<div class="time-bar" aria-hidden="true">{bar}</div>'
        f'<ul class="time-legend" aria-label="Time per stage">{legend}</ul></div>'
    )


def _sentences(answer: Answer) -> str:
    """Return every drafted sentence with what its check found."""
    judged = why.judged(answer)[:MAX_ROWS]
    if not judged:
        return ""
    listed = "".join(_sentence(sentence) for sentence in judged)
    return f'<p class="why-head">What the checks found</p><ul class="judged">{listed}</ul>'


def _sentence(sentence: why.Judged) -> str:
    if sentence.supported:
        told = f"Supported: all {sentence.passed} checks passed" if sentence.passed else "Supported"
        if sentence.coverage is not None:
            told += f"; {why.percent(sentence.coverage)} of its words stand in the quote"
        mark = "kept"
    else:
        told = "Not supported: " + "; ".join(sentence.reasons or ("no passage says it",))
        mark = "dropped"
    return (
        f'<li class="{mark}"><span dir="auto">{escaped(shortened(sentence.text, MAX_SENTENCE))}'
        f'</span> <span class="finding" dir="auto">{escaped(shortened(told))}</span></li>'
    )


def _passages(answer: Answer) -> str:
    """Return the passages that were found, with their scores and what became of them."""
    found = why.considered(answer)[:MAX_ROWS]
    if not found:
        return ""
    heads = ("Passage found", "Meaning", "Words", "Combined", "Used")
    head = "".join(
        f'<th scope="col"{_numeric(place)}>{name}</th>' for place, name in enumerate(heads)
    )
    body = "".join(_passage(passage) for passage in found)
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="What the search found">'
        '<table class="rows"><caption>What the search found, best first'
        " (cosine, BM25, both combined)</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _numeric(place: int) -> str:
    return ' class="number"' if place in (1, 2, 3) else ""


def _passage(passage: why.Considered) -> str:
    cells = (
        f'<td dir="auto">{escaped(shortened(passage.title, 120))}</td>',
        *(
            f'<td class="number">{"–" if value is None else escaped(f"{value:.3g}")}</td>'
            for value in (passage.meaning, passage.words, passage.combined)
        ),
        f"<td>{_fate(passage)}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _fate(passage: why.Considered) -> str:
    if passage.doubted:
        return "left aside"
    if passage.cited:
        return "cited " + "".join(f"[{number:d}]" for number in passage.cited)
    return "read by the model" if passage.read else "not read"


def _facts(answer: Answer) -> str:
    """Return what else is known: question, plan, model, prompt, and what nobody has words for."""
    facts = {"Searched for": answer.standalone_question, "Plan": why.plan(answer)}
    facts |= _catalogue(answer) | _model(answer)
    facts["Corpus as of"] = moment(answer.as_of) or "unknown"
    facts |= {
        _label(key): _plain(value)
        for key, value in answer.trace.items()
        if key not in _TOLD and value not in (None, "", [], {})
    }
    rows = "".join(
        f'<dt>{escaped(shortened(name, 60))}</dt><dd dir="auto">{escaped(value)}</dd>'
        for name, value in facts.items()
    )
    return f"<dl>{rows}</dl>"


def _catalogue(answer: Answer) -> dict[str, str]:
    query = answer.trace.get("catalogue")
    described = query.get("described") if isinstance(query, Mapping) else None
    return {"Query": shortened(described)} if described else {}


def _model(answer: Answer) -> dict[str, str]:
    """Return the model, what it read and wrote, in tokens, and how fast."""
    told = answer.trace
    facts = {"Model": answer.model or "none"}
    if prompt := told.get("prompt_tokens"):
        cached = told.get("cached_tokens")
        again = f", {_plain(cached)} of them remembered from before" if cached else ""
        facts["Prompt tokens"] = f"{_plain(prompt)}{again}"
    if evidence := told.get("evidence_tokens"):
        facts["Evidence tokens"] = _plain(evidence)
    if written := told.get("answer_tokens"):
        speed = told.get("tokens_per_second")
        facts["Written tokens"] = _plain(written) + (f", {_plain(speed)} a second" if speed else "")
    return facts


def _label(name: object) -> str:
    label = words(str(name))
    return label[:1].upper() + label[1:]


def _seconds(value: float) -> str:
    if value < 0.01:
        return "under 0.01 s"
    return f"{value:.2f} s" if value < 1 else f"{value:.1f} s"


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, Mapping):
        return shortened("; ".join(f"{words(str(k))}: {_plain(v)}" for k, v in value.items()))
    if isinstance(value, list | tuple):
        return shortened("; ".join(_plain(item) for item in value))
    return shown(value)
