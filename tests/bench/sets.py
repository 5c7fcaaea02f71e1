"""``make bench``: every figure, one measure after the other, into one table.

Each line of ``MEASURES`` is a ``refdesk eval`` of its own (and ``tests.bench.run`` one more), whose
JSON is kept in ``--results``; one that is there already is not made again, and the language model
is asked nothing twice. All of them take hours on two cores: ``--only`` names some, ``--from`` makes
the table of results that are there. Knows no figures; ``tests.bench.table`` does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench import table

HERE = Path(__file__).resolve().parent
SETS = HERE.parents[2] / "shared" / "eval"
RESULTS = HERE.parents[1] / "build" / "bench"
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
LLAMAINDEX = "llamaindex"
"""The measure that ``tests.bench.run`` makes: refdesk beside LlamaIndex's CitationQueryEngine."""
RUN = "import sys; sys.argv[0] = 'refdesk'; from ui.cli import main; main()"

# name -> words after "refdesk eval"; @NAME is the folder of a public set, NAME.jsonl one of our own
# question files about the curated corpus. Results keep this order in the table.
MEASURES = {
    "retrieval-scifact": "--retrieval @scifact",
    "retrieval-cranfield": "--retrieval @cranfield",
    "retrieval-mtrag": "--retrieval @mtrag",
    "retrieval-mtrag-last": "--retrieval @mtrag --wording last",
    "retrieval-mtrag-human": "--retrieval @mtrag --wording human",
    "retrieval-clapnq": "--retrieval @clapnq --corpus @distractors_2wiki",
    "retrieval-squad2": "--retrieval @squad2",
    "packing-squad2": "--packing @squad2 --limit 300",
    "followups-mtrag": "--followups @mtrag --rules",
    "attribution-expertqa": "--attribution @expertqa",
    "attribution-begin": "--attribution @begin",
    "answers-squad2": "--grounded @squad2 --limit 300 --baseline plain",
    "answers-clapnq": "--grounded @clapnq --baseline plain",
    "answers-mtrag": "--grounded @mtrag",
    "answers-ramdocs": "--grounded @ramdocs --given --baseline plain",
    "answers-poisonedrag": "--grounded @poisonedrag --corpus @squad2 --baseline plain",
    "curated": "curated.jsonl",
    "unanswerable": "unanswerable.jsonl",
    "prose": "prose.jsonl",
    "refuse": "refuse.jsonl",
    "followups": "followups.jsonl",
}


def words_of(name: str, sets: Path, results: Path) -> list[str]:
    """The words of one measure after ``refdesk``: paths filled in, its home and memory named.

    Measures over the same documents share a home.
    """
    said = MEASURES[name].split()
    words = ["eval", *(_path(word, sets) for word in said), "--json"]
    if "--attribution" not in said:
        words += ["--home", str(home_of(name, results))]
    if said[0] == "--grounded" or said[0].endswith(".jsonl"):
        words += ["--remember", str(results / "memory.sqlite")]
    return words


def home_of(name: str, results: Path) -> Path:
    """The home that holds the documents of a measure."""
    held = [word[1:] for word in MEASURES[name].split() if word.startswith("@")]
    return results / "homes" / ("-".join(held) or "curated")


def _path(word: str, sets: Path) -> str:
    if word.startswith("@"):
        return str(sets / word[1:])
    return str(HERE / "questions" / word) if word.endswith(".jsonl") else word


def measure(name: str, sets: Path, results: Path) -> Path:
    """Run one measure unless its result is there; gives the result's path.

    Raises CalledProcessError when the command fails; its messages are on stderr.
    """
    path = results / f"{name}.json"
    if path.is_file():
        return path
    print(f"{name} …", file=sys.stderr, flush=True)
    if name == LLAMAINDEX:
        found = printed("-m", "tests.bench.run")
    else:
        if MEASURES[name].endswith(".jsonl"):
            refdesk("refresh", "--home", str(home_of(name, results)), "--json")
        found = refdesk(*words_of(name, sets, results))
    path.write_bytes(found)
    return path


def refdesk(*words: str) -> bytes:
    """What one command prints."""
    return printed("-c", RUN, *words)


def printed(*words: str) -> bytes:
    """What one run of Python prints."""
    return subprocess.run([sys.executable, *words], stdout=subprocess.PIPE, check=True).stdout


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for and write the table into the pages named."""
    options = _options(arguments)
    made = options.given
    if not made:
        options.results.mkdir(parents=True, exist_ok=True)
        try:
            made = [measure(name, options.sets, options.results) for name in options.only]
        except subprocess.CalledProcessError as error:
            sys.exit(f"measuring failed with status {error.returncode}; its messages are above")
    table.main(["--from", *map(str, made), "--into", *map(str, options.into)])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    names = [*MEASURES, LLAMAINDEX]
    parser.add_argument("--sets", type=Path, default=SETS, help="folder of the public sets")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME",
                        help=", ".join(names))  # fmt: skip
    parser.add_argument("--from", dest="given", nargs="+", type=Path, metavar="FILE",
                        help="make the table of these results; measure nothing")  # fmt: skip
    parser.add_argument("--into", nargs="+", type=Path, default=[PAGE], metavar="PAGE",
                        help="pages with the markers (docs/benchmarks.md)")  # fmt: skip
    options = parser.parse_args(arguments)
    if not options.given and not options.sets.is_dir():
        parser.error(f"{options.sets} is not a folder; name the public sets with --sets")
    for page in options.into:
        if not page.is_file() or table.BEGIN not in page.read_text("utf-8"):
            parser.error(f"{page} has no line {table.BEGIN} for the table to stand after")
    return options


if __name__ == "__main__":
    main()
