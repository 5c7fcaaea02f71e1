"""``refdesk eval`` and ``bench``: how right and how fast the desk is.

Knows nothing of how answers are judged.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.figures import progress_bar, summary
from ui.cli.frame import Output
from ui.cli.measured import Wanted, desk_over, embedder, questioned_desk, told_settings
from ui.cli.options import common, desk, model_options

if TYPE_CHECKING:
    from assistant.benchmarks import Wording
    from assistant.desk import Assistant
    from assistant.evaluate import Asked
    from assistant.measure.given import GivenDocuments

BENCH_QUESTIONS = (
    "Which licence does DeepSeek-R1 use?",
    "How many parameters does QwQ-32B have?",
    "What context length does ERNIE 4.5 support?",
    "Which hardware does gpt-oss-20b need?",
    "Who developed Hunyuan-A13B?",
)

DATA = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MODES = ("file", "retrieval", "grounded", "followups", "packing", "attribution", "compare")
# An option that belongs to some of the modes only.
GOES_WITH = {
    "limit": ("grounded", "packing", "attribution"),
    "corpora": ("retrieval", "grounded", "followups", "packing"),
    "inject": ("grounded",),
    "given": ("grounded",),
    "baseline": ("grounded",),
    "remember": ("file", "grounded", "followups"),
    "wording": ("retrieval",),
    "rules": ("followups",),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What ``refdesk eval`` was told, beside its mode."""

    home: Path | None
    model: dict[str, Any]
    limit: int | None = None
    corpora: tuple[Path, ...] = ()
    inject: Path | None = None
    given: bool = False
    baseline: str | None = None
    remember: Path | None = None
    wording: Wording | None = None
    rules: bool = False

    def wanted(self, *folders: Path, answers: bool) -> Wanted:
        """The desk to measure, over the corpora of ``folders`` and those that enlarge it."""
        injected = (self.inject,) if self.inject else ()
        everything = (*folders, *self.corpora, *injected)
        return Wanted(everything, self.home, self.model, self.remember, answers=answers)


@click.command("eval")
@click.argument("file", required=False, type=FILE)
@click.option("--retrieval", metavar="DIR", type=DATA, help="Measure search on a BEIR folder.")
@click.option("--grounded", metavar="DIR", type=DATA, help="Answer a BEIR folder's queries.")
@click.option("--followups", metavar="DIR", type=DATA, help="Measure rewriting of follow-ups.")
@click.option("--packing", metavar="DIR", type=DATA, help="Measure the evidence for the model.")
@click.option("--attribution", metavar="DIR", type=DATA, help="Measure the check of claims.")
@click.option("--compare", metavar="A.json B.json", nargs=2, type=FILE, help="Compare two results.")
@click.option("--limit", type=click.IntRange(min=1), help="A fixed sample, half unanswerable.")
@click.option("--corpus", "corpora", metavar="DIR", multiple=True, type=DATA,
              help="Add this folder's documents to the index.")  # fmt: skip
@click.option("--inject", metavar="DIR", type=DATA,
              help="Add this folder's documents, and ask its queries as well.")  # fmt: skip
@click.option("--given", is_flag=True, help="Search only the documents given with each query.")
@click.option("--baseline", type=click.Choice(["plain"]),
              help="Put the queries to a plain desk, too: RRF, one prompt, no checks.")  # fmt: skip
@click.option("--remember", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Keep the model's results in FILE and ask only what is new.")  # fmt: skip
@click.option("--wording", type=click.Choice(["desk", "last", "human"]),
              help="Of follow-ups: the desk's, the last turn alone, or a person's.")  # fmt: skip
@click.option("--rules", is_flag=True, help="Rewrite follow-ups without the language model.")
@model_options
@common
@click.pass_obj
def evaluate(
    output: Output,
    /,
    home: Path | None,
    model: dict[str, Any],
    compare: tuple[Path, ...],
    **rest: Any,
) -> None:
    """Measure the desk on FILE.jsonl or a BEIR folder, or compare two results.

    FILE.jsonl holds a question a line. A BEIR folder's corpus is indexed in a temporary
    home, or in --home if that is given. Results to compare are those of --json.
    """
    places = {**{name: rest.pop(name) for name in MODES if name in rest}, "compare": compare}
    chosen = [name for name, place in places.items() if place]
    if len(chosen) != 1:
        raise click.UsageError(
            "give one of FILE.jsonl, --retrieval, --grounded, --followups, --packing,"
            " --attribution and --compare"
        )
    mode = chosen[0]
    _check_options(mode, rest)
    figures = RUNS[mode](places[mode], Options(home, model, **rest))
    if mode != "compare":
        figures["settings"] = told_settings(model)
    if output.as_json:
        output.document(figures)
    else:
        click.echo(summary(figures))


def _check_options(mode: str, given: dict[str, Any]) -> None:
    """An option that says nothing to this mode would be ignored silently."""
    for name, modes in GOES_WITH.items():
        if given[name] and mode not in modes:
            option = "corpus" if name == "corpora" else name
            fitting = " or ".join("FILE.jsonl" if m == "file" else f"--{m}" for m in modes)
            raise click.UsageError(f"--{option} goes with {fitting}")


def _on_questions(file: Path, options: Options) -> dict[str, Any]:
    from assistant.evaluate import evaluate_questions, read_questions
    from assistant.measure.abstention import abstention

    questions = read_questions(file)
    with (
        questioned_desk(options.home, options.model, options.remember) as (opened, recalled),
        progress_bar(len(questions)) as progress,
    ):
        report = evaluate_questions(opened, questions, progress, recalled=recalled)
    return {**report.to_dict(), "abstention": abstention(report.outcomes)}


def _on_retrieval(folder: Path, options: Options) -> dict[str, Any]:
    from assistant.benchmarks import evaluate_retrieval

    with desk_over(options.wanted(folder, answers=False)) as (opened, _):
        return evaluate_retrieval(opened.index, folder, options.wording or "desk")


def _on_grounded(folder: Path, options: Options) -> dict[str, Any]:
    with desk_over(options.wanted(folder, answers=True)) as (opened, recalled):
        figures = _answered(folder, options, opened, recalled)
        if options.inject:
            figures["injected"] = _answered(options.inject, options, opened, recalled)
        return figures


def _answered(
    folder: Path, options: Options, opened: Assistant, recalled: Callable[[], int]
) -> dict[str, Any]:
    from assistant.benchmarks import Query, queries_of
    from assistant.measure.given import GivenDocuments
    from assistant.measure.grounded import Run, evaluate_grounded

    index = opened.index
    given = GivenDocuments(index) if options.given else None
    total = len(queries_of(folder))
    asked = min(options.limit or total, total) * (2 if options.baseline else 1)

    def only(query: Query) -> None:
        if given:
            given.only = frozenset(query.given)

    plain = _baseline(options, opened, given)
    opened.index = given.stand_in() if given else index
    try:
        with progress_bar(asked) as progress:
            run = Run(options.limit, progress, recalled, only if given else None)
            return evaluate_grounded(opened, folder, run, plain)
    finally:
        opened.index = index


def _baseline(options: Options, opened: Assistant, given: GivenDocuments | None) -> Asked | None:
    from assistant.measure.plain import PlainDesk

    if options.baseline is None:
        return None
    if opened.llm is None:
        raise click.UsageError("--baseline needs a language model")
    return PlainDesk(opened.index, opened.llm, given)


def _on_followups(folder: Path, options: Options) -> dict[str, Any]:
    from assistant.measure.followups import evaluate_followups, rewriter

    with desk_over(options.wanted(folder, answers=not options.rules)) as (opened, _):
        rewrite = rewriter(None if options.rules else opened.llm)
        return evaluate_followups(opened.index, folder, rewrite)


def _on_packing(folder: Path, options: Options) -> dict[str, Any]:
    from assistant.measure.packing import evaluate_packing

    with desk_over(options.wanted(folder, answers=False)) as (opened, _):
        return evaluate_packing(opened.index, folder, options.limit)


def _on_attribution(folder: Path, options: Options) -> dict[str, Any]:
    from assistant.attribution.measure import evaluate_attribution

    encode = embedder(options.model).encode_query

    def similarity(one: str, other: str) -> float:
        return float(encode(one) @ encode(other))

    figures = evaluate_attribution(folder, similarity, limit=options.limit)
    return {"dataset": folder.name, **figures}


def _compared(files: Sequence[Path], options: Options) -> dict[str, Any]:
    from assistant.measure.compare import compare_files

    return compare_files(*files)


RUNS: dict[str, Callable[[Any, Options], dict[str, Any]]] = {
    "file": _on_questions,
    "retrieval": _on_retrieval,
    "grounded": _on_grounded,
    "followups": _on_followups,
    "packing": _on_packing,
    "attribution": _on_attribution,
    "compare": _compared,
}


@click.command()
@click.argument("file", required=False, type=FILE)
@model_options
@common
@click.pass_obj
def bench(output: Output, file: Path | None, home: Path | None, model: dict[str, Any]) -> None:
    """Time start, search and answers on this machine.

    The questions are those of FILE.jsonl, or a few about open-weight models.
    """
    figures = _timed(file, home, model)
    if output.as_json:
        output.document(figures)
    else:
        click.echo(summary(figures))


def _timed(file: Path | None, home: Path | None, model: dict[str, Any]) -> dict[str, Any]:
    from assistant.evaluate import Question, evaluate_questions, read_questions

    questions = (
        read_questions(file)
        if file
        else [Question(id=str(n), question=text) for n, text in enumerate(BENCH_QUESTIONS, 1)]
    )
    started = time.perf_counter()
    with desk(home, model, answers=True) as opened, progress_bar(len(questions)) as progress:
        opened_after = time.perf_counter() - started
        opened.warm_up()
        warm_after = time.perf_counter() - started
        searches = [_seconds(lambda q=q: opened.search(q.question)) for q in questions]  # type: ignore[misc]
        report = evaluate_questions(opened, questions, progress).to_dict()
        state = opened.status()
    return {
        "documents": state.documents,
        "chunks": state.chunks,
        "open_seconds": round(opened_after, 3),
        "warm_seconds": round(warm_after, 3),
        "search_seconds": round(statistics.median(searches), 4) if searches else None,
        "peak_memory_mb": _peak_memory_mb(),
        **({name: report[name] for name in ("total", "right", "accuracy")} if file else {}),
        "latency": report["latency"],
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak_memory_mb() -> int | None:
    """Of this process; when another one owns the home, the models are in that one."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3))
