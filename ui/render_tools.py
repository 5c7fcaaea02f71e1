"""What can be done about a turn: copy its answer, ask it again, edit its question.

Every string goes through ``escaped``. Pure functions; the page's script copies, and
``ui.asking`` does the rest.
"""

from __future__ import annotations

from index.types import Status
from ui.markup import counted, escaped, shortened
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
    if turn.answer and not turn.answer.clarification:
        tools.append(_keep(number, turn.answer.standalone_question or turn.question))
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


def _keep(number: int, question: str) -> str:
    """The button that saves a question, or takes it back: its script knows which."""
    return (
        '<button type="button" class="tool tool-keep" aria-pressed="false" title="Ask this again'
        f' when documents change, and tell what changed" data-turn="{number:d}"'
        f' data-question="{escaped(question)}" data-while-idle>Keep asking</button>'
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


def welcome(examples: tuple[str, ...], held: Status | None, *, curated: bool) -> str:
    """Return what stands in the place of a conversation before it begins.

    ``held`` is what the corpus holds, None while that is not known; ``curated`` says that it is
    the corpus that comes with the desk.
    """
    empty = held is not None and not held.documents
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
        f'<div class="welcome-text{" none-yet" if empty else ""}"><h2>{_heading(curated)}</h2>'
        f"<p>{_EMPTY if empty else _ASK.format(held=_held(held))}</p></div>"
        f"{offered if buttons else ''}"
    )


def _heading(curated: bool) -> str:
    return "Ask about open-weight AI models" if curated else "Ask your documents"


def _held(held: Status | None) -> str:
    if held is None:
        return "the documents on this machine"
    texts = held.documents - held.models  # every card is a document, too
    parts = [counted(texts, "document")] if texts > 0 else []
    parts += [counted(held.models, "model card")] if held.models else []
    return " and ".join(parts) + " on this machine"


_ASK = (
    "You get a short answer from {held}. Every sentence leads to the passage that it rests on, and"
    " what they do not say, the desk does not say either."
)
_EMPTY = (
    "Its corpus is still empty. Choose “Add documents” above, or run <code>refdesk add FOLDER"
    "</code>, then “Refresh”: it answers from what you add, and cites the passage behind every"
    " sentence."
)


def next_steps() -> str:
    """Return what a visitor can do whose question the corpus does not answer."""
    return (
        '<p class="next-steps">You can put it in other words, <a href="#corpus">look at what the'
        " corpus holds</a>, add documents that tell, or"
        ' <button type="button" class="plain" data-settings>let the desk be less strict</button>.'
        "</p>"
    )
