"""``refdesk add``, ``refresh`` and ``status``: what the desk answers from.

Knows nothing of parsing or of stores.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import click

from corpus.errors import HomeError, InputError
from ui.cli.frame import Output
from ui.cli.options import common, desk

if TYPE_CHECKING:
    from assistant.calls import Desk
    from index.types import Changes, RefreshReport, SourceKind


@click.command()
@click.argument("location", metavar="PATH|URL")
@click.option("--kind", metavar="KIND", help="What it is, where that is not plain to see.")
@click.option("--name", metavar="NAME", help="Name of the source; ids of its documents begin so.")
@click.option("--include", metavar="GLOB", multiple=True, help="Only what matches; repeatable.")
@click.option("--exclude", metavar="GLOB", multiple=True, help="Not what matches; repeatable.")
@click.option("--revision", metavar="REV", default="", help="Branch, tag or commit.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N documents.")
@common
@click.pass_obj
def add(
    output: Output,
    location: str,
    kind: str | None,
    name: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    revision: str,
    limit: int | None,
    home: Path | None,
) -> None:
    """Declare a folder, a file or a web page as a source; refresh brings it in.

    A page is asked for again at each refresh, and keeps its last good version when that
    fails. Only public addresses are fetched, and what robots.txt allows. Adding a source
    again puts the options given now in place of those it had; --include '' alone takes them
    back.

    Of a folder, patterns as in .gitignore take a part, here or in files .refdeskignore. A
    limit never drives out what is indexed already, unless it is lowered.

    --kind git reads the files of a repository's revision, by https or from a path here.
    hub:AUTHOR/MODEL, or hub:AUTHOR for its newest models (100, or --limit), takes README and
    metadata from the Hugging Face Hub.
    --kind cards puts each row of a list of models (CSV, JSON, JSON Lines) into the catalogue.

    A feed (RSS, Atom, JSON) or a sitemap brings in the pages that it lists, each a document,
    at most 200 of a feed and 2,000 of a sitemap unless --limit says otherwise. It is known
    by its content; --kind says it beforehand. What drops out of a feed stays, what drops out
    of a sitemap goes. --include and --exclude choose by the path in a page's address
    (--include 'blog/'); what they leave out later goes.
    """
    from index.types import Declaration, SourceOptions

    options = SourceOptions(
        tuple(filter(None, include)), tuple(filter(None, exclude)), revision, limit
    )
    given = include or exclude or revision or limit
    how = Declaration(_kind(kind), name, options if given else None)
    if "://" not in location and not location.lower().startswith(
        "hub:"
    ):  # the owner may run in another folder
        location = str(Path(location).expanduser().absolute())
    with desk(home) as opened:
        source = opened.add(location, how)
    if output.as_json:
        output.document(asdict(source))
    else:
        click.echo(f"Added {source.kind} {source.name}: {source.location}")
        click.echo("Bring it in with: refdesk refresh")


def _kind(text: str | None) -> SourceKind | None:
    from index.types import SourceKind

    kinds = [kind for kind in get_args(SourceKind) if kind != "curated"]
    if text is not None and text not in kinds:
        raise click.UsageError(f"--kind is one of {', '.join(kinds)}")
    return cast("SourceKind | None", text)


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--watch", is_flag=True, help="Go on, and refresh whenever files change.")
@common
@click.pass_obj
def refresh(output: Output, dry_run: bool, watch: bool, home: Path | None) -> None:
    """Bring the index up to date with its sources.

    Files that cannot be read are listed with the reason, keep their last good version, and
    do not make the command fail.

    With --watch the command goes on until Ctrl-C: a file that lands in a source is searchable
    seconds later, web pages are asked for every REFDESK_PAGES_EVERY_HOURS. With --json it
    then prints one report per line, for each refresh that did something.
    """
    from ui.console import show_refresh

    if dry_run and watch:
        raise click.UsageError("--dry-run changes nothing; leave out --watch")
    with desk(home) as opened:
        if dry_run:
            _show_changes(output, opened.compare())
            return
        report = show_refresh(opened.refresh_events()) if watch else _to_the_end(opened)
        _show_report(output, report, compact=watch)
        if watch:
            _watch(output, opened, report)
        elif not output.as_json:
            _tell_due(opened)


def _to_the_end(opened: Desk) -> RefreshReport:
    """Refresh, and again while pages of a long list wait and more of them come each time."""
    from index.merged import merged
    from ui.console import show_refresh

    report = show_refresh(opened.refresh_events())
    before = report.waiting + 1
    while 0 < report.waiting < before:
        before = report.waiting
        report = merged(report, show_refresh(opened.refresh_events()))
    return report


def _watch(output: Output, opened: Desk, first: RefreshReport) -> None:
    """Refresh whenever there is a reason to, until interrupted."""
    import threading

    from index.watching import Hurry, reasons
    from ui.console import printable, show_refresh

    if not output.as_json:
        click.echo("Watching the sources; Ctrl-C ends.", err=True)
    hurry = Hurry()
    hurry.note(first.waiting)
    why = reasons(
        lambda: opened.status().sources,
        threading.Event(),
        pages_every=opened.settings.pages_every_hours * 3600,
        apart_from=opened.settings.home,
        hurry=hurry.is_on,
    )
    for reason in why:
        fetch = reason.what == "schedule"
        try:
            report = show_refresh(opened.refresh_events(fetch=fetch))
        except HomeError as error:  # a full disk may have room again; Ctrl-C ends
            click.echo(f"refdesk: {error}", err=True)
            continue
        if fetch:
            hurry.note(report.waiting)
        if report.touched:
            if not output.as_json:
                click.echo(f"{report.as_of}  {printable(reason.detail)}")
            _show_report(output, report, compact=True)


def _show_report(output: Output, report: RefreshReport, *, compact: bool) -> None:
    from ui.console import report_text

    if not output.as_json:
        click.echo(report_text(report))
    elif compact:
        output.line(asdict(report))
    else:
        output.document(asdict(report))


def _tell_due(opened: Desk) -> None:
    """Say how many saved questions may have other answers now."""
    due = sum(one.due for one in opened.saved.all(most=1))
    if due:
        noun = "question" if due == 1 else "questions"
        click.echo(f"{due} saved {noun} to ask again: a served desk does, or refdesk saved check"
                   " --due")  # fmt: skip


def _show_changes(output: Output, changes: Changes) -> None:
    from ui.console import changes_text

    if output.as_json:
        output.document(asdict(changes))
    else:
        click.echo(changes_text(changes))


@click.command()
@click.argument("what", required=False, metavar="[PATH|ID|SOURCE]")
@click.option("--document", "document_id", metavar="ID", help="Show one document with its text.")
@click.option("--history", is_flag=True, help="Show the last refreshes and what each did.")
@common
@click.pass_obj
def status(
    output: Output, what: str | None, document_id: str | None, history: bool, home: Path | None
) -> None:
    """Show what is indexed, how old it is, and what failed.

    With a file's path, a document's id or a source's name: the state that it is in, and why.
    """
    from ui.console import status_text

    if sum((what is not None, document_id is not None, history)) > 1:
        raise click.UsageError("say one of PATH|ID|SOURCE, --document and --history")
    with desk(home) as opened:
        if document_id is not None:
            _show_document(output, opened, document_id)
            return
        if history:
            _show_history(output, opened)
            return
        if what is not None:
            _show_explanation(output, opened, what)
            return
        state = opened.status()
    if output.as_json:
        output.document(asdict(state))
    else:
        click.echo(status_text(state))


def _show_history(output: Output, opened: Desk) -> None:
    from ui.console import one_line

    past = opened.history()
    if output.as_json:
        output.document([{"finished": one.finished, **one.report} for one in past])
        return
    for one in past:
        counts = {n: one.report.get(n, 0) for n in ("added", "changed", "renamed", "removed")}
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        failed = one.report.get("failed", 0)
        failures = f"; {failed} failed" if failed else ""
        seconds = one.report.get("seconds", 0)
        click.echo(f"{one.finished}  {told or 'nothing new'}{failures}  ({seconds} s)")
        for name, ids in one.report.get("documents", {}).items():
            for i in ids:
                named = i if isinstance(i, str) else ": ".join(map(str, i))
                click.echo(f"    {name:<9}{one_line(named, 200)}")
        for note in one.report.get("notes", ()):
            click.echo(f"    {'note':<9}{one_line(note, 300)}")
    if not past:
        click.echo("There was no refresh yet.")


def _show_explanation(output: Output, opened: Desk, what: str) -> None:
    from ui.console import one_line

    found = opened.explain(_in_full(what))
    if output.as_json:
        output.document(asdict(found))
        return
    click.echo(f"{found.state}: {one_line(found.reason, 400)}")
    shown = ("document_id", "path", "source", "passages", "first_seen", "changed")
    for name in shown:
        if value := getattr(found, name):
            click.echo(f"{name.replace('_', ' '):<12}{one_line(str(value), 300)}")


def _in_full(what: str) -> str:
    """A path in full, for the owner may run in another folder; an id or a name as it is."""
    path = Path(what).expanduser()
    return str(path.absolute()) if path.exists() or what.startswith((".", "~")) else what


def _show_document(output: Output, opened: Desk, document_id: str) -> None:
    from ui.console import printable

    document = opened.document(document_id)
    if document is None:
        raise InputError(f"no document has the id {document_id!r}; refdesk search shows ids")
    if output.as_json:
        fields = {**asdict(document), **asdict(document.info)}
        del fields["info"]
        output.document(fields)
        return
    known = {name: value for name, value in asdict(document.info).items() if value}
    for name, value in known.items():
        click.echo(f"{name:<12}{printable(str(value))}")
    click.echo()
    click.echo(printable(document.text))
