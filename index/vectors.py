"""The vector store: ids and unit vectors in a local Chroma collection.

The only file that imports chromadb. Knows nothing of documents: everything here can be
rebuilt from the record, so a store that cannot be read raises ``VectorsDamagedError`` and may be
dropped. One process at a time may use a folder (a second one sees stale results).
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from corpus.errors import HomeError
from index import seal

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

Matrix = npt.NDArray[np.float32]

# Chroma refuses more than 5,461 rows in one call; ids and vectors of 2,000 are 3 MB.
BATCH = 2000
HNSW: CreateHNSWConfiguration = {"space": "cosine"}
# In a collection's metadata: the folder of its embedder, and the embedder's fingerprint.
MADE_BY, FINGERPRINT = "made_by", "fingerprint"


class VectorsDamagedError(HomeError):
    """The vector store cannot be read; the next refresh rebuilds it from the record."""


class Vectors:
    """The vectors of one embedder in ``folder``; each embedder has its own collection."""

    def __init__(self, folder: Path, fingerprint: str, made_by: str = "") -> None:
        """Open or create; raise VectorsDamagedError if what is there cannot be read.

        ``made_by`` says where the embedder is, to whoever finds the vectors of one of before.
        """
        self.folder = folder
        self.fingerprint = fingerprint
        self.made_by = made_by
        self._client: Client | None = None
        self._collection: Collection | None = None
        self._open()

    def count(self) -> int:
        """How many vectors are stored."""
        with _translated(self.folder):
            return int(self._opened().count())

    def ids(self) -> set[str]:
        """The ids of all vectors (about 1 s and 100 MB for a million)."""
        with _translated(self.folder):
            return set(self._opened().get(include=[])["ids"])

    def add(self, ids: Sequence[str], vectors: Matrix) -> None:
        """Store unit vectors, shape (len(ids), dimension); an id already there stays as it is."""
        if not ids:
            return
        self._tear()
        with _translated(self.folder):
            for i in range(0, len(ids), BATCH):
                self._opened().add(ids=list(ids[i : i + BATCH]), embeddings=vectors[i : i + BATCH])

    def get(self, ids: Sequence[str]) -> dict[str, Matrix]:
        """The stored vectors among ``ids``; those not stored are left out."""
        found: dict[str, Matrix] = {}
        with _translated(self.folder):
            for i in range(0, len(ids), BATCH):
                rows = self._opened().get(ids=list(ids[i : i + BATCH]), include=["embeddings"])
                values = np.asarray(rows["embeddings"], dtype=np.float32)
                found.update(zip(rows["ids"], values, strict=True))
        return found

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; ids that are not stored are ignored."""
        if not ids:
            return
        self._tear()
        with _translated(self.folder):
            for i in range(0, len(ids), BATCH):
                self._opened().delete(ids=list(ids[i : i + BATCH]))

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """The ids nearest to a unit vector with their cosine similarity, best first."""
        with _translated(self.folder):
            found = self._opened().query(
                query_embeddings=vector.reshape(1, -1), n_results=limit, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def similarities(self, vector: Matrix, ids: Sequence[str]) -> dict[str, float]:
        """The cosine similarity of a unit vector to each of the stored vectors in ``ids``."""
        return {i: float(np.dot(stored, vector)) for i, stored in self.get(ids).items()}

    def others(self) -> list[Vectors]:
        """The vectors of other embedders in this store, to be read.

        They are open as long as these are, and gone after ``drop_others``. The fingerprint of
        one that was made before fingerprints were noted is "".
        """
        with _translated(self.folder):
            found = [self._beside(c) for c in self._connected().list_collections()]
            return [other for other in found if other.name != self.name]

    def makers(self) -> list[str]:
        """Where the embedders of the other collections are, "" where that was not noted."""
        return [other.made_by for other in self.others()]

    def are_of(self, fingerprint: str) -> bool:
        """Whether the embedder of this fingerprint made these vectors."""
        return self.name == _name_of(fingerprint)

    @property
    def name(self) -> str:
        """The name of the collection."""
        return self._opened().name

    def _beside(self, collection: Collection) -> Vectors:
        """Another collection through the same client: two clients would not see each other."""
        noted = collection.metadata or {}
        other = copy(self)
        other._collection = collection
        other.made_by = str(noted.get(MADE_BY, ""))
        other.fingerprint = str(noted.get(FINGERPRINT, ""))
        return other

    def drop_others(self) -> None:
        """Remove the collections of other embedders."""
        with _translated(self.folder):
            client = self._connected()
            names = [c.name for c in client.list_collections() if c.name != self.name]
            if names:
                self._tear()
            for name in names:
                client.delete_collection(name)

    def check(self) -> bool:
        """Look up one stored vector and search for it; False if there is none.

        Raises VectorsDamagedError if that fails.
        """
        with _translated(self.folder):
            rows = self._opened().get(limit=1, include=["embeddings"])
            if rows["ids"]:
                self._opened().query(query_embeddings=rows["embeddings"], n_results=1)
            return bool(rows["ids"])

    def seal(self) -> None:
        """Note that the files are as they should be, for the next start to compare.

        Only for who alone may write. What cannot be searched is left for the next start, and what
        is empty too: Chroma writes what is still in its queue when it searches, so an emptied
        graph would be written after its hash was noted.
        """
        if seal.is_sealed(self.folder):
            return
        with contextlib.suppress(VectorsDamagedError):
            if all(vectors.check() for vectors in [*self.others(), self]):
                seal.seal(self.folder)

    def _tear(self) -> None:
        seal.tear(self.folder)

    def close(self) -> None:
        """Let go of the files; harmless when already closed."""
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            with _translated(self.folder):
                client.close()

    def recreate(self) -> None:
        """Start empty in place of a damaged store."""
        with contextlib.suppress(VectorsDamagedError):
            self.close()
        discard(self.folder)
        self._open()

    def _open(self) -> None:
        from chromadb.api.shared_system_client import SharedSystemClient

        if reason := seal.broken(self.folder):
            raise VectorsDamagedError(_damaged(self.folder, reason))
        try:
            with _translated(self.folder):
                self._client = _client(self.folder)
                noted = {MADE_BY: self.made_by, FINGERPRINT: self.fingerprint}
                collection = self._client.get_or_create_collection(
                    _name_of(self.fingerprint),
                    metadata=noted,
                    configuration={"hnsw": HNSW},
                    embedding_function=None,
                )
                if collection.metadata != noted:  # older than the note, or the model has moved
                    collection.modify(metadata=noted)
                self._collection = collection
        except VectorsDamagedError:
            with contextlib.suppress(VectorsDamagedError):
                self.close()
            # Chroma 1.5.9 keeps a system that failed to start and would hand it out again
            # for this folder, even after the folder has been replaced.
            SharedSystemClient.clear_system_cache()
            raise

    def _connected(self) -> Client:
        if self._client is None:
            raise HomeError(f"The index in {self.folder.parent} has been closed.")
        return self._client

    def _opened(self) -> Collection:
        if self._collection is None:
            raise HomeError(f"The index in {self.folder.parent} has been closed.")
        return self._collection


def _name_of(fingerprint: str) -> str:
    return "chunks-" + hashlib.sha256(fingerprint.encode()).hexdigest()[:24]


def _client(folder: Path) -> Client:
    """A persistent client that reports nothing to anybody."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)  # declared as ClientAPI, which lacks close()


def discard(folder: Path) -> None:
    """Remove a vector store's folder; raise HomeError if it cannot be removed."""
    if not folder.exists():
        return
    # Renamed first: a store half removed by a crash must not be taken for a whole one.
    doomed = folder.with_name(f"{folder.name}.damaged-{time.time_ns()}")
    try:
        folder.rename(doomed)
        if doomed.is_dir():
            shutil.rmtree(doomed, ignore_errors=True)
        else:
            doomed.unlink()
    except OSError as error:
        raise HomeError(f"{folder} cannot be replaced ({error.strerror}); remove it.") from error


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Turn whatever Chroma raises, Rust panics included, into VectorsDamagedError."""
    try:
        yield
    except HomeError:
        raise
    except BaseException as error:
        # Chroma 1.5 lets a Rust panic out as pyo3's PanicException, a BaseException.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise VectorsDamagedError(_damaged(folder, _first_line(error))) from error


def _damaged(folder: Path, reason: str) -> str:
    return (
        f"The vector store {folder} cannot be read ({reason}); "
        "run: refdesk refresh (it rebuilds the store from the record)."
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
