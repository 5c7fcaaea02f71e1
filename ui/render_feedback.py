"""The thumbs below an answer and the form that asks for the reason.

Pure functions. The form is sent by the page's script (``talks.js``) as the act ``rate``.
"""

from __future__ import annotations

from ui.feedback import MAX_COMMENT, MAX_EXPECTED, OF_ANSWERS, OF_REFUSALS, REASONS, Feedback
from ui.markup import escaped
from ui.views import TurnView

_HAND = (
    "M7 10v10H4V10zm2 0 4-7c1.500 0 2.300 1.100 2 2.600L14.300 9H19c1.300 0 2.200 1.200 1.900 "
    "2.400l-1.700 7c-.200.900-1 1.600-2 1.600H9z"
)


def thumbs(turn: TurnView) -> str:
    """Return the thumbs of an answered turn, the given one pressed; "" for another turn."""
    if turn.answer is None:
        return ""
    given = turn.feedback
    refused = turn.answer.status == "not_in_corpus"
    return (
        f'<div class="feedback" data-turn="{turn.number:d}">'
        '<div class="thumbs" role="group" aria-label="Your verdict on this answer">'
        f"{_thumb(turn.number, 'up', 'Good answer', given)}"
        f"{_thumb(turn.number, 'down', 'Bad answer', given)}"
        '<span class="said" role="status"></span></div>'
        f"{_form(turn.number, given, OF_REFUSALS if refused else OF_ANSWERS)}</div>"
    )


def _thumb(turn: int, rating: str, label: str, given: Feedback | None) -> str:
    pressed = given is not None and given.rating == rating
    turned = ' transform="rotate(180 12 12)"' if rating == "down" else ""
    return (
        f'<button type="button" class="thumb" data-act="rate" data-turn="{turn:d}"'
        f' data-thumb="{rating}" data-rating="{"none" if pressed else rating}"'
        f' aria-pressed="{"true" if pressed else "false"}" aria-label="{label}" title="{label}">'
        f'<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">'
        f'<path d="{_HAND}"{turned}/></svg></button>'
    )


def _form(turn: int, given: Feedback | None, reasons: tuple[str, ...]) -> str:
    given = given or Feedback("up")
    chips = "".join(
        f'<label><input type="radio" name="reason" value="{name}"'
        f"{' checked' if given.reason == name else ''}><span>{REASONS[name]}</span></label>"
        for name in reasons
    )
    return (
        f'<form class="reasons" data-form="rate" data-turn="{turn:d}" data-rating="{given.rating}"'
        ' hidden><fieldset class="only-down"><legend>What is wrong with it?</legend>'
        f"{chips}</fieldset>"
        f'<label class="only-down">The right answer, in a few words <input name="expected"'
        f' maxlength="{MAX_EXPECTED:d}" dir="auto" autocomplete="off"'
        f' value="{escaped(given.expected)}"></label>'
        f'<label>Anything else <textarea name="comment" rows="2" maxlength="{MAX_COMMENT:d}"'
        f' dir="auto">{escaped(given.comment)}</textarea></label>'
        '<p class="buttons"><button type="submit">Keep</button>'
        '<button type="button" class="later">Close</button></p></form>'
    )
