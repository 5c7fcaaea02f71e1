"""The list of a visitor's conversations, and the tools of the one that is open.

Pure functions; titles and texts are what visitors and documents said, and go through
``escaped``. Knows nothing of Gradio or of how conversations are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.export import FORMATS
from ui.markup import escaped, moment
from ui.talks import MAX_TALKS, MAX_TITLE, MAX_TURNS, TalkInfo
from ui.views import Conversation

TALK_PATH = "/talk"
NOTHING_YET = "Your conversations will be listed here. They stay on this computer."
NOTHING_FOUND = "No conversation holds all of these words."
PROMISE = "Whoever can reach this server and has the link can read it as it stands now."


def talk_list(
    infos: Sequence[TalkInfo], current: str | None, words: str = "", note: str = ""
) -> str:
    """Return the conversations, newest first; ``note`` is HTML about what was just done."""
    if not infos:
        said = NOTHING_FOUND if words.strip() else NOTHING_YET
        return f'{note}<p class="empty">{said}</p>'
    rows = "".join(_row(info, current) for info in infos)
    full = ""
    if len(infos) >= MAX_TALKS:
        full = f'<p class="note">The {MAX_TALKS:d} newest are kept; older ones made room.</p>'
    return f'{note}<ul class="talk-list" aria-label="Conversations">{rows}</ul>{full}'


def _row(info: TalkInfo, current: str | None) -> str:
    here = ' aria-current="true"' if info.id == current else ""
    identity, title = escaped(info.id), escaped(info.title)
    turns = "1 question" if info.turns == 1 else f"{info.turns:d} questions"
    facts = [turns, moment(info.changed)] + (["shared"] if info.share else [])
    found = f'<span class="found" dir="auto">{escaped(info.found)}</span>' if info.found else ""
    return (
        f'<li class="talk" data-talk="{identity}"{here}>'
        f'<button type="button" class="open" data-act="open-talk" data-talk="{identity}"{here}>'
        f'<span class="title" dir="auto">{title}</span>{found}'
        f'<span class="meta">{" · ".join(facts)}</span></button>'
        f'<div class="acts"><details data-fold="rename-{identity}"><summary aria-label="Rename'
        f' “{title}”">Rename</summary><form data-form="rename-talk" data-talk="{identity}">'
        f'<label><span class="visually-hidden">New name</span><input name="title" dir="auto"'
        f' maxlength="{MAX_TITLE:d}" required value="{title}" autocomplete="off"></label>'
        f'<button type="submit">Save</button></form></details>'
        f'<button type="button" class="delete" data-act="delete-talk" data-talk="{identity}"'
        f' aria-label="Delete “{title}”">Delete</button></div></li>'
    )


def deleted(info: TalkInfo) -> str:
    """Return the note that a conversation was deleted, with the way back."""
    return (
        f'<p class="note deleted" role="status"><span dir="auto">Deleted “{escaped(info.title)}”.'
        f'</span> <button type="button" data-act="restore-talk" data-talk="{escaped(info.id)}">'
        "Undo</button></p>"
    )


def problem(reason: str) -> str:
    """Return one line about what went wrong."""
    return f'<p class="error" role="alert">{escaped(reason)}</p>'


def talk_tools(talk_id: str | None, share: str | None = None) -> str:
    """Return export and sharing of the open conversation; without one only that none is."""
    if talk_id is None:
        return '<div data-open-talk=""></div>'
    identity = escaped(talk_id)
    links = "".join(
        f'<li><a download href="{TALK_PATH}/{identity}/export?format={name}">'
        f"{escaped(kind.label)}</a></li>"
        for name, kind in FORMATS.items()
    )
    return (
        f'<div class="talk-tools" data-open-talk="{identity}">'
        f'<details data-fold="talk-export"><summary>Export</summary><ul>{links}</ul></details>'
        f'<details data-fold="talk-share"><summary>Share</summary>{_sharing(identity, share)}'
        "</details></div>"
    )


def _sharing(identity: str, share: str | None) -> str:
    if share is None:
        return (
            f'<div class="sharing"><p>{PROMISE}</p><p class="buttons"><button type="button"'
            f' data-act="share-talk" data-talk="{identity}">Make a link</button></p></div>'
        )
    href = f"{TALK_PATH}/{escaped(share)}"
    return (
        f'<div class="sharing"><p>{PROMISE}</p>'
        f'<p><a class="shared" href="{href}" target="_blank">{href}</a></p>'
        '<p class="buttons"><button type="button" class="copy-link">Copy the link</button>'
        f'<button type="button" data-act="share-talk" data-talk="{identity}">Bring it up to date'
        f'</button><button type="button" data-act="withdraw-talk" data-talk="{identity}">Withdraw'
        " it</button></p></div>"
    )


def dropped_note(turns: Conversation) -> str:
    """Return the note that the first turns of a long conversation are no longer kept."""
    if not turns or turns[0].number == 1:
        return ""
    return (
        f'<p class="note dropped">Earlier questions of this conversation are gone: the last'
        f" {MAX_TURNS:d} are kept.</p>"
    )
