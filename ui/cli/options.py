"""The options that commands share, and the settings and desk that they lead to.

The environment is read here (through ``Settings``) and nowhere below. Knows nothing of
what a command does with its desk.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ui.cli.frame import verbosity

if TYPE_CHECKING:
    from assistant.desk import Assistant
    from assistant.remote import RemoteAssistant
    from assistant.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)


def common(command: Command) -> Command:
    """Add --home, --json and --verbose; the command gets ``home``."""

    @click.option("--home", type=FOLDER, help="Folder of the index (REFDESK_HOME).")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    @click.option("--verbose", is_flag=True, help="Log what happens to stderr.")
    @functools.wraps(command)
    def with_common(*args: Any, as_json: bool, verbose: bool, **options: Any) -> Any:
        verbosity(verbose)
        return command(*args, **options)

    return with_common  # type: ignore[return-value]


def model_options(command: Command) -> Command:
    """Add the options that choose the language model; the command gets ``model`` as a dict."""

    @click.option("--model", metavar="NAME|PATH.gguf", help="Language model (REFDESK_MODEL).")
    @click.option(
        "--base-url", metavar="URL", help="OpenAI-compatible server to use (REFDESK_BASE_URL)."
    )
    @click.option("--api-key", metavar="KEY", help="Key of that server (REFDESK_API_KEY).")
    @click.option("--threads", type=click.IntRange(min=1), help="CPU threads (REFDESK_THREADS).")
    @functools.wraps(command)
    def with_model(
        *args: Any,
        model: str | None,
        base_url: str | None,
        api_key: str | None,
        threads: int | None,
        **options: Any,
    ) -> Any:
        chosen = {"model": model, "base_url": base_url, "api_key": api_key, "threads": threads}
        return command(*args, model=chosen, **options)

    return with_model  # type: ignore[return-value]


def read_settings(home: Path | None = None, model: dict[str, Any] | None = None) -> Settings:
    """The settings of the environment, overridden by the options that were given."""
    from pydantic import ValidationError

    from assistant.settings import Settings

    given = {"home": home, **(model or {})}
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        raise click.UsageError(f"REFDESK_{name.upper()}: {first['msg']}") from error
    return settings.model_copy(
        update={
            "home": settings.home.expanduser().absolute(),
            "weights": settings.weights.expanduser().absolute(),
        }
    )


@contextlib.contextmanager
def desk(
    home: Path | None, model: dict[str, Any] | None = None, *, answers: bool = False
) -> Iterator[Assistant | RemoteAssistant]:
    """The desk of ``home``, here or through its owner; closed at the end.

    What is missing of the model files is fetched first, with a progress bar: the embedder's,
    and with ``answers`` the language model's. An owner has them already.
    """
    from assistant.desk import Assistant
    from index.home import read_owner

    settings = read_settings(home, model)
    if read_owner(settings.home) is None:
        fetch_weights(settings, answers=answers)
    opened = Assistant.open(settings=settings)
    try:
        _check_owner(opened, model or {})
        yield opened
    finally:
        opened.close()


def fetch_weights(settings: Settings, *, answers: bool) -> None:
    """Fetch the model files that are not here yet; without the language model, quotes remain."""
    from corpus.errors import WeightsError
    from index import weights

    with weights.terminal_progress() as progress:
        weights.ensure(settings.embedder, settings.weights, progress=progress)
        if not answers or settings.base_url:
            return
        try:
            weights.ensure(settings.model, settings.weights, progress=progress)
        except WeightsError as error:
            click.echo(f"refdesk: {error} Answers will be quotes only.", err=True)


def _check_owner(opened: Assistant | RemoteAssistant, model: dict[str, Any]) -> None:
    """A model asked for by name must not be silently answered by another one."""
    from assistant.remote import RemoteAssistant

    if not isinstance(opened, RemoteAssistant):
        return
    owner = opened.owner
    wanted = (model.get("model") or owner.model, model.get("base_url") or owner.base_url)
    if wanted != (owner.model, owner.base_url):
        raise click.UsageError(
            f"this home is in use by refdesk process {owner.pid}, which answers with "
            f"{owner.base_url or owner.model}; stop it, use another --home, or leave out "
            "--model and --base-url"
        )
