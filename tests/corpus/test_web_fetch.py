"""Fetching from servers that lie, stall, redirect inwards or send too much.

Every case is bounded by the limits below; the names of the tests lead to loopback through a
resolver of their own, and only ``site.test`` may.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

from corpus.errors import InputError, SourceError
from corpus.web.addresses import is_public
from corpus.web.fetch import Fetched, Fetcher, Limits, page_address
from tests.corpus.quick_fetch import QUICK, SHORT, TEXT, fetcher, refusal
from tests.corpus.web_server import Asked, Site, loopback, redirect, reply, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


# --- addresses ---------------------------------------------------------------------------

NOT_PUBLIC = """
127.0.0.1 127.8.9.10 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.254 192.168.1.1 169.254.169.254
169.254.170.2 100.64.0.1 100.100.100.200 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.7
203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 fe80::1 fc00::1 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 100::1 2001:0:7f00:1::
::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 ::127.0.0.1 2002:7f00:1:: 2002:a9fe:a9fe::
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1
""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_address_that_is_not_everybodys_is_refused_before_a_connection(address: str) -> None:
    asked = []

    def resolver(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.216.34", address]  # one bad address among good ones is enough

    with pytest.raises(SourceError, match="not a public address"):
        Fetcher((), QUICK, resolver=resolver).fetch("http://innocent.example/")
    assert asked == ["innocent.example"]


@pytest.mark.parametrize(
    "address", "93.184.216.34 8.8.8.8 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808".split()
)
def test_public_address_is_accepted(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 2130706433 0x7f000001 0177.0.0.1 127.1 0x7f.1 [::1] [::ffff:127.0.0.1] "
    "169.254.169.254 2852039166 0xa9fea9fe [::ffff:a9fe:a9fe] [fd00:ec2::254] 10.1 0 0.0.0.0 "
    "①②⑦.0.0.1 127。0。0。1".split(),
)
def test_spelled_out_private_address_is_refused_when_it_is_added_and_when_fetched(
    host: str,
) -> None:
    guarded = Fetcher((), QUICK)  # the real resolver knows these spellings
    with pytest.raises(InputError):
        guarded.accepted(f"http://{host}/")
    with pytest.raises(SourceError):
        guarded.fetch(f"http://{host}/")


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST"])
def test_name_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(SourceError, match=r"not a public address|is not known"):
        Fetcher((), QUICK).fetch(f"http://{host}/")


@pytest.mark.parametrize(
    "text",
    [
        "ftp://site.test/a",
        "file:///etc/passwd",
        "gopher://site.test/",
        "javascript:alert(1)",
        "//site.test/",
        "https://",
        "http://user:secret@site.test/",
        "http://user@site.test/",
        "http://site.test:22/",
        "http://site.test:25/",
        "http://site.test:99999/",
        "http://[::1/",
        "http://site.test/" + "a" * 2000,
        "http://a b/",
    ],
)
def test_unusable_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        page_address(text)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_name_that_changes_its_address_after_the_check_gains_nothing(site: Site) -> None:
    """The resolver says "allowed" once and this machine ever after; it is asked only once."""
    answers = iter([["93.184.216.34"], *[["127.0.0.1"]] * 9])
    connected = []
    real = socket.create_connection

    def recorded(address: tuple[str, int], *rest: object, **named: object) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError("not from here")

    site.answers["/page"] = reply(TEXT)
    guarded = Fetcher((), Limits(seconds=3, attempts=1), resolver=lambda h, p: next(answers))
    socket.create_connection = recorded  # type: ignore[assignment]
    try:
        with pytest.raises(SourceError):
            guarded.fetch(site.url(host="rebinding.test"))
    finally:
        socket.create_connection = real
    assert connected == ["93.184.216.34"]
    with pytest.raises(SourceError, match="not a public address"):
        guarded.fetch(site.url(host="rebinding.test"))
    assert site.asked == []


def test_connection_carries_the_name_and_nothing_that_identifies_the_user(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine site.test login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    site.answers["/page"] = redirect("/next")
    site.answers["/page"] = reply("", "302 Found", Location="/next", Set_Cookie="a=b")
    site.answers["/next"] = reply(TEXT)
    assert isinstance(fetcher().fetch(site.url()), Fetched)
    assert site.paths() == ["/page", "/next"]
    for asked in site.asked:
        assert asked.headers["host"] == f"site.test:{site.port}"
        assert asked.headers["user-agent"].startswith("refdesk/")
        assert not {"cookie", "authorization", "referer"} & asked.headers.keys()


# --- redirects -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://inside.test/", "not a public address"),
        ("http://169.254.169.254/latest/meta-data/", "not a public address"),
        ("http://[::ffff:127.0.0.1]/", "not a public address"),
        ("//2130706433/", "not a public address"),
        ("file:///etc/passwd", "refused"),
        ("http://me:secret@site.test/", "refused"),
        ("http://site.test:22/", "refused"),
        ("http://[broken/", "refused"),
        ("", "without saying where"),
    ],
)
def test_redirect_is_checked_like_a_first_address(site: Site, location: str, reason: str) -> None:
    site.answers["/page"] = redirect(location)
    real = Fetcher(["site.test"], QUICK, resolver=_mostly_real)
    with pytest.raises(SourceError, match=reason):
        real.fetch(site.url())
    assert site.paths() == ["/page"]


def _mostly_real(host: str, port: int) -> Sequence[str]:
    if host == "inside.test":
        return ["10.0.0.7"]
    if host == "site.test":
        return ["127.0.0.1"]
    return [row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]  # type: ignore[misc]


def test_redirects_are_followed_to_the_page_and_no_further_than_five(site: Site) -> None:
    for step in range(6):
        site.answers[f"/{step}"] = redirect(f"/{step + 1}")
    site.answers["/5"] = reply(TEXT)
    found = fetcher().fetch(site.url("/0"))
    assert isinstance(found, Fetched)
    assert found.url == site.url("/5")
    site.answers["/5"] = redirect("/6")
    assert "more than 5 times" in refusal(site, "/0")


def test_redirect_circle_is_told_as_one(site: Site) -> None:
    site.answers |= {"/a": redirect("/b"), "/b": redirect("/a")}
    assert "circle" in refusal(site, "/a")


# --- sizes and times ------------------------------------------------------------------------


def _endless(stream: socket.socket, asked: Asked) -> None:
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        stream.sendall(b"<p>and so on</p>" * 1000)


def _dripping(after: bytes) -> object:
    def drip(stream: socket.socket, asked: Asked) -> None:
        stream.sendall(after)
        while True:
            stream.sendall(b"x")
            if threading.Event().wait(0.05):
                return

    return drip


BOMB = gzip.compress(b"\0" * 30_000_000)
PACKED = gzip.compress(TEXT.encode(), mtime=0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (_endless, "over 0 MB"),
        (HEAD + b"Content-Length: 9999999999\r\n\r\n", "over 0 MB"),
        (reply(BOMB, Content_Encoding="gzip"), "over 0 MB"),
        (reply(b"x", Content_Encoding="br"), "not asked for"),
        (reply(b"x", Content_Encoding="gzip, gzip"), "not asked for"),
        (reply(b"not gzip", Content_Encoding="gzip"), "damaged"),
        (reply(PACKED[:-20], Content_Encoding="gzip"), "not.*complete|ended"),
        (_dripping(HEAD + b"\r\n"), "too slowly"),
        (_dripping(b"HTTP/1.1 200 OK\r\nX-Long: "), "too slowly"),
        (_dripping(b""), "too slowly|does not answer"),
        (HEAD + b"X-Huge: " + b"x" * 200_000 + b"\r\n\r\n", "does not answer"),
        (HEAD + b"Content-Length: 100\r\n\r\nshort", "does not answer|ended"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "does not answer"),
        (b"", "does not answer|broke"),
        (reply(b""), "the page is empty"),
        (reply(b"GIF89a", content_type="image/gif"), "image/gif, which cannot be read"),
        (reply(b"PK", content_type="application/zip"), "cannot be read"),
        (reply(b"?", content_type=""), "of no stated kind"),
        (reply(b"?", content_type="application/octet-stream"), "cannot be read"),
        (reply(TEXT, "401 Unauthorized"), "does not let programs read"),
        (reply(TEXT, "403 Forbidden"), "does not let programs read"),
        (reply(TEXT, "500 Internal Server Error"), r"an error \(500\)"),
        (reply(TEXT, "418 Teapot"), r"an error \(418\)"),
        (reply(TEXT, "206 Partial Content"), r"an error \(206\)"),
    ],
)
def test_hostile_answer_gives_one_line_within_its_bounds(
    site: Site, answer: object, reason: str
) -> None:
    site.answers["/page"] = answer  # type: ignore[assignment]
    with pytest.raises(SourceError, match=reason):
        fetcher(SHORT).fetch(site.url())


def test_resolver_that_hangs_does_not_hold_the_fetch_up() -> None:
    never = threading.Event()

    def hanging(host: str, port: int) -> Sequence[str]:
        never.wait(20)
        return []

    with pytest.raises(SourceError, match="looked up in time"):
        Fetcher((), SHORT, resolver=hanging).fetch("http://site.test/")
    never.set()


def test_unknown_name_is_told(site: Site) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(SourceError, match="is not known"):
        Fetcher((), SHORT, resolver=unknown).fetch("http://site.test/")


# --- TLS -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for site.test that nobody has signed, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=site.test", "-addext", "subjectAltName=DNS:site.test"]
    try:
        subprocess.run(
            [*command, "-out", str(cert), "-keyout", str(key)], check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed: no certificate can be made")
    return cert, key


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with serving(context) as site:
        site.answers["/page"] = reply(TEXT)
        yield site


def test_certificate_that_nobody_vouches_for_is_refused(secure: Site) -> None:
    with pytest.raises(SourceError, match="not secure"):
        fetcher(SHORT).fetch(secure.url(scheme="https"))
    assert secure.asked == []


def test_certificate_of_another_name_is_refused(
    secure: Site, certificate: tuple[Path, Path]
) -> None:
    tls = ssl.create_default_context(cafile=str(certificate[0]))
    other = Fetcher(["other.test"], SHORT, resolver=loopback, tls=tls)
    with pytest.raises(SourceError, match="not secure"):
        other.fetch(secure.url(scheme="https", host="other.test"))


def test_https_page_is_read_by_its_name_and_never_led_to_http(
    secure: Site, certificate: tuple[Path, Path]
) -> None:
    tls = ssl.create_default_context(cafile=str(certificate[0]))
    assert isinstance(fetcher(tls=tls).fetch(secure.url(scheme="https")), Fetched)
    secure.answers["/down"] = redirect("http://site.test/plain")
    with pytest.raises(SourceError, match="from https to http"):
        fetcher(tls=tls).fetch(secure.url("/down", scheme="https"))


def test_plain_server_behind_an_https_address_is_told(site: Site) -> None:
    site.answers["/page"] = reply(TEXT)
    with pytest.raises(SourceError, match=r"not secure|cannot be reached|too slowly"):
        fetcher(SHORT).fetch(site.url(scheme="https"))
