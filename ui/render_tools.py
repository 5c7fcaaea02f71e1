"""What can be done about a turn: copy its answer, ask it again, edit its question.

Every string goes through ``escaped``. Pure functions; the page's script copies, and
``ui.asking`` does the rest.
"""

from __future__ import annotations

from ui.markup import escaped, shortened
from ui.plain_text import turn_text
from ui.views import TurnView

# Where a script marks what may only be done while no answer is being made (``data-while-idle``).


def turn_tools(turn: TurnView, *, last: bool) -> str:
    """Return the tools of a finished turn; only the ``last`` one can be asked again."""
    number = turn.number
    copy = f' data-text="{escaped(turn_text(turn))}"'
    tools = [_tool("Copy", "Copy the answer with its references", copy)] if turn.answer else []
    if last:
        tools.append(_tool("Retry", "Ask this question again", _act("retry", number)))
    tools.append(_tool("Edit", "Edit this question and ask it again", _act("edit", number)))
    label = f"Answer {number:d}"
    return f'<div class="turn-tools" role="group" aria-label="{label}">{"".join(tools)}</div>'


def _act(name: str, number: int) -> str:
    return f' data-act="{name}" data-turn="{number:d}"'


def _tool(name: str, title: str, data: str) -> str:
    css = f"tool tool-{name.lower()}"
    return (
        f'<button type="button" class="{css}" title="{title}" data-while-idle{data}>{name}</button>'
    )


def edit_bar(turn: TurnView) -> str:
    """Return what stands above the composer while an earlier question is being edited."""
    return (
        f'<div class="edit-bar" data-from="{turn.number:d}"><span dir="auto">Editing'
        f" “{escaped(shortened(turn.question, 60))}”: asking it again drops that answer and what"
        ' came after it.</span> <button type="button" class="tool" data-act="keep">Cancel</button>'
        "</div>"
    )


def suggestions(questions: tuple[str, ...], turn: int) -> str:
    """Return questions that may be asked next, as buttons that ask them."""
    if not questions:
        return ""
    buttons = "".join(
        f'<button type="button" class="suggestion" data-act="ask" data-while-idle'
        f' data-question="{escaped(question)}" dir="auto">{escaped(question)}</button>'
        for question in questions
    )
    return (
        f'<div class="suggestions" role="group" aria-label="Questions that may follow"'
        f' data-after="{turn:d}">{buttons}</div>'
    )


def welcome(examples: tuple[str, ...], *, empty: bool) -> str:
    """Return what stands in the place of a conversation before it begins."""
    buttons = "".join(
        f'<button type="button" class="suggestion example" data-act="ask" data-while-idle'
        f' data-question="{escaped(question)}" dir="auto">{escaped(question)}</button>'
        for question in examples
    )
    offered = (
        f'<div class="suggestions" role="group" aria-label="Questions to begin with">{buttons}'
        "</div>"
    )
    return (
        f'<div class="welcome-text"><h2>Ask the desk</h2><p>{_EMPTY if empty else _ASK}</p></div>'
        f"{offered if buttons else ''}"
    )


_ASK = (
    "It answers only from the documents in its corpus, cites the passage behind every sentence,"
    " and says so when the corpus does not hold the answer."
)
_EMPTY = (
    "Its corpus is still empty. Choose “Add documents” above, or run <code>refdesk add FOLDER"
    "</code>, then “Refresh”: it answers from what you add, and cites the passage behind every"
    " sentence."
)
