"""The known models, and what the weights folder holds. No network here."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from assistant.settings import DEFAULT_EMBEDDER, DEFAULT_MODEL
from corpus.errors import WeightsError
from index.weights import (
    FetchProgress,
    ensure,
    ensure_entry,
    find,
    is_here,
    known,
    listing,
    path_of,
    terminal_progress,
)
from tests.index.weights_sources import tiny_entry

DATA = b"GGUF and then some"


def test_defaults_are_known_and_verified() -> None:
    for name in (DEFAULT_MODEL, DEFAULT_EMBEDDER, "qwen2.5-coder-0.5b"):
        entry = find(name)
        assert entry.mirror is not None
        assert all(file.sha256 and file.size for file in entry.files)


def test_every_entry_is_complete_and_unique() -> None:
    names = [entry.name for entry in known()]
    places = [file.name for entry in known() if entry.kind == "llm" for file in entry.files]
    assert len(set(names)) == len(names)
    assert len(set(places)) == len(places)
    for entry in known():
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repo)
        assert re.fullmatch(r"main|[0-9a-f]{40}", entry.revision)
        assert entry.size
        assert entry.context_tokens
        for file in entry.files:
            assert file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256)


@pytest.mark.parametrize(
    "family",
    ["QwQ", "DeepSeek-R1", "ERNIE 4.5", "Hunyuan", "Qwen3", "Gemma 3", "gpt-oss"],
)
def test_open_weight_families_can_be_the_answering_model(family: str) -> None:
    assert any(entry.family == family and entry.kind == "llm" for entry in known())


def test_conversions_by_others_name_the_developers_repository() -> None:
    own = {"Qwen", "tencent", "sentence-transformers"}
    for entry in known():
        assert entry.repo.split("/")[0] in own or entry.base_repo


def test_unknown_name_is_answered_with_the_closest() -> None:
    with pytest.raises(WeightsError, match=r"Did you mean .*qwen2\.5-coder-1\.5b"):
        find("qwen2.5-coder-15b")


def test_name_is_found_whatever_its_case() -> None:
    assert find("QWQ-32b").name == "qwq-32b"


def test_path_of_names_the_place_without_fetching(tmp_path: Path) -> None:
    assert path_of("all-MiniLM-L6-v2", tmp_path) == tmp_path / "all-MiniLM-L6-v2"
    assert path_of("qwq-32b", tmp_path) == tmp_path / "qwq-32b-q4_k_m.gguf"
    assert not list(tmp_path.iterdir())


def test_local_gguf_is_used_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(DATA)
    assert ensure(str(path), tmp_path / "weights") == path
    assert ensure(path, tmp_path / "weights") == path
    assert not (tmp_path / "weights").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"<html>not found</html>", "not a GGUF file"), (b"", "not a GGUF file"), (None, "no model")],
)
def test_bad_local_model_is_one_clear_line(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "mine.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=message) as caught:
        ensure(str(path), tmp_path)
    assert str(path) in str(caught.value)


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="without a sentence-transformers model"):
        path_of(tmp_path, tmp_path)


def test_is_here_wants_every_file_with_its_size(tmp_path: Path) -> None:
    entry = tiny_entry(DATA)
    assert not is_here(entry, tmp_path)
    (tmp_path / "tiny.gguf").write_bytes(DATA[:-1])
    assert not is_here(entry, tmp_path)
    (tmp_path / "tiny.gguf").write_bytes(DATA)
    assert is_here(entry, tmp_path)


def test_listing_tells_what_is_here_and_what_it_needs(tmp_path: Path) -> None:
    rows = {row.name: row for row in listing(tmp_path)}
    assert set(rows) == {entry.name for entry in known()}
    assert not any(row.here for row in rows.values())
    default = rows[DEFAULT_MODEL]
    assert (default.developer, default.licence) == ("Alibaba (Qwen)", "Apache-2.0")
    assert default.size == 1_117_320_768
    assert default.ram_gb is not None
    assert default.ram_gb <= 4
    assert rows["qwen3-32b"].ram_gb > default.ram_gb  # type: ignore[operator]


def test_file_in_place_of_a_wanted_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / ".locks").write_text("in the way")
    with pytest.raises(WeightsError, match="cannot be used"):
        ensure_entry(tiny_entry(DATA), tmp_path)


def test_right_file_in_a_read_only_folder_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(DATA)
    tmp_path.chmod(0o500)
    try:
        assert ensure_entry(tiny_entry(DATA), tmp_path) == tmp_path / "tiny.gguf"
    finally:
        tmp_path.chmod(0o700)


def test_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("a file, not a folder")
    with pytest.raises(WeightsError, match="REFDESK_WEIGHTS"):
        ensure_entry(tiny_entry(DATA), tmp_path / "weights")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_shows_bytes_and_messages() -> None:
    screen = _Terminal()
    with terminal_progress(screen) as progress:
        progress(FetchProgress("tiny", "", "mirror", message="trying the next."))
        progress(FetchProgress("tiny", "tiny.gguf", "hub", 500_000, 1_000_000))
        progress(FetchProgress("tiny", "tiny.gguf", "hub", 1_000_000, 1_000_000))
    assert "trying the next." in screen.getvalue()
    assert "1.00M/1.00M" in screen.getvalue()


def test_no_bar_is_drawn_where_there_is_no_terminal() -> None:
    log = io.StringIO()
    with terminal_progress(log) as progress:
        progress(FetchProgress("tiny", "tiny.gguf", "hub", 500_000, 1_000_000))
        progress(FetchProgress("tiny", "", "wait", message="waiting."))
    assert log.getvalue() == "waiting.\n"
