"""Which network addresses a page may be fetched from: public ones, and no others.

A page's address comes from whoever adds it, and a name may lead anywhere: to this machine, to
the router, to a cloud's metadata service. Knows nothing of HTTP; it opens no connection.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from corpus.errors import SourceError

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""From a host name and a port to its addresses, as text; raises OSError for an unknown name."""

# Python calls these global: protocol assignments and the retired 6to4 relays (RFC 6890), and
# the address at which Azure's own service answers every virtual machine.
_NOT_PUBLIC = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
# IPv4 inside IPv6: translated by the network (RFC 6052), or the form that RFC 4291 retired.
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("::/96"))


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may reach ``address``, or the IPv4 address inside it."""
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    special = (
        address.is_multicast,
        address.is_reserved,
        address.is_loopback,
        address.is_link_local,
        address.is_unspecified,
        any(address in network for network in _NOT_PUBLIC),
    )
    return address.is_global and not any(special)


def public_addresses(host: str, port: int, found: Sequence[str]) -> list[str]:
    """``found``, checked; raises SourceError if there is none or one of them is not public.

    One is enough to refuse: which of them is used must not be left to chance.
    """
    if not found:
        raise SourceError(f"the name {host} leads to no address; correct the address")
    for text in found:
        if not is_public(ip_address(text)):
            raise SourceError(
                f"{host} leads to {text}, which is not a public address; a host of your own "
                "network must be named in REFDESK_ALLOW_HOSTS"
            )
    return list(found)


def literal(host: str) -> str | None:
    """``host`` as an address if it is one, in any spelling that a resolver would accept."""
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        pass
    try:  # 2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses that this machine's resolver gives, in its order, each once."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def resolve(resolver: Resolver, host: str, port: int, seconds: float) -> list[str]:
    """Ask ``resolver``, for at most ``seconds`` (its own waits can add up to minutes)."""
    found: list[str] = []
    problem: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(resolver(host, port))
        except (OSError, UnicodeError) as error:
            problem.append(error)

    thread = threading.Thread(target=ask, name="refdesk-resolve", daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if thread.is_alive():
        raise SourceError(f"the name {host} could not be looked up in time; try again later")
    if problem:
        raise SourceError(f"the name {host} is not known; correct it, or check the connection")
    return found


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that ``address`` stands for, if it does."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in _TRANSLATED) and int(address) > 1:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
