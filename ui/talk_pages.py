"""The addresses of conversations: shared links for anybody, exports for their own visitor.

``/talk/<token>`` shows what was shared; ``/talk/<id>/export?format=…`` needs the visitor's
cookie. Knows nothing of how pages and files are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import RefdeskError
from ui.export import FORMATS, Exported, file_name
from ui.keeping import Keeper
from ui.markup import moment
from ui.render_talks import TALK_PATH
from ui.visitors import visitor_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

NOT_SHARED = "There is no shared conversation at this address, or its link was withdrawn."
NOT_YOURS = "There is no such conversation of yours. Open it on the desk and export it from there."
PRIVATE = {
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}


def serve_talks(server: FastAPI, keeper: Keeper) -> None:
    """Add the addresses to ``server``."""
    from starlette.requests import Request

    def shared(token: str) -> Response:
        return shared_page(keeper, token)

    def export(request: Request, talk: str, format: str = "md") -> Response:
        return exported(keeper, visitor_of(request), talk, format)

    export.__annotations__["request"] = Request  # FastAPI reads it; the module only names it
    server.get(TALK_PATH + "/{token}", response_model=None)(shared)
    server.get(TALK_PATH + "/{talk}/export", response_model=None)(export)


def shared_page(keeper: Keeper, token: str) -> Response:
    """The page of a shared conversation."""
    from starlette.responses import HTMLResponse

    from ui.render_talk import talk_page
    from ui.theme import talk_style

    try:
        found = keeper.talks.shared(token)
    except RefdeskError as error:
        return _missing(str(error), 503)
    if found is None:
        return _missing(NOT_SHARED, 404)
    note = f"Shared from refdesk as it stood at {moment(found.made)}"
    text = talk_page(found.title, note, found.turns, talk_style(), on_desk=True)
    return HTMLResponse(text, headers=PRIVATE)


def exported(keeper: Keeper, visitor: str | None, talk_id: str, name: str) -> Response:
    """A conversation of the visitor as a file to save."""
    from starlette.responses import Response

    kind = FORMATS.get(name)
    if kind is None:
        return _missing(f"Conversations are exported as {', '.join(FORMATS)}.", 404)
    try:
        talk = keeper.talks.read(visitor, talk_id) if visitor else None
    except RefdeskError as error:
        return _missing(str(error), 503)
    if talk is None:
        return _missing(NOT_YOURS, 404)
    info = talk.info
    text = kind.write(Exported(info.title, info.created, info.changed, talk.turns))
    saved = f'attachment; filename="{file_name(info.title, kind.suffix)}"'
    return Response(
        text.encode("utf-8", "replace"),
        media_type=kind.media_type,
        headers={**PRIVATE, "content-disposition": saved},
    )


def _missing(reason: str, status: int) -> Response:
    from starlette.responses import HTMLResponse

    from ui.render_document import missing_page
    from ui.theme import document_style

    return HTMLResponse(missing_page(reason, document_style()), status, headers=PRIVATE)
