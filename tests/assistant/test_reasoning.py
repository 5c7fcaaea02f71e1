"""Reasoning is kept apart in every family's format, however the output is cut into pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reasoning import Piece, ReasoningSplitter, collect, split_reasoning, split_stream

RECORDINGS = Path(__file__).parents[1] / "recordings" / "reasoning"


@dataclass(frozen=True)
class Recording:
    """A model's raw output, and its parts as a person would tell them apart."""

    name: str
    starts_thinking: bool
    raw: str
    thinking: str
    answer: str


def _read(path: Path) -> Recording:
    head, raw, thinking, answer = re.split(
        r"^===== \w+\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return Recording(path.stem, "yes" in head, raw, thinking.strip(), answer.strip())


ALL = [_read(path) for path in sorted(RECORDINGS.glob("*.txt"))]


@pytest.fixture(params=ALL, ids=[recording.name for recording in ALL])
def recording(request: pytest.FixtureRequest) -> Recording:
    assert isinstance(request.param, Recording)
    return request.param


def test_there_is_a_recording_of_every_family() -> None:
    names = " ".join(recording.name for recording in ALL)
    for family in ("deepseek-r1", "qwq", "qwen3", "hunyuan", "ernie", "gpt-oss", "kimi"):
        assert family in names


def test_answer_and_thinking_are_told_apart(recording: Recording) -> None:
    answer, thinking = split_reasoning(recording.raw, starts_thinking=recording.starts_thinking)
    assert answer == recording.answer
    assert thinking == recording.thinking


def test_any_cut_in_two_gives_the_same(recording: Recording) -> None:
    for cut in range(len(recording.raw) + 1):
        chunks = [recording.raw[:cut], recording.raw[cut:]]
        pieces = split_stream(chunks, starts_thinking=recording.starts_thinking)
        assert collect(pieces) == (recording.answer, recording.thinking), cut


def test_single_characters_give_the_same(recording: Recording) -> None:
    pieces = split_stream(recording.raw, starts_thinking=recording.starts_thinking)
    assert collect(pieces) == (recording.answer, recording.thinking)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ALL), st.lists(st.integers(0, 500), max_size=30))
def test_any_cutting_gives_the_same(recording: Recording, cuts: list[int]) -> None:
    edges = [0, *sorted(c for c in cuts if c < len(recording.raw)), len(recording.raw)]
    chunks = [recording.raw[a:b] for a, b in pairwise(edges)]
    pieces = split_stream(chunks, starts_thinking=recording.starts_thinking)
    assert collect(pieces) == (recording.answer, recording.thinking)


_TAGS = ["<think>", "</think>", "<answer>", "</answer>", "<|channel|>", "<|message|>", "final"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*_TAGS, "\n", " ", "a", "<", "</", "|>", "◁"])), st.booleans())
def test_cutting_never_matters_whatever_the_output(parts: list[str], starts: bool) -> None:
    raw = "".join(parts)
    whole = split_reasoning(raw, starts_thinking=starts)
    assert collect(split_stream(raw, starts_thinking=starts)) == whole
    assert collect(split_stream(parts, starts_thinking=starts)) == whole


@given(st.text(alphabet=st.characters(exclude_characters="<[◁"), max_size=80))
def test_text_without_tags_passes_unchanged(text: str) -> None:
    assert split_reasoning(text) == (text.strip(), "")


def test_answer_streams_before_the_output_ends() -> None:
    splitter = ReasoningSplitter()
    assert splitter.feed("<think>x</think>\n\nParis") == [
        Piece("x", thinking=True),
        Piece("Paris"),
    ]
    assert splitter.feed(" is") == [Piece(" is")]


def test_nothing_that_may_become_a_tag_is_given_out() -> None:
    splitter = ReasoningSplitter()
    assert splitter.feed("a\n<thi") == [Piece("a")]
    assert splitter.feed("s>") == [Piece("\n<this>")]


def test_late_closing_tag_reclaims_the_text_before_it() -> None:
    pieces = list(split_stream(["Hm.\n", "</think>\n\n", "Yes."]))
    assert pieces == [Piece("Hm."), Piece("", thinking=True, reclaims=True), Piece("Yes.")]


def test_truncated_thinking_is_no_answer() -> None:
    splitter = ReasoningSplitter(starts_thinking=True)
    pieces = [*splitter.feed("Let me see"), *splitter.finish(truncated=True)]
    assert collect(pieces) == ("", "Let me see")
