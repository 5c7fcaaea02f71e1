"""The real embedder: right vectors, in order, whatever the batches."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.embed
from corpus.errors import WeightsError
from index.embed import Embedder, batches

TEXTS = [
    "DeepSeek-R1 was released under the MIT licence.",
    "",
    "The context window holds 128,000 tokens. " * 60,
    "通义千问是阿里云的大模型。",
    "Qwen3-30B-A3B activates 3 billion parameters per token.",
    "a",
]


@pytest.fixture(scope="module")
def exact(embedder: Embedder) -> Embedder:
    """The same model, in float32 throughout."""
    return Embedder(embedder.folder, precision="float32")


def test_vectors_are_those_of_sentence_transformers(exact: Embedder) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(exact.folder), device="cpu", local_files_only=True)
    expected = reference.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(exact.encode(TEXTS), expected, atol=1e-5)


def test_vectors_are_unit_length_float32_of_the_stated_dimension(embedder: Embedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension) == (6, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_fast_document_vectors_are_as_good_as_exact_ones(
    embedder: Embedder, exact: Embedder
) -> None:
    cosines = (embedder.encode(TEXTS) * exact.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999


def test_order_is_kept_across_batches_and_windows(
    exact: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exact.encode(TEXTS)
    monkeypatch.setattr(index.embed, "TOKENS_PER_BATCH", 32)
    monkeypatch.setattr(index.embed, "TEXTS_PER_WINDOW", 4)
    np.testing.assert_allclose(exact.encode(TEXTS), whole, atol=1e-5)


def test_query_and_document_vectors_are_the_same(embedder: Embedder, exact: Embedder) -> None:
    query = embedder.encode_query(TEXTS[0])
    assert query.shape == (384,)
    np.testing.assert_allclose(query, exact.encode(TEXTS)[0], atol=1e-5)
    assert query @ embedder.encode(TEXTS)[0] > 0.999


def test_related_texts_are_nearer_than_unrelated_ones(embedder: Embedder) -> None:
    query = embedder.encode_query("Under which licence is DeepSeek-R1?")
    scores = embedder.encode(TEXTS) @ query
    assert int(scores.argmax()) == 0


def test_no_texts_give_no_vectors_and_load_nothing(embedder: Embedder) -> None:
    fresh = Embedder(embedder.folder)
    assert fresh.encode([]).shape == (0, 384)
    assert not fresh.loaded


def test_progress_counts_every_text_once(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.embed, "TOKENS_PER_BATCH", 32)
    seen: list[tuple[int, int]] = []
    embedder.encode(TEXTS, on_batch=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(TEXTS), len(TEXTS))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_threads_share_one_model(embedder: Embedder) -> None:
    fresh = Embedder(embedder.folder)
    results: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: results.append(fresh.encode_query(TEXTS[0])))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for result in results:
        np.testing.assert_allclose(result, results[0], atol=1e-5)


def test_fingerprint_names_the_model_and_its_bytes(embedder: Embedder) -> None:
    assert embedder.fingerprint == "all-MiniLM-L6-v2@53aa51172d14"


def test_fingerprint_changes_with_the_weights(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"one")
    before = Embedder(tmp_path).fingerprint
    weights.write_bytes(b"two")
    assert Embedder(tmp_path).fingerprint != before


def test_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    missing = Embedder(tmp_path / "all-MiniLM-L6-v2")
    for use in (missing.load, lambda: missing.dimension, lambda: missing.fingerprint):
        with pytest.raises(WeightsError, match="refdesk weights pull all-MiniLM-L6-v2"):
            use()


def test_damaged_model_is_one_clear_line(embedder: Embedder, tmp_path: Path) -> None:
    folder = tmp_path / "all-MiniLM-L6-v2"
    for file in embedder.folder.rglob("*"):
        if file.is_file() and file.suffix in (".json", ".txt"):
            copy = folder / file.relative_to(embedder.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    (folder / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(WeightsError, match="cannot be loaded") as caught:
        Embedder(folder).load()
    assert "\n" not in str(caught.value)


def test_encoding_prints_nothing_and_import_is_light(embedder: Embedder) -> None:
    program = (
        "import sys; from pathlib import Path; from index.embed import Embedder\n"
        "assert 'torch' not in sys.modules and 'sentence_transformers' not in sys.modules\n"
        f"Embedder(Path({str(embedder.folder)!r})).encode_query('quiet')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@given(st.lists(st.integers(0, 256)), st.integers(1, 2_000))
def test_batches_hold_every_row_once_within_the_budget(lengths: list[int], budget: int) -> None:
    groups = list(batches(lengths, budget))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        longest = max(lengths[row] for row in group)
        assert len(group) == 1 or len(group) * longest <= budget
