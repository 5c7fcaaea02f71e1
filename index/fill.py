"""Gives every passage of the record its vector, a group of passages at a time.

A new document comes into the record first, marked pending: from then on it is found by its
words, its card is in the catalogue, and it waits here for its vectors. What a crash or a
damaged store left without vectors waits in the same line. A mark goes when the last vector
of its document is stored, so wherever a crash stops, whatever lacks a vector is marked or
shows in the counts. Knows nothing of sources or files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index import chunk_record, records
from index.prepare import Prepared, text_to_embed
from index.transfer import GROUP_CHUNKS, Effort, Stores, embed, stored_alike
from index.vectors import Matrix


@dataclass(frozen=True, slots=True)
class Missing:
    """A chunk that has no vector yet; ``size`` is about how many characters are embedded for it."""

    vector_id: str
    document_id: str
    size: int


def shelve(stores: Stores, group: Sequence[Prepared]) -> set[str]:
    """Put new documents into the record; gives the vector ids that they now wait for.

    None of the documents may be in the record already: readers would lose the old version's
    vectors before the new ones are there.
    """
    with stores.db.writing() as db:
        for prepared in group:
            records.store(db, prepared)
        records.mark_pending(db, [p.document.info.id for p in group if p.chunks])
    return {piece.vector_id for prepared in group for piece in prepared.chunks}


def waiting(stores: Stores, missing: Container[str]) -> list[Missing]:
    """The chunks with these vector ids in the order in which they get their vectors.

    Documents come before model cards, which the catalogue answers for without vectors.
    """
    with stores.db.reading() as db:
        return [Missing(*row) for row in chunk_record.wanted(db) if row[0] in missing]


def fill(stores: Stores, line: Sequence[Missing], effort: Effort) -> Generator[int, None, None]:
    """Embed and store what waits in ``line``; yields the characters done so far."""
    missing = {one.vector_id for one in line}
    done = 0
    for start in range(0, len(line), GROUP_CHUNKS):
        group = line[start : start + GROUP_CHUNKS]
        rest = line[start + GROUP_CHUNKS :][:1]
        for ids in _store_vectors(stores, group, missing, effort):
            done += sum(one.size for one in group if one.vector_id in ids)
            missing -= ids
            yield done
        whole = {one.document_id for one in group} - {one.document_id for one in rest}
        with stores.db.writing() as db:
            records.clear_pending(db, whole)


def _store_vectors(
    stores: Stores, group: Sequence[Missing], missing: set[str], effort: Effort
) -> Iterator[set[str]]:
    """Store the vectors of a group, part by part; yields the vector ids of each part.

    Equal texts are embedded once, and not at all where the index has one: renames, copies.
    """
    texts, holders = _texts(stores, [one.vector_id for one in group])
    known = stored_alike(stores, list(texts), missing)
    if known:
        yield _add(stores, [holders[digest] for digest in known], list(known.values()))
    texts = {digest: text for digest, text in texts.items() if digest not in known}
    longest_first = sorted(texts, key=lambda digest: len(texts[digest]), reverse=True)
    done = 0
    for _, rows in embed(stores, [texts[digest] for digest in longest_first], effort):
        part = longest_first[done : done + len(rows)]
        yield _add(stores, [holders[digest] for digest in part], rows)
        done += len(rows)


def _texts(
    stores: Stores, vector_ids: Sequence[str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """By sha256: the texts to embed, and the vector ids that each is for."""
    texts: dict[str, str] = {}
    holders: dict[str, list[str]] = {}
    with stores.db.reading() as db:
        for vector_id, document, piece in chunk_record.chunks_of_vectors(db, vector_ids):
            text = text_to_embed(document, piece)
            digest = hashlib.sha256(text.encode()).hexdigest()
            texts[digest] = text
            holders.setdefault(digest, []).append(vector_id)
    return texts, holders


def _add(stores: Stores, ids: Sequence[list[str]], rows: Iterable[Matrix]) -> set[str]:
    """Store one row for each list of vector ids; all the ids."""
    pairs = [(i, row) for some, row in zip(ids, rows, strict=True) for i in some]
    stores.vectors.add([i for i, _ in pairs], np.stack([row for _, row in pairs]))
    return {i for i, _ in pairs}
