"""``refdesk eval`` and ``bench``: how right and how fast the desk is.

Knows nothing of how answers are judged.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import HomeError
from ui.cli.frame import Output
from ui.cli.options import common, desk, fetch_weights, model_options, read_settings

if TYPE_CHECKING:
    from assistant.desk import Assistant
    from assistant.evaluate import Outcome

BENCH_QUESTIONS = (
    "Which licence does DeepSeek-R1 use?",
    "How many parameters does QwQ-32B have?",
    "What context length does ERNIE 4.5 support?",
    "Which hardware does gpt-oss-20b need?",
    "Who developed Hunyuan-A13B?",
)

DATA = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("eval")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--retrieval", metavar="DIR", type=DATA, help="Measure search on a BEIR folder.")
@click.option("--grounded", metavar="DIR", type=DATA, help="Answer a BEIR folder's queries.")
@click.option("--limit", type=click.IntRange(min=1), help="A fixed random sample of the queries.")
@model_options
@common
@click.pass_obj
def evaluate(
    output: Output,
    file: Path | None,
    retrieval: Path | None,
    grounded: Path | None,
    limit: int | None,
    home: Path | None,
    model: dict[str, Any],
) -> None:
    """Measure the desk on FILE.jsonl or a BEIR folder.

    FILE.jsonl holds a question a line. A BEIR folder's corpus is indexed in a temporary
    home, or in --home if that is given.
    """
    if sum(given is not None for given in (file, retrieval, grounded)) != 1:
        raise click.UsageError("give one of FILE.jsonl, --retrieval DIR and --grounded DIR")
    if limit is not None and grounded is None:
        raise click.UsageError("--limit goes with --grounded")
    if file is not None:
        figures = _on_questions(file, home, model)
    elif retrieval is not None:
        figures = _on_retrieval(retrieval, home, model)
    else:
        figures = _on_grounded(grounded or Path(), home, model, limit)
    if output.as_json:
        output.document(figures)
    else:
        click.echo(_summary(figures))


def _on_questions(file: Path, home: Path | None, model: dict[str, Any]) -> dict[str, Any]:
    from assistant.evaluate import evaluate_questions, read_questions

    questions = read_questions(file)
    with desk(home, model, answers=True) as opened, _bar(len(questions)) as progress:
        return evaluate_questions(opened, questions, progress).to_dict()


def _on_retrieval(folder: Path, home: Path | None, model: dict[str, Any]) -> dict[str, Any]:
    from assistant.benchmarks import evaluate_retrieval

    with _desk_over(folder, home, model, answers=False) as opened:
        return evaluate_retrieval(opened.index, folder)


def _on_grounded(
    folder: Path, home: Path | None, model: dict[str, Any], limit: int | None
) -> dict[str, Any]:
    from assistant.benchmarks import evaluate_grounded, queries_of

    total = len(queries_of(folder))
    with (
        _desk_over(folder, home, model, answers=True) as opened,
        _bar(min(limit or total, total)) as progress,
    ):
        return evaluate_grounded(opened, folder, limit, progress)


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
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
        click.echo(_summary(figures))


def _timed(file: Path | None, home: Path | None, model: dict[str, Any]) -> dict[str, Any]:
    from assistant.evaluate import Question, evaluate_questions, read_questions

    questions = (
        read_questions(file)
        if file
        else [Question(id=str(n), question=text) for n, text in enumerate(BENCH_QUESTIONS, 1)]
    )
    started = time.perf_counter()
    with desk(home, model, answers=True) as opened, _bar(len(questions)) as progress:
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


@contextlib.contextmanager
def _desk_over(
    folder: Path, home: Path | None, model: dict[str, Any], *, answers: bool
) -> Iterator[Assistant]:
    """A desk that holds the corpus of a BEIR folder and nothing else."""
    from assistant.benchmarks import documents_of
    from assistant.desk import Assistant

    with contextlib.ExitStack() as stack:
        place = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="refdesk-")))
        settings = read_settings(place, model).model_copy(update={"curated": False})
        fetch_weights(settings, answers=answers)
        opened = Assistant.open(settings=settings)
        stack.callback(opened.close)
        if not isinstance(opened, Assistant):
            raise HomeError(f"{place} is in use by another refdesk process; stop it, or leave "
                            "out --home")  # fmt: skip
        click.echo(f"Indexing the corpus of {folder.name} …", err=True)
        opened.index.put(documents_of(folder))
        yield opened


@contextlib.contextmanager
def _bar(total: int) -> Iterator[Callable[[Outcome], None]]:
    """A progress bar with ETA and the score so far."""
    from tqdm import tqdm

    right = 0
    with tqdm(
        total=total, unit=" questions", dynamic_ncols=True, leave=False,
        disable=not sys.stderr.isatty(),
    ) as bar:  # fmt: skip

        def progress(outcome: Outcome) -> None:
            nonlocal right
            right += outcome.right
            bar.set_postfix_str(f"{right} right", refresh=False)
            bar.update()

        yield progress


def _summary(figures: dict[str, Any], indent: str = "") -> str:
    """Figures as indented lines; the full answers are for --json."""
    lines = []
    for name, value in figures.items():
        if name == "questions" and isinstance(value, list):
            wrong = [str(row["id"]) for row in value if not row["right"]]
            lines.append(f"{indent}{'wrong':<20}{', '.join(wrong) or 'none'}")
        elif isinstance(value, dict):
            lines += [f"{indent}{name}", _summary(value, indent + "  ")]
        elif isinstance(value, list):
            lines += [f"{indent}{name}", *(f"{indent}  {_row(row)}" for row in value)]
        else:
            lines.append(f"{indent}{name:<20}{_figure(value)}")
    return "\n".join(lines)


def _row(row: Any) -> str:
    if isinstance(row, dict):
        return "  ".join(f"{name} {_figure(value)}" for name, value in row.items())
    return _figure(row)


def _figure(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "-" if value is None else str(value)
