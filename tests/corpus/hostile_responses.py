"""Broken and hostile responses for the table in test_hostile_responses.py."""

from __future__ import annotations

import gzip
import itertools
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.corpus.web_server import Answer, Asked, page, redirect, reply

TEXT = page("The desk is open until nine.")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = "does not answer as a web server|broke the connection off|ended before"
LARGE = "over 0 MB"
SLOW = "too slowly|does not reply"
PRIVATE = "not a public address"
REFUSED = "address that is refused|no web address"


@dataclass(frozen=True)
class Case:
    """A response: its outcome is a page that holds ``reads``, or a failure like ``says``.

    With neither, either is right, within its bounds.
    """

    id: str
    answer: bytes | Answer
    says: str = ""
    reads: str = ""


def sending(pieces: Callable[[], Iterator[bytes]], pause: float = 0.0) -> Answer:
    """Send pieces, without an end perhaps, until the other side has had enough."""

    def send(stream: socket.socket, asked: Asked) -> None:
        import threading

        for piece in pieces():
            stream.sendall(piece)
            if pause and threading.Event().wait(pause):
                return

    return send


def dripping(start: bytes) -> Answer:
    return sending(lambda: itertools.chain([start], itertools.repeat(b"x")), pause=0.05)


def reset(stream: socket.socket, asked: Asked) -> None:
    """Half a page, and then the line is cut."""
    stream.sendall(HEAD + b"Content-Length: 1000\r\n\r\nhalf")
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()


def further(stream: socket.socket, asked: Asked) -> None:
    """Redirect to where nobody has been yet."""
    stream.sendall(redirect(f"{asked.path}x"))


def html(body: str) -> bytes:
    return reply(f"<html><head><title>A page</title></head><body>{body}</body></html>")


def packed(data: bytes, coding: str = "gzip") -> bytes:
    return reply(data, Content_Encoding=coding)


def _framing() -> list[Case]:
    """What can be wrong with how a response is written down."""
    endless = itertools.repeat
    return [
        Case("silence-then-close", b"", says=BROKEN),
        Case("not-http", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", says=BROKEN),
        Case("only-a-status", b"HTTP/1.1 200 OK\r\n", says=BROKEN),
        Case("http-0.9", b"<p>just words</p>", says=BROKEN),
        Case("http-9", TEXT.encode().join([b"HTTP/9.9 200 OK\r\n\r\n", b""]), says=f"{BROKEN}|no stated kind"),
        Case("status-of-letters", b"HTTP/1.1 abc OK\r\n\r\n", says=BROKEN),
        Case("status-999", reply(TEXT, "999 Odd"), says=r"an error \(999\)"),
        Case("status-of-no-reason", reply(TEXT, "200"), reads="until nine"),
        Case("early-hints-for-ever", sending(lambda: endless(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)), says=f"{SLOW}|{BROKEN}"),
        Case("switching-protocols", b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", says=f"101|{BROKEN}|{SLOW}"),
        Case("header-without-colon", HEAD + b"nonsense\r\n\r\nwords", says=BROKEN),
        Case("header-with-nul", HEAD + b"X-Odd: a\0b\r\n\r\nwords", says=BROKEN),
        Case("header-folded", HEAD + b"X-Old: a\r\n b\r\nContent-Length: 12\r\n\r\n<p>words</p>"),
        Case("header-of-a-megabyte", HEAD + b"X-Huge: " + b"x" * 2**20 + b"\r\n\r\n", says=BROKEN),
        Case("headers-for-ever", sending(lambda: itertools.chain([HEAD], (b"X-%d: y\r\n" % n for n in itertools.count()))), says=f"{BROKEN}|{SLOW}"),
        Case("two-lengths", HEAD + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\nwords", says=BROKEN),
        Case("length-below-nothing", HEAD + b"Content-Length: -5\r\n\r\nwords", says=BROKEN),
        Case("length-of-letters", HEAD + b"Content-Length: many\r\n\r\nwords", says=BROKEN),
        Case("length-too-long", HEAD + b"Content-Length: 5000\r\n\r\nshort", says=BROKEN),
        Case("length-too-short", HEAD + b"Content-Length: 5\r\n\r\n<p>wo and more words</p>", reads="wo"),
        Case("length-of-terabytes", HEAD + b"Content-Length: 9999999999999\r\n\r\n", says=LARGE),
        Case("length-of-100-digits", HEAD + b"Content-Length: " + b"9" * 100 + b"\r\n\r\n", says=f"{LARGE}|{BROKEN}"),
        Case("length-and-chunks", HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", says=f"empty|{BROKEN}"),
        Case("unknown-transfer", HEAD + b"Transfer-Encoding: smoke\r\n\r\nwords", says=BROKEN),
        Case("chunk-size-of-letters", CHUNKED + b"zz\r\nwords\r\n0\r\n\r\n", says=BROKEN),
        Case("chunk-size-below-nothing", CHUNKED + b"-5\r\nwords\r\n0\r\n\r\n", says=BROKEN),
        Case("chunk-of-exabytes", CHUNKED + b"FFFFFFFFFFFFFFF\r\nwords", says=BROKEN),
        Case("chunk-size-of-1000-digits", CHUNKED + b"F" * 1000 + b"\r\nwords", says=BROKEN),
        Case("chunk-longer-than-told", CHUNKED + b"3\r\nwords\r\n0\r\n\r\n", says=BROKEN),
        Case("chunks-without-an-end", CHUNKED + b"5\r\nwords\r\n", says=BROKEN),
        Case("chunks-for-ever", sending(lambda: itertools.chain([CHUNKED], endless(b"400\r\n" + b"x" * 1024 + b"\r\n"))), says=LARGE),
        Case("chunks-of-one-byte", CHUNKED + b"1\r\nx\r\n" * 5000 + b"0\r\n\r\n", reads="xxx"),
        Case("chunk-remark-for-ever", sending(lambda: itertools.chain([CHUNKED + b"5;"], endless(b"y" * 1000))), says=f"{BROKEN}|{SLOW}"),
        Case("trailers-for-ever", sending(lambda: itertools.chain([CHUNKED + b"c\r\n<p>words</p>\r\n0\r\n"], endless(b"X-More: y\r\n" * 100))), says=f"{BROKEN}|{SLOW}"),
        Case("cut-off", reset, says=BROKEN),
    ]  # fmt: skip


def _sizes() -> list[Case]:
    zeros = gzip.compress(b"\0" * 30_000_000)
    return [
        Case("endless", sending(lambda: itertools.chain([HEAD + b"\r\n"], itertools.repeat(b"<p>and so on</p>" * 1000))), says=LARGE),
        Case("drip-of-a-body", dripping(HEAD + b"\r\n"), says=SLOW),
        Case("drip-of-a-header", dripping(b"HTTP/1.1 200 OK\r\nX-Long: "), says=SLOW),
        Case("drip-of-a-status", dripping(b"HTTP/1.1 2"), says=f"{SLOW}|{BROKEN}"),
        Case("gzip-bomb", packed(zeros), says=LARGE),
        Case("deflate-bomb", packed(zlib.compress(b"\0" * 30_000_000), "deflate"), says=LARGE),
        Case("gzip-bomb-in-gzip", packed(gzip.compress(zeros)), says="not|empty|text|large|MB|damaged"),
        Case("gzip-cut", packed(gzip.compress(TEXT.encode())[:-20]), says="complete|ended"),
        Case("gzip-of-noise", packed(b"not gzip at all"), says="damaged"),
        Case("gzip-with-a-tail", packed(gzip.compress(TEXT.encode()) + b"tail" * 100), reads="until nine"),
        Case("gzip-wrong-checksum", packed(gzip.compress(TEXT.encode())[:-8] + b"\0" * 8), says="damaged"),
        Case("brotli", packed(b"x", "br"), says="not asked for"),
        Case("packed-twice", packed(gzip.compress(gzip.compress(TEXT.encode())), "gzip, gzip"), says="not asked for"),
        Case("packed-as-nonsense", packed(b"x", "\x7f" * 50), says=f"not asked for|{BROKEN}"),
        Case("plain-called-gzip", packed(TEXT.encode()), says="damaged"),
        Case("nothing", reply(b""), says="empty"),
        Case("a-space", reply(b" "), says="no readable text|empty"),
    ]  # fmt: skip


def _statuses() -> list[Case]:
    failing = (
        "400 Bad",
        "402 Pay",
        "405 No",
        "418 Teapot",
        "500 Oops",
        "501 No",
        "206 Part",
        "201 Made",
        "299 Odd",
    )
    cases = [
        Case(f"status-{s[:3]}", reply(TEXT, s), says=rf"an error \({s[:3]}\)") for s in failing
    ]
    cases += [
        Case(f"status-{s[:3]}", reply(TEXT, s), says=r"cannot answer now")
        for s in ("429 Busy", "502 Bad", "503 Busy", "504 Late")
    ]
    cases += [
        Case(f"status-{s[:3]}", reply(TEXT, s), says="does not let programs read")
        for s in ("401 Who", "403 No", "451 Law")
    ]
    cases += [
        Case(f"status-{s[:3]}", reply("", s), says="is not there|no such page")
        for s in ("404 None", "410 Gone")
    ]
    return [
        *cases,
        Case("status-204", b"HTTP/1.1 204 No Content\r\n\r\n", says=r"an error \(204\)"),
        Case("error-page-called-200", reply(page("Something went wrong.")), reads="went wrong"),
        Case("log-in-page-of-scripts", html("<script>evil()</script><noscript>Please enable</noscript>"), says="no readable text"),
        Case("leads-on-by-itself", html("<meta http-equiv=refresh content='0;url=http://169.254.169.254/'><p>words</p>"), reads="words"),
        Case("frames-inwards", html("<iframe src='http://127.0.0.1/admin'></iframe><p>words</p>"), reads="words"),
        Case("base-inwards", html("<base href='file:///etc/'><p>words</p>"), reads="words"),
        Case("claims-another-address", html("<link rel=canonical href='http://127.0.0.1/'><p>words</p>"), reads="words"),
        Case("cookie-bomb", reply(TEXT, Set_Cookie="a=" + "b" * 30_000), reads="until nine"),
        Case("etag-of-30-kB", reply(TEXT, ETag='"' + "e" * 30_000 + '"'), reads="until nine"),
        Case("date-of-no-day", reply(TEXT, Last_Modified="Someday, 99 Nevember"), reads="until nine"),
    ]  # fmt: skip


def _types() -> list[Case]:
    return [
        Case("type-gif", reply(b"GIF89a", content_type="image/gif"), says="image/gif, which cannot be read"),
        Case("type-video", reply(b"\0" * 100, content_type="video/mp4"), says="cannot be read"),
        Case("type-zip", reply(b"PK\x03\x04", content_type="application/zip"), says="cannot be read"),
        Case("type-program", reply(b"MZ", content_type="application/x-msdownload"), says="cannot be read"),
        Case("type-none", reply(b"?", content_type=""), says="of no stated kind"),
        Case("type-unknown-bytes", reply(b"?", content_type="application/octet-stream"), says="cannot be read"),
        Case("type-of-nonsense", reply(b"?", content_type="///;;;==")),
        Case("type-of-10-kB", reply(TEXT, content_type="text/html; x=" + "y" * 10_000), reads="until nine"),
        Case("type-pdf-is-html", reply(TEXT, content_type="application/pdf"), says="not a readable PDF"),
        Case("type-html-is-pdf", reply(b"%PDF-1.7\n" + bytes(range(256)) * 20), says=""),
        Case("type-json-is-html", reply(TEXT, content_type="application/json"), says="not JSON"),
        Case("type-docx-is-html", reply(TEXT, content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"), says="DOCX"),
        Case("type-png-is-noise", reply(b"\x89PNG\r\n\x1a\n" + b"x" * 500, content_type="image/png"), says="picture"),
        Case("type-text-is-noise", reply(bytes(range(256)) * 20, content_type="text/plain"), says="not a text file"),
        Case("charset-unknown", reply(TEXT, content_type="text/html; charset=klingon"), reads="until nine"),
        Case("charset-wrong", reply(TEXT.encode("utf-16"), content_type="text/html; charset=utf-8")),
        Case("charset-utf-7", reply("<p>+ADw-script+AD4- words</p>", content_type="text/html; charset=utf-7"), says="no readable text"),
        Case("charset-of-a-module", reply(TEXT, content_type="text/html; charset=../../etc/passwd"), reads="until nine"),
    ]  # fmt: skip


def _redirects() -> list[Case]:
    inwards = """
    http://127.0.0.1/ http://2130706433/ http://0x7f000001/ http://0177.0.0.1/ http://127.1/
    http://169.254.169.254/latest/meta-data/ http://2852039166/ http://10.0.0.1/ http://192.168.0.1/
    http://172.16.0.1/ http://100.64.0.1/ http://0.0.0.0/ http://255.255.255.255/ http://224.0.0.1/
    http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:a9fe:a9fe]/ http://[fd00::1]/
    http://[fe80::1]/ http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://[::127.0.0.1]/
    http://inside.test/ //127.0.0.1/ http://①②⑦.0.0.1/ http://127。0。0。1/
    """.split()
    refused = ("file:///etc/passwd", "ftp://site.test/", "gopher://site.test/", "data:text/html,words",
               "javascript:alert(1)", "http://me:secret@site.test/", "http://site.test:22/",
               "http://site.test:25/", "http://site.test:99999/", "http://[broken/", "http://a b/",
               "http://site.test/" + "a" * 3000)  # fmt: skip
    cases = [
        Case(f"inwards-{n}", redirect(to), says=f"{PRIVATE}|no web address")
        for n, to in enumerate(inwards)
    ]
    cases += [Case(f"refused-{n}", redirect(to), says=REFUSED) for n, to in enumerate(refused)]
    return [
        *cases,
        Case("nowhere", redirect(""), says="without saying where"),
        Case("to-itself", redirect("/page"), says="circle"),
        Case("ever-further", further, says="more than 5 times"),
        Case("two-places", b"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
        Case("redirect-with-a-line-break", b"HTTP/1.1 302 Found\r\nLocation: /a\nX: y\r\nContent-Length: 0\r\n\r\n"),
        Case("redirect-with-an-endless-body", sending(lambda: itertools.chain([b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n"], itertools.repeat(b"x" * 1000))), says=PRIVATE),
        Case("redirect-300", reply(TEXT, "300 Many"), says=r"an error \(300\)"),
        Case("redirect-305", reply("", "305 Proxy", Location="http://127.0.0.1/"), says=r"an error \(305\)"),
    ]  # fmt: skip


CASES = [*_framing(), *_sizes(), *_statuses(), *_types(), *_redirects()]
