"""One Markdown table of stored results: `python -m tests.bench.table --from FILES --into PAGE`.

Every figure comes from the JSON that ``refdesk eval --json`` or ``tests.bench.run`` printed; none
is typed. The table stands between ``<!-- measured -->`` and ``<!-- end measured -->``. Knows
nothing of how the results were made.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- measured -->", "<!-- end measured -->"
BLOCK = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
HEADER = "| measured | on | refdesk | beside it |\n|---|---|---|---|"
Result = Mapping[str, Any]

WORDINGS = {"last": ", last turn", "human": ", a person's wording"}
ANSWERS = {
    "correct": "answers that hold the gold string",
    "correct_or_overlapping": "answers that hold or overlap the gold answer",
    "f1": "token F1",
    "exact_match": "every right answer and no wrong one",
    "wrong_asserted": "a known wrong answer said as a fact",
    "refused_unanswerable": "unanswerable questions refused",
    "false_refusals": "answerable questions refused",
    "cited_sentences": "shown sentences that carry a citation",
    "citation_precision": "citations whose quote shows gold evidence",
    "citation_recall": "gold sentences shown by a citation",
}
FILE_SHARES = {
    "accuracy": "questions right",
    "refused_unanswerable": "unanswerable questions refused",
    "false_refusals": "answerable questions refused",
}
STAGES = {
    "first_evidence": "seconds to the first evidence",
    "first_token": "seconds to the first token",
    "total": "seconds to the full answer",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    measured: str
    on: str
    refdesk: str
    beside: str = ""

    def __str__(self) -> str:
        return f"| {self.measured} | {self.on} | {self.refdesk} | {self.beside} |"


def figure(measure: Mapping[str, Any] | None) -> str:
    """A figure with its interval; "-" where nothing was measured."""
    if measure is None:
        return "-"
    mean, low, high = (_short(measure[name]) for name in ("mean", "low", "high"))
    counted = f", n {measure['n']:,}" if "n" in measure else ""
    return f"{mean} ({low} to {high}{counted})"


def _short(value: float) -> str:
    """.745; -.02; 1.00."""
    text = f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def rows(name: str, result: Result) -> list[Row]:
    """The lines that one result gives, whatever kind it is. Raises ValueError for another."""
    for key, kind in KINDS.items():
        if key in result:
            return list(kind(name, result))
    raise ValueError(f"{name} is not a result of refdesk eval --json or of tests.bench.run")


def _retrieval(name: str, result: Result) -> Iterator[Row]:
    systems = result["systems"]
    where = f"{result['dataset']}{WORDINGS.get(result['wording'], '')}, {result['queries']} queries"
    parts = ", ".join(f"{label} {_short(systems[key]['ndcg@10']['mean'])}"
                      for key, label in (("dense", "dense"), ("bm25", "BM25")))  # fmt: skip
    beside = f"RRF {figure(systems['rrf']['ndcg@10'])}, {parts}"
    yield Row("nDCG@10", where, figure(result["ndcg@10"]), beside)


def _packing(name: str, result: Result) -> Iterator[Row]:
    where = f"{result['dataset']}, passage among the best 10"
    for budget in result["budgets"]:
        measured = f"evidence of {budget['tokens']} tokens holds the "
        for key, what in (("answer_held", "answer"), ("gold_sentences_held", "gold sentences")):
            if budget[key] is not None:
                yield Row(measured + what, where, figure(budget[key]))


def _followups(name: str, result: Result) -> Iterator[Row]:
    everything, human = result["all"], result["with_human_rewrite"]
    where = f"{result['dataset']}, {result['queries']} follow-ups"
    last = f"last turn {figure(everything['last_turn']['recall@5'])}"
    yield Row("recall@5", where, figure(everything["in_context"]["recall@5"]), last)
    if human["queries"]:
        where = f"{result['dataset']}, {human['queries']} that a person reworded"
        beside = ", ".join(f"{label} {figure(human[key]['recall@5'])}" for key, label in
                           (("last_turn", "last turn"), ("human", "the person's")))  # fmt: skip
        yield Row("recall@5", where, figure(human["in_context"]["recall@5"]), beside)


def _grounded(name: str, result: Result) -> Iterator[Row]:
    sample, plain = result["sample"], result.get("baseline") or {}
    where = f"{result['dataset']}, {sample['questions']} questions"
    for key, measured in ANSWERS.items():
        if result.get(key) is not None:
            beside = f"plain {figure(plain[key])}" if plain.get(key) else ""
            yield Row(measured, where, figure(result[key]), beside)
    yield from _asked_back(result)
    yield from _curve(where, result)
    yield from _seconds(where, result, plain)
    if result.get("injected"):
        yield from _grounded(name, _named(result["injected"], f"in {result['dataset']}"))


def _asked_back(result: Result) -> Iterator[Row]:
    """Per type of question, where the desk asked back at all."""
    groups = result["answerability"]
    for group in groups if any(group["clarified"] for group in groups) else ():
        where = f"{result['dataset']}, {group['questions']} {group['type']}"
        yield Row("questions asked back", where, str(group["clarified"]))


def _named(result: Result, suffix: str) -> dict[str, Any]:
    return {**result, "dataset": f"{result['dataset']} {suffix}"}


def _curve(where: str, result: Result) -> Iterator[Row]:
    curve = result.get("abstention")
    if curve and curve["auc"] is not None:
        yield Row("AUC of the probability to be answerable", where, figure(curve["auc"]))


def _seconds(where: str, result: Result, plain: Result) -> Iterator[Row]:
    if result.get("remembered", 0) > result["total"] / 2:
        return  # what was asked afresh are mostly refusals, which are quick
    for stage, measured in STAGES.items():
        ours = result["latency"][stage]
        theirs = plain["latency"][stage] if plain else None
        if ours["p50"] is not None:
            beside = f"plain {_percentiles(theirs)}" if theirs else ""
            yield Row(measured, where, _percentiles(ours), beside)


def _percentiles(stage: Mapping[str, Any]) -> str:
    if stage["p50"] is None:
        return "-"
    return f"{stage['p50']:.1f} (p95 {stage['p95']:.1f})"


def _attribution(name: str, result: Result) -> Iterator[Row]:
    where = f"{result['dataset']}, {result['claims']} claims"
    ours, plain = figure(result["balanced_accuracy"]), figure(result["word_overlap"])
    yield Row("claims judged as people did (balanced accuracy)", where, ours,
              f"word overlap {plain}")  # fmt: skip
    yield Row("milliseconds to check a sentence", where, f"{result['ms_per_sentence']:.1f}")


def _questions(name: str, result: Result) -> Iterator[Row]:
    where = f"{name}, {result['total']} questions"
    for key, measured in FILE_SHARES.items():
        if result["intervals"][key] is not None:
            yield Row(measured, where, figure(result["intervals"][key]))
    cited = result["citations"]
    if cited["sentences"]:
        share = _short(cited["cited_sentences"] / cited["sentences"])
        yield Row(ANSWERS["cited_sentences"], where, f"{share} (of {cited['sentences']})")
    yield from _curve(where, result)
    yield from _seconds(where, result, {})


def _llamaindex(name: str, result: Result) -> Iterator[Row]:
    found = result["comparison"]
    where = f"the same documents, {found['questions']} questions"
    other = "LlamaIndex CitationQueryEngine"
    yield Row("questions right", where, str(found["refdesk_right"]),
              f"{other} {found['baseline_right']}")  # fmt: skip
    yield Row("median seconds to the full answer", where, f"{found['refdesk_median_seconds']:.1f}",
              f"{other} {found['baseline_median_seconds']:.1f}")  # fmt: skip


# By a key that only this kind of result has; the first that fits.
KINDS: dict[str, Callable[[str, Result], Iterator[Row]]] = {
    "systems": _retrieval,
    "budgets": _packing,
    "with_human_rewrite": _followups,
    "word_overlap": _attribution,
    "sample": _grounded,
    "intervals": _questions,
    "comparison": _llamaindex,
}


def table(paths: Sequence[Path]) -> str:
    """The whole table, in the order of the files."""
    found = [row for path in paths for row in rows(path.stem, json.loads(path.read_text("utf-8")))]
    return "\n".join([HEADER, *map(str, found)])


def written(text: str, measured: str) -> str:
    """``text`` with the table between its markers. Raises ValueError where it has none."""
    if not BLOCK.search(text):
        raise ValueError(f"there is no {BEGIN} … {END}")
    return BLOCK.sub(lambda _: f"{BEGIN}\n{measured}\n{END}", text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or write it into the files named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--from", dest="results", nargs="+", type=Path, required=True)
    parser.add_argument("--into", nargs="*", type=Path, default=[])
    options = parser.parse_args(arguments)
    try:
        measured = table(options.results)
        for path in options.into:
            path.write_text(written(path.read_text("utf-8"), measured), encoding="utf-8")
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if not options.into:
        print(measured)


if __name__ == "__main__":
    main()
