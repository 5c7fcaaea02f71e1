"""Broken and hostile files for the table in test_hostile_files.py, made when asked for."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.parse import SUFFIXES
from tests.corpus.pdf_files import Text, make_pdf

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SECRET = "root:x:0:0"
PACKED = ("report.docx", "talk.pptx", "scores.xlsx", "handbook.odt", "talk.odp", "primer.epub")
BINARY = (*PACKED, "paper.pdf")
# The member of each packed format that holds the text.
BODY = {
    "report.docx": "word/document.xml",
    "talk.pptx": "ppt/slides/slide1.xml",
    "scores.xlsx": "xl/worksheets/sheet1.xml",
    "handbook.odt": "content.xml",
    "talk.odp": "content.xml",
}


@dataclass(frozen=True)
class Case:
    """A file: its outcome is a document that holds ``reads``, or an error like ``says``.

    With neither, either is right: a damaged file may still hold text.
    """

    id: str
    name: str
    make: Callable[[], bytes]
    says: str = ""
    reads: str = ""


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def repacked(name: str, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """A golden package with members changed (None: left out) and ``more`` added."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(GOLDEN / name) as original,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for member in original.namelist():
            body = change(member, original.read(member))
            if body is not None:
                package.writestr(member, body)
        for member, body in more.items():
            package.writestr(member, body)
    return packed.getvalue()


def with_body(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A golden package whose text member is changed."""
    return repacked(name, lambda member, body: change(body) if member == BODY[name] else body)


def doctype(declared: str, use: str) -> Callable[[bytes], bytes]:
    """Declare entities in an XML body and use one in its text."""

    def change(body: bytes) -> bytes:
        head, mark, rest = body.partition(b"?>")
        start = f"<!DOCTYPE x [{declared}]>".encode()
        # into the first text that is long enough to be a word
        place = rest.find(b"</", rest.find(b">") + 1)
        return head + mark + start + rest[:place] + use.encode() + rest[place:]

    return change


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
EXTERNAL = '<!ENTITY x SYSTEM "file:///etc/passwd">'
PARAMETER = '<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;'


def without(name: str, left_out: str) -> bytes:
    return repacked(name, lambda member, body: None if member == left_out else body)


def bomb(name: str) -> bytes:
    return repacked(name, lambda _, body: body, **{"bomb.xml": b" " * (65 << 20)})


def crowd(name: str) -> bytes:
    extra = {f"m{n}.bin": b"" for n in range(20_001)}
    return repacked(name, lambda _, body: body, **extra)


def flagged(data: bytes) -> bytes:
    """A zip whose members say that they are encrypted."""
    out = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = out.find(mark)
        while start >= 0:
            out[start + at] |= 1
            start = out.find(mark, start + 4)
    return bytes(out)


def noise(seed: str, size: int = 4000) -> bytes:
    return random.Random(seed).randbytes(size)


def pdf(text: str = "Plain words on a page.") -> bytes:
    return make_pdf([[Text(72, 700, text)]])


def notebook(**fields: object) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, **fields}).encode()


def cell(source: object, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "outputs": [], **more}


def mail(body: str, *headers: str) -> bytes:
    return "\n".join(["From: a@example.org", "Subject: Hello", *headers, "", body]).encode()


def nested_mail(depth: int) -> bytes:
    lines = ["From: a@example.org", "Subject: Deep"]
    for level in range(depth):
        lines += [f"Content-Type: multipart/mixed; boundary=b{level}", "", f"--b{level}"]
    return "\n".join([*lines, "Content-Type: text/plain", "", "the innermost words"]).encode()


def epub(opf: str, **chapters: str) -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="c.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("mimetype", "application/epub+zip")
        package.writestr("META-INF/container.xml", container)
        package.writestr("c.opf", opf)
        for name, text in chapters.items():
            package.writestr(f"{name}.xhtml", text)
    return packed.getvalue()


def opf(*hrefs: str) -> str:
    items = "".join(
        f'<item id="i{n}" href="{href}" media-type="application/xhtml+xml"/>'
        for n, href in enumerate(hrefs)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(hrefs)))
    return (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )


def front(lines: str) -> bytes:
    return f"---\n{lines}\n---\n\nThe body of the note.\n".encode()


def pdf_of(*objects: str, root: str = "1 0 R", more: str = "") -> bytes:
    """A PDF of these objects without a cross-reference table, which readers make up."""
    body = "".join(f"{n} 0 obj\n{text}\nendobj\n" for n, text in enumerate(objects, start=1))
    return f"%PDF-1.7\n{body}trailer << /Root {root} {more} >>\n%%EOF".encode()


PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"


def _everywhere() -> list[Case]:
    """What can be wrong with a file of any format."""
    cases = [Case(f"empty{s}", f"a{s}", lambda: b"", says="empty") for s in sorted(SUFFIXES)]
    for name in BINARY:
        suffix = Path(name).suffix
        cases += [
            Case(f"noise{suffix}", f"a{suffix}", lambda n=name: noise(n), says="damaged|not a "),
            Case(f"cut-in-half{suffix}", f"a{suffix}", lambda n=name: golden(n)[: len(golden(n)) // 2]),
            Case(f"nul-tail{suffix}", f"a{suffix}", lambda n=name: golden(n) + b"\0" * 5000),
            Case(f"holes{suffix}", f"a{suffix}", lambda n=name: golden(n)[:900] + golden(n)[1400:]),
        ]  # fmt: skip
    return cases


def _packed() -> list[Case]:
    """What can be wrong with a zip container, and with the XML in it."""
    cases = []
    for name in PACKED:
        suffix = Path(name).suffix
        cases += [
            Case(f"bomb{suffix}", f"a{suffix}", lambda n=name: bomb(n), says="64 MB"),
            Case(f"password{suffix}", f"a{suffix}", lambda n=name: flagged(golden(n)), says="encrypted"),
            Case(f"ole{suffix}", f"a{suffix}", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, says="encrypted or in the old"),
        ]  # fmt: skip
    cases.append(
        Case("crowd.docx", "a.docx", lambda: crowd("report.docx"), says="MB|members|files")
    )
    for name, body in BODY.items():
        suffix = Path(name).suffix
        for kind, declared, use in (
            ("laughs", LAUGHS, "&j;"),
            ("external", EXTERNAL, "&x;"),
            ("parameter", PARAMETER, ""),
        ):
            cases.append(
                Case(f"{kind}{suffix}", f"a{suffix}",
                     lambda n=name, d=declared, u=use: with_body(n, doctype(d, u)))
            )  # fmt: skip
        cases += [
            Case(f"no-body{suffix}", f"a{suffix}", lambda n=name, b=body: without(n, b)),
            Case(f"body-of-noise{suffix}", f"a{suffix}", lambda n=name: with_body(n, lambda _: noise(n))),
        ]  # fmt: skip
    return cases


def _wrong_suffix() -> list[Case]:
    return [
        Case("pdf-as-docx", "a.docx", pdf, says="damaged DOCX"),
        Case("docx-as-pdf", "a.pdf", lambda: golden("report.docx"), says="not a readable PDF"),
        Case("html-as-pdf", "a.pdf", lambda: b"<html><p>text</p></html>", says="not a readable PDF"),
        Case("docx-as-xlsx", "a.xlsx", lambda: golden("report.docx")),
        Case("docx-as-odt", "a.odt", lambda: golden("report.docx"), says="not a OpenDocument|not an? "),
        Case("docx-as-epub", "a.epub", lambda: golden("report.docx"), says="not a"),
        Case("zip-as-text", "a.txt", lambda: golden("report.docx"), says="not a text file"),
        Case("png-as-markdown", "a.md", lambda: b"\x89PNG\r\n\x1a\n" + noise("png"), says="not a text file"),
        Case("pdf-as-csv", "a.csv", lambda: b"%PDF-1.7\n" + noise("csv"), says="not a text file"),
        Case("text-as-json", "a.json", lambda: b"just words", says="not JSON"),
        Case("text-as-mbox", "a.mbox", lambda: b"just words", says="not an MBOX"),
        Case("text-as-mail", "a.eml", lambda: b"just words", says="not a mail"),
        Case("json-as-notebook", "a.ipynb", lambda: b'{"a": 1}', says="not a Jupyter"),
        Case("no-suffix", "README", lambda: b"text", says="without a suffix"),
        Case("program", "a.exe", lambda: b"MZ", says="cannot read .exe"),
    ]  # fmt: skip


def _text() -> list[Case]:
    return [
        Case("only-nuls.txt", "a.txt", lambda: b"\0" * 500, says="not a text file|no text"),
        Case("nuls-between.txt", "a.txt", lambda: b"some words\0and more of them " * 40),
        Case("broken-utf8.txt", "a.txt", lambda: b"caf\xc3\x28 and words " * 40),
        Case("lone-surrogates.txt", "a.txt", lambda: b"words \xed\xa0\x80 words " * 40),
        Case("utf16-odd-length.txt", "a.txt", lambda: "words ".encode("utf-16") * 40 + b"\x20"),
        Case("half-a-character.txt", "a.txt", lambda: ("中文资料" * 50).encode()[:-1], reads="中文资料"),
        Case("one-long-line.txt", "a.txt", lambda: b"word " * 400_000, reads="word word"),
        Case("direction-marks.txt", "a.txt", lambda: "pay \u202eevil\u202c now".encode(), reads="pay evil now"),
        Case("too-much-text.txt", "a.txt", lambda: b"word " * 10_400_000, says="characters of text"),
        Case("too-large.txt", "a.txt", lambda: b"x" * (100 * 2**20 + 1), says="larger than 100 MB"),
        Case("deep-quotes.md", "a.md", lambda: b"> " * 3000 + b"end"),
        Case("deep-lists.md", "a.md", lambda: b"".join(b"  " * n + b"- x\n" for n in range(400))),
        Case("brackets.md", "a.md", lambda: b"[" * 50_000 + b"words"),
        Case("emphasis.md", "a.md", lambda: b"*a **b " * 5000),
        Case("huge-table.md", "a.md", lambda: b"|a|b|\n|--|--|\n" + b"|1|2|\n" * 20_000, reads="1 | 2"),
        Case("unclosed-fence.md", "a.md", lambda: b"```\nkept code", reads="kept code"),
        Case("aliases.md", "a.md", lambda: front("a: &a [x, x]\nb: [*a, *a]"), reads="body of the note"),
        Case("python-object.md", "a.md", lambda: front("title: !!python/object/apply:os.system [id]"), reads="body of the note"),
        Case("title-is-a-map.md", "a.md", lambda: front("title: {a: [1, {b: 2}]}"), reads="body of the note"),
        Case("title-of-a-megabyte.md", "a.md", lambda: front("title: " + "x" * 2**20), reads="body of the note"),
        Case("date-of-no-day.md", "a.md", lambda: front("published: 2025-13-45"), reads="body of the note"),
        Case("script-address.md", "a.md", lambda: front("url: javascript:alert(1)"), reads="body of the note"),
        Case("file-address.md", "a.md", lambda: front("url: file:///etc/passwd"), reads="body of the note"),
        Case("deep-front.md", "a.md", lambda: front("a: " + "[" * 3000 + "]" * 3000), reads="body of the note"),
        Case("include.rst", "a.rst", lambda: b"Words.\n\n.. include:: /etc/passwd\n", reads="Words."),
        Case("table-of-a-file.rst", "a.rst", lambda: b"Words.\n\n.. csv-table:: t\n   :file: /etc/passwd\n", reads="Words."),
        Case("substitutes-itself.rst", "a.rst", lambda: b"Words.\n\n.. |a| replace:: |b|\n.. |b| replace:: |a|\n\n|a|\n"),
        Case("deep.rst", "a.rst", lambda: b"".join(b"  " * n + b"* x\n\n" for n in range(200))),
    ]  # fmt: skip


def _html() -> list[Case]:
    return [
        Case("scripts-only.html", "a.html", lambda: b"<script>evil()</script>", says="no readable text"),
        Case("deep.html", "a.html", lambda: b"<p>start</p>" + b"<div>" * 20_000, reads="start"),
        Case("nested-tables.html", "a.html", lambda: b"<table><tr><td>" * 600 + b"x"),
        Case("spans.html", "a.html", lambda: b"<table><tr><td colspan=999999999 rowspan=999999999>x<td>y</table>", reads="x"),
        Case("references.html", "a.html", lambda: b"<p>a&#x110000;b&#0;c&#xD800;d</p>", reads="d"),
        Case("attribute-of-a-megabyte.html", "a.html", lambda: b"<p title='" + b"x" * 2**20 + b"'>words</p>", reads="words"),
        Case("inline-image.html", "a.html", lambda: b"<img src='data:image/png;base64," + b"A" * 2**21 + b"'><p>words</p>", reads="words"),
        Case("wrong-charset.html", "a.html", lambda: b"<meta charset=utf-7><p>+ADw-script+AD4- words</p>", reads="words"),
        Case("frames.html", "a.html", lambda: b"<iframe src='file:///etc/passwd'></iframe><p>words</p>", reads="words"),
        Case("unclosed.html", "a.html", lambda: b"<p>words <b>bold <i>more <a href=", reads="words"),
    ]  # fmt: skip


def _tables() -> list[Case]:
    return [
        Case("unclosed-quote.csv", "a.csv", lambda: b'a,b\n"1,2\n3,4\n', reads="a | b"),
        Case("nuls.csv", "a.csv", lambda: b"a,b\n1,\0\n"),
        Case("wide.csv", "a.csv", lambda: b",".join(b"c%d" % n for n in range(20_000)) + b"\n1,2\n", reads="c1 | c2"),
        Case("huge-cell.csv", "a.csv", lambda: b"a,b\n1," + b"x" * 300_000 + b"\n"),
        Case("ragged.csv", "a.csv", lambda: b"a,b\n1\n1,2,3,4\n\n,,\n", reads="1 | 2 | 3 | 4"),
        Case("formula.csv", "a.csv", lambda: b"a,b\n=cmd|' /C calc'!A0,2\n", reads="=cmd"),
        Case("last-corner.xlsx", "a.xlsx", lambda: with_body("scores.xlsx", lambda b: b.replace(b'r="A1"', b'r="XFD1048576"', 1))),
        Case("row-of-no-number.xlsx", "a.xlsx", lambda: with_body("scores.xlsx", lambda b: b.replace(b'<row r="1"', b'<row r="-7"'))),
        Case("no-such-string.xlsx", "a.xlsx", lambda: with_body("scores.xlsx", lambda b: b.replace(b"<v>0</v>", b"<v>99999</v>"))),
        Case("repeated.ods", "a.ods", lambda: repacked("scores.ods", lambda m, b: b.replace(b"<table:table-cell", b'<table:table-cell table:number-columns-repeated="999999999"') if m == "content.xml" else b)),
    ]  # fmt: skip


def _records() -> list[Case]:
    return [
        Case("deep-lists.json", "a.json", lambda: b"[" * 100_000, says="nests too deep|not JSON"),
        Case("deep-objects.json", "a.json", lambda: b'{"a":' * 900 + b"1" + b"}" * 900),
        Case("cut.json", "a.json", lambda: golden("models.json")[:100], says="not JSON"),
        Case("long-number.json", "a.json", lambda: b'{"n": ' + b"9" * 200_000 + b"}"),
        Case("surrogates.json", "a.json", lambda: b'{"a": "\\ud800 words"}', reads="words"),
        Case("infinity.json", "a.json", lambda: b'{"a": Infinity, "b": NaN, "c": "words"}', reads="words"),
        Case("twice.json", "a.json", lambda: b'{"a": 1, "a": 2}', reads="a: 2"),
        Case("nothing.json", "a.json", lambda: b"[null, {}, []]", says="no text"),
        Case("one-bad-line.jsonl", "a.jsonl", lambda: b'{"a": 1}\n{oops\n', says="line 2"),
        Case("many-records.jsonl", "a.jsonl", lambda: b"1\n" * 200_001, says="records"),
        Case("cells-no-list.ipynb", "a.ipynb", lambda: notebook(cells={"a": 1}), says="no list of cells"),
        Case("cells-of-anything.ipynb", "a.ipynb", lambda: notebook(cells=[1, None, [], cell(7), cell("kept = 1")]), reads="kept = 1"),
        Case("huge-output.ipynb", "a.ipynb", lambda: notebook(cells=[cell("x = 1", outputs=[{"output_type": "stream", "text": "log " * 500_000}])]), reads="x = 1"),
        Case("terminal-codes.ipynb", "a.ipynb", lambda: notebook(cells=[cell("x", outputs=[{"text": "\x1b[31mred words\x1b[0m"}])]), reads="red words"),
        Case("script-output.ipynb", "a.ipynb", lambda: notebook(cells=[cell("x = 2", outputs=[{"data": {"text/html": "<table><tr><td><script>evil()</script>cell</td></tr></table>"}}])]), reads="cell"),
    ]  # fmt: skip


def _mail() -> list[Case]:
    return [
        Case("deep.eml", "a.eml", lambda: nested_mail(300)),
        Case("many-parts.eml", "a.eml", lambda: mail("\n".join(["--b\nContent-Type: text/plain\n\nx"] * 1200), "Content-Type: multipart/mixed; boundary=b"), says="parts"),
        Case("no-such-charset.eml", "a.eml", lambda: mail("plain words", "Content-Type: text/plain; charset=klingon"), reads="plain words"),
        Case("bad-base64.eml", "a.eml", lambda: mail("!!!not base64!!!", "Content-Transfer-Encoding: base64")),
        Case("bad-date.eml", "a.eml", lambda: mail("plain words", "Date: Someday, 99 Nevember 99999"), reads="plain words"),
        Case("header-of-a-megabyte.eml", "a.eml", lambda: mail("plain words", "To: " + "x" * 2**20), reads="plain words"),
        Case("bad-header-words.eml", "a.eml", lambda: mail("plain words", "Cc: =?utf-8?b?////?= =?klingon?q?x?="), reads="plain words"),
        Case("attachment-leads-out.eml", "a.eml", lambda: mail('--b\nContent-Type: text/plain\n\nplain words\n--b\nContent-Disposition: attachment; filename="../../etc/passwd"\n\nx\n--b--', "Content-Type: multipart/mixed; boundary=b"), reads="plain words"),
        Case("no-boundary.eml", "a.eml", lambda: mail("plain words", "Content-Type: multipart/mixed"), reads=""),
        Case("script.eml", "a.eml", lambda: mail("<p>plain words</p><script>evil()</script>", "Content-Type: text/html"), reads="plain words"),
        Case("cut.mbox", "a.mbox", lambda: golden("list.mbox")[:120]),
    ]  # fmt: skip


def _books() -> list[Case]:
    return [
        Case("no-container.epub", "a.epub", lambda: without("primer.epub", "META-INF/container.xml"), says="EPUB|container"),
        Case("no-chapter.epub", "a.epub", lambda: epub(opf("gone.xhtml")), says="no text|cannot be read"),
        Case("leads-out.epub", "a.epub", lambda: epub(opf("../../../etc/passwd", "a.xhtml"), a="<p>kept words</p>")),
        Case("absolute.epub", "a.epub", lambda: epub(opf("/etc/passwd", "file:///etc/passwd", "a.xhtml"), a="<p>kept words</p>")),
        Case("laughs.epub", "a.epub", lambda: epub(opf("a.xhtml"), a=f"<!DOCTYPE x [{LAUGHS}]><html><body><p>&j; words</p></body></html>")),
        Case("laughing-package.epub", "a.epub", lambda: epub(f"<!DOCTYPE x [{LAUGHS}]>" + opf("a.xhtml"), a="<p>w</p>"), says="entities"),
        Case("scripts.epub", "a.epub", lambda: epub(opf("a.xhtml"), a="<p>kept words</p><script>evil()</script>"), reads="kept words"),
        Case("same-chapter-often.epub", "a.epub", lambda: epub(opf(*["a.xhtml"] * 3000), a="<p>kept words</p>"), reads="kept words"),
        Case("password.pdf", "a.pdf", lambda: pdf_of("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE, "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <" + "41" * 32 + "> /U <" + "42" * 32 + "> >>", more="/Encrypt 4 0 R /ID [<41> <41>]"), says="password|encrypted|protected"),
        Case("page-tree-loops.pdf", "a.pdf", lambda: pdf_of("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>")),
        Case("a-billion-pages.pdf", "a.pdf", lambda: pdf_of("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>", PAGE)),
        Case("no-pages.pdf", "a.pdf", lambda: pdf_of("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>")),
        Case("scripts.pdf", "a.pdf", lambda: pdf().replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (evil()) >>"), reads="Plain words"),
        Case("huge-page.pdf", "a.pdf", lambda: pdf().replace(b"[0 0 595 842]", b"[0 0 9e9 9e9]")),
        Case("blank.pdf", "a.pdf", lambda: make_pdf([[]]), says="no text"),
    ]  # fmt: skip


CASES = [
    *_everywhere(), *_packed(), *_wrong_suffix(), *_text(), *_html(), *_tables(), *_records(),
    *_mail(), *_books(),
]  # fmt: skip
