"""A feed through the command line: declared, brought in, changed, searched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from index.embed import Embedder
from tests.corpus.list_files import RSS, feed_of
from tests.corpus.web_server import Site, page, reply, serving
from ui.cli import cli


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.answers["/a"] = reply(page("The harbour opens at seven.", "Harbour"))
        site.answers["/b"] = reply(page("The lighthouse was built in 1904.", "Lighthouse"))
        site.answers["/feed.xml"] = reply(feed_of("/a"), content_type=RSS)
        yield site


def test_feed_is_added_by_its_address_and_each_refresh_brings_what_is_new(
    site: Site, home: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFDESK_CURATED", "0")
    monkeypatch.setenv("REFDESK_ALLOW_HOSTS", "127.0.0.1")

    def run(*words: str) -> Any:
        result = CliRunner().invoke(cli, [*words, "--home", str(home), "--json"])
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    address = site.url("/feed.xml", host="127.0.0.1")
    assert run("add", address, "--name", "port", "--limit", "5")["kind"] == "url"
    assert run("refresh", "--dry-run")["added"] == ["port/page"]
    (first,) = run("refresh")["added"]
    assert first.startswith("port/a-")
    (source,) = run("status")["sources"]
    assert (source["kind"], source["options"]["limit"]) == ("feed", 5)
    site.answers["/feed.xml"] = reply(feed_of("/b", "/a"), content_type=RSS)
    report = run("refresh")
    assert ([i[:7] for i in report["added"]], report["unchanged"]) == (["port/b-"], 1)
    assert run("status", first)["state"] == "indexed"
    assert "1904" in json.dumps(run("search", "When was the lighthouse built?"))


def test_adding_again_puts_other_options_in_place_and_an_empty_pattern_takes_them_back(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFDESK_CURATED", "0")
    (tmp_path / "notes").mkdir()

    def options(*words: str) -> Any:
        arguments = ["add", str(tmp_path / "notes"), *words, "--home", str(home), "--json"]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, result.stderr
        return {k: v for k, v in json.loads(result.stdout)["options"].items() if v}

    assert options("--include", "*.md", "--limit", "5") == {"include": ["*.md"], "limit": 5}
    assert options() == {"include": ["*.md"], "limit": 5}, "nothing was said"
    assert options("--limit", "3") == {"limit": 3}
    assert options("--include", "") == {}
