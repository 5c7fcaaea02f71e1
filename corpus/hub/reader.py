"""Asks the Hub's API, and for the READMEs of models: bounded in bytes and time, no token sent.

huggingface_hub reads whole answers however long they are, from whatever address a redirect
names; these are read as pages are. Knows nothing of what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx

from corpus.card_rows import strict_json
from corpus.errors import InputError, SourceError
from corpus.hub.metadata import EXPAND, HubModel, hub_model
from corpus.hub.places import HubPlace
from corpus.web.connection import Deadline
from corpus.web.fetch import REDIRECTS, Fetcher, next_address, page_address
from corpus.web.request import Reply, TransientError, get

ENDPOINT = "https://huggingface.co"
DEFAULT_LIMIT = 100
MOST_MODELS = 1000  # the API's own page
LIST_BYTES = 16 << 20
README_BYTES = 2 << 20
SECONDS = 100.0
_MOST_REDIRECTS = 3
_AGAIN = "it is tried again at the next refresh"


@dataclass(frozen=True, slots=True)
class Listed:
    """What the Hub lists: models, and ids (or places in the list) with what is wrong of them."""

    models: tuple[HubModel, ...]
    wrong: tuple[tuple[str, str], ...] = ()


class HubReader:
    """The Hub at one endpoint; ``endpoint`` None: the public one, or what HF_ENDPOINT names."""

    def __init__(self, fetcher: Fetcher, endpoint: str | None = None) -> None:
        self._fetcher, self._given = fetcher, endpoint

    @property
    def endpoint(self) -> str:
        """Where the Hub is."""
        if self._given:
            return self._given.rstrip("/")
        from huggingface_hub import constants

        return constants.ENDPOINT

    def page(self, model_id: str) -> str:
        """The address of a model's page, to cite."""
        return f"{self.endpoint}/{model_id}"

    def session(self, seconds: float = SECONDS) -> HubSession:
        """Ask within ``seconds``; raises SourceError where the Hub is switched off."""
        from huggingface_hub import constants

        if constants.HF_HUB_OFFLINE:
            raise SourceError("HF_HUB_OFFLINE is set, so the Hub is not asked")
        rules = self._fetcher.rules
        try:
            host = page_address(self.endpoint).host.lower()
        except InputError as error:
            raise SourceError(f"the Hub's endpoint: {error}") from error
        if self.endpoint != ENDPOINT:  # whoever set it has named the host
            rules = replace(rules, allowed=_Also(rules.allowed, host))
        deadline = Deadline.after(seconds)

        def ask(url: httpx.URL, most_bytes: int) -> Reply:
            headers = {"Accept": "*/*"}
            tls = self._fetcher.tls
            return get(url, headers, rules=rules, tls=tls, deadline=deadline, most_bytes=most_bytes)

        return HubSession(self.endpoint, ask, deadline)


class _Also:
    """The hosts of a collection, and one more."""

    def __init__(self, hosts: Container[str], host: str) -> None:
        self._hosts, self._host = hosts, host

    def __contains__(self, host: object) -> bool:
        return host == self._host or host in self._hosts


@dataclass(frozen=True, slots=True)
class HubSession:
    """Some requests that end together at a deadline."""

    endpoint: str
    ask: Callable[[httpx.URL, int], Reply]
    deadline: Deadline

    def models(self, place: HubPlace, limit: int | None) -> Listed:
        """The model at ``place``, or its author's newest; raises SourceError."""
        expand = [("expand", name) for name in EXPAND]
        if place.model is not None:
            model_id = f"{place.author}/{place.model}"
            data = self._json(f"/api/models/{model_id}?{urlencode(expand)}", model_id)
            listed = _listed([data])
            if not listed.models:
                raise SourceError(f"the Hub's answer cannot be used ({listed.wrong[0][1]})")
            return listed
        most = min(limit or DEFAULT_LIMIT, MOST_MODELS)
        query = [("author", place.author), ("sort", "createdAt"), ("limit", str(most)), *expand]
        data = self._json(f"/api/models?{urlencode(query)}", place.author)
        if not isinstance(data, list):
            raise SourceError("the Hub's answer is no list of models")
        if not data:
            raise SourceError(f"the Hub lists no models of {place.author}; correct the name")
        return _listed(data[:most])

    def readme(self, model: HubModel) -> bytes | None:
        """The README of the model's version, or None where it has none; raises SourceError."""
        path = f"/{model.id}/resolve/{model.sha}/README.md"
        reply = self._reply(path, README_BYTES)
        if reply.status == httpx.codes.NOT_FOUND:
            return None
        return _body(reply, model.id)

    def _json(self, path: str, what: str) -> object:
        body = _body(self._reply(path, LIST_BYTES), what)
        try:
            return strict_json(body.decode())
        except (UnicodeDecodeError, SourceError) as error:
            raise SourceError("what answered is not a Hugging Face Hub (no JSON)") from error

    def _reply(self, path: str, most_bytes: int) -> Reply:
        url = page_address(f"{self.endpoint}{path}")
        try:
            reply = self.ask(url, most_bytes)
            for _ in range(_MOST_REDIRECTS):
                if reply.status not in REDIRECTS:
                    return reply
                url = next_address(url, reply)
                reply = self.ask(url, most_bytes)
        except TransientError as error:
            raise SourceError(f"{error}; {_AGAIN}") from error
        raise SourceError("the Hub redirects too often")


def _body(reply: Reply, what: str) -> bytes:
    said = {
        401: f"{what} is not on the Hub, or not public",
        403: f"the Hub does not let programs read {what}",
        404: f"{what} is not on the Hub",
        429: f"the Hub was asked too often; {_AGAIN}",
    }
    if reply.status != httpx.codes.OK:
        default = f"the Hub answers with an error ({reply.status})"
        raise SourceError(said.get(reply.status, default))
    return reply.body


def _listed(entries: Iterable[object]) -> Listed:
    models: dict[str, HubModel] = {}
    wrong: list[tuple[str, str]] = []
    for number, data in enumerate(entries, start=1):
        try:
            model = hub_model(data)
        except ValueError as error:
            said = " ".join(str(error).split())[:160]
            wrong.append((f"model {number}", f"the Hub's entry cannot be used ({said})"))
            continue
        if not model.hidden:
            models.setdefault(model.id, model)
    return Listed(tuple(models.values()), tuple(wrong))
