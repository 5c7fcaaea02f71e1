"""Electronic mail (EML, MBOX) to blocks: a heading, who wrote to whom, the text.

Attachments are named and not opened. Nothing that a mail refers to is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder, clean, one_line
from corpus.parse.dates import iso_date
from corpus.parse.encoding import decode
from corpus.parse.html import add_blocks, soup_of
from corpus.types import Parsed

_SHOWN = ("From", "To", "Cc", "Date")
_SPLIT = re.compile(rb"(?:\A|(?<=\n)\r?\n)From [^\n]*\n")
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n")
_MAX_MESSAGES = 20_000
_MAX_HEADER_CHARS = 2000
_MAX_PARTS = 1000


def parse(data: bytes, name: str) -> Parsed:
    """Parse one mail, or a folder of them; raises ParseError when none can be read."""
    builder = TextBuilder()
    subject = published = None
    messages = 0
    for raw in _messages(data, name):
        messages += 1
        if messages > _MAX_MESSAGES:
            raise ParseError(f"more than {_MAX_MESSAGES:,} mails; split the file")
        try:
            subject, published = _add(builder, message_from_bytes(raw))
        except (RecursionError, MessageError, AssertionError) as error:
            raise ParseError(f"mail {messages} is damaged or nests too deep") from error
    single = messages == 1
    return builder.build(title=subject if single else None, published=published if single else None)


def _messages(data: bytes, name: str) -> Iterator[bytes]:
    if not name.lower().endswith(".mbox"):
        yield data
        return
    parts = _SPLIT.split(data)
    if len(parts) < 2:
        raise ParseError("not an MBOX file: no line starts with 'From '")
    for part in parts[1:]:
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", part)


def _add(builder: TextBuilder, message: Message) -> tuple[str | None, str | None]:
    lines = [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]
    subject = _header(message, "Subject")
    if not lines and not subject:
        raise ParseError("not a mail: it has no From, To, Date or Subject")
    builder.heading(subject or "(no subject)", 1)
    parts = _parts(message)
    names = [one_line(_decoded(name)) for part in parts if (name := part.get_filename())]
    if names:
        lines.append("Attachments: " + ", ".join(names))
    builder.paragraph("\n".join(lines))
    _add_body(builder, parts)
    return subject or None, _date(message)


def _parts(message: Message) -> list[Message]:
    parts = []
    for part in message.walk():
        if not part.is_multipart():
            parts.append(part)
        if len(parts) > _MAX_PARTS:
            raise ParseError(f"a mail of more than {_MAX_PARTS:,} parts")
    return parts


def _add_body(builder: TextBuilder, parts: list[Message]) -> None:
    """The first plain text, else the first HTML, that is no attachment."""
    bodies = [part for part in parts if not part.get_filename()]
    for wanted in ("text/plain", "text/html"):
        for part in bodies:
            text = _content(part) if part.get_content_type() == wanted else ""
            if not text.strip():
                continue
            if wanted == "text/html":
                add_blocks(builder, soup_of(text))
            for paragraph in _PARAGRAPH_BREAK.split(text) if wanted == "text/plain" else ():
                builder.paragraph(paragraph)
            return


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload:
        return ""
    try:
        text = payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeError):
        text = decode(payload)  # the charset is unknown or wrong; the bytes tell
    return clean(text)


def _header(message: Message, name: str) -> str:
    return one_line(_decoded(str(message.get(name, ""))[:_MAX_HEADER_CHARS]))


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError, MessageError):
        return value  # a header that cannot be decoded is shown as it stands


def _date(message: Message) -> str | None:
    try:
        return iso_date(parsedate_to_datetime(str(message.get("Date", ""))))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
