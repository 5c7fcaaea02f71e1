"""Fetch model files from the Hugging Face Hub, resuming what an earlier attempt left.

The only importer of huggingface_hub here. Knows nothing of the mirror.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.weights.known import ModelEntry, WeightFile
from index.weights.progress import OnProgress
from index.weights.stored import file_path
from index.weights.writing import CheckedFile, FreeSpace, UnavailableError, need_space, settle

if TYPE_CHECKING:
    from huggingface_hub.file_download import HfFileMetadata

SHA256 = re.compile(r"[0-9a-f]{64}")
READ_SECONDS = 20.0  # without a byte
TRIES_WITHOUT_A_BYTE = 3
RETRY_SECONDS = 1.0


def fetch_from_hub(
    entry: ModelEntry,
    files: tuple[WeightFile, ...],
    folder: Path,
    parts: Path,
    *,
    endpoint: str | None,
    connect_timeout: float,
    progress: OnProgress,
    free_space: FreeSpace,
) -> None:
    """Bring ``files`` into ``folder``; UnavailableError when the Hub cannot give one of them."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    for file in files:
        with _hub_errors(entry):
            url = hf_hub_url(entry.repo, file.path, revision=entry.revision, endpoint=endpoint)
            described = get_hf_file_metadata(url, timeout=connect_timeout, endpoint=endpoint)
            wanted = _wanted(file, described)
            part = parts / f"{file.name.replace('/', '_')}.{(wanted.sha256 or '')[:12]}.part"
            with CheckedFile(part, wanted, entry.name, "hub", progress) as out:
                need_space(folder, (wanted.size or 0) - out.size, free_space)
                _download(url, described.location, out, wanted.size)
                out.report()
                digest = out.sha256
        settle(part, digest, wanted.sha256 or "", file_path(entry, file, folder), folder)


def _wanted(file: WeightFile, described: HfFileMetadata) -> WeightFile:
    """The file with the size and hash it must have; the Hub's own where we know none."""
    if described.commit_hash is None:
        raise UnavailableError("what answered is not a Hugging Face Hub")
    stated = described.etag if described.etag and SHA256.fullmatch(described.etag) else None
    sha256 = file.sha256 or stated
    if sha256 is None:
        raise UnavailableError(f"it states no sha256 for {file.name}, so nothing could be checked")
    if stated is not None and stated != sha256:
        raise UnavailableError(f"it holds another version of {file.name} (sha256 {stated[:12]}…)")
    return WeightFile(file.name, file.path, file.size or described.size, sha256)


def _download(url: str, location: str, out: CheckedFile, size: int | None) -> None:
    """Write what is missing of the file to ``out``, going on where a connection was cut."""
    import httpx2

    idle = 0
    while True:
        before = out.size
        try:
            _stream(location, _headers(url, location), out)
            break
        except (httpx2.NetworkError, httpx2.TimeoutException, httpx2.RemoteProtocolError):
            idle = idle + 1 if out.size == before else 0
            if idle == TRIES_WITHOUT_A_BYTE:
                raise
            time.sleep(RETRY_SECONDS)
    if size is not None and out.size != size:
        raise UnavailableError(f"it ended after {out.size:,} of {size:,} bytes")


def _stream(location: str, headers: dict[str, str], out: CheckedFile) -> None:
    """One GET; its bytes are appended, or replace everything if the server cannot resume."""
    from huggingface_hub import get_session

    if out.size:
        headers = {**headers, "Range": f"bytes={out.size}-"}
    timeout = READ_SECONDS
    with get_session().stream("GET", location, headers=headers, timeout=timeout) as response:
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # nothing is missing
        response.raise_for_status()
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            out.restart()
        for block in response.iter_bytes():
            out.write(block)


def _headers(url: str, location: str) -> dict[str, str]:
    """Request headers; the token goes to the Hub alone, never to the store it redirects to."""
    from huggingface_hub import constants, get_token

    headers = {"Accept-Encoding": "identity"}
    same_host = urlsplit(location).netloc == urlsplit(url).netloc
    token = get_token() if same_host and not constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else None
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return headers


@contextmanager
def _hub_errors(entry: ModelEntry) -> Iterator[None]:
    """Turn what huggingface_hub raises into UnavailableError with a reason in plain words."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.OfflineModeIsEnabled as error:
        raise UnavailableError("HF_HUB_OFFLINE is set") from error
    except errors.GatedRepoError as error:
        raise UnavailableError(
            f"{entry.repo} wants its licence accepted: open its page on the Hub, accept, "
            "and set HF_TOKEN to a token of that account"
        ) from error
    except (
        errors.RepositoryNotFoundError,
        errors.RevisionNotFoundError,
        errors.RemoteEntryNotFoundError,
    ) as error:
        raise UnavailableError(
            f"{entry.repo} does not have the file (or asks for HF_TOKEN)"
        ) from error
    except (errors.HfHubHTTPError, httpx2.HTTPStatusError) as error:
        raise UnavailableError(f"it answered with status {error.response.status_code}") from error
    except httpx2.TimeoutException as error:
        raise UnavailableError("it did not answer in time") from error
    except httpx2.HTTPError as error:
        raise UnavailableError(f"it cannot be reached ({error})") from error
