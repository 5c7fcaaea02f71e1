"""Why a model file cannot be served, in one line that says what to do.

llama.cpp tells its reasons only on its log, so after a failure the load is repeated in a
short-lived process whose log is read. Knows the file and the log, not the engine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from assistant.gguf_header import Header, NotGGUFError, read_header
from corpus.errors import ModelError

_DIAGNOSIS_SECONDS = 120
_PROBE = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.verbosity = sys.argv[1], int(sys.argv[2]), 1
params.fit_params = False
xllamacpp.Server(params)
"""
_REASONS: tuple[tuple[str, str], ...] = (
    (
        r"unknown model architecture: '([^']*)'",
        "is of the architecture '{0}', which the installed engine does not know: update it with"
        " `pip install -U xllamacpp`, or choose another model.",
    ),
    (
        r"not within the file bounds|failed to read|unexpectedly reached end",
        "is incomplete or damaged: fetch it again with `refdesk weights pull`.",
    ),
    (
        r"insufficient memory|failed to allocate|unable to allocate",
        "does not fit into memory with a context of {context} tokens: lower"
        " REFDESK_CONTEXT_TOKENS or choose a smaller model.",
    ),
    (
        r"chat template",
        "has a chat template that the engine cannot use: choose another release of the model.",
    ),
)


def check_model_file(path: Path, context_tokens: int, parallel: int) -> Header:
    """The header of a file that may be loaded; ModelError for what can be told beforehand.

    Loading must not be tried in vain: llama.cpp fills memory before it finds out, and the
    operating system then ends the process.
    """
    if not path.is_file():
        raise ModelError(
            f"There is no model file {path}: run `refdesk weights pull` or set REFDESK_MODEL"
            " to the path of a .gguf file."
        )
    try:
        header = read_header(path)
    except NotGGUFError as error:
        raise ModelError(
            f"{path.name} is not a GGUF model file ({error}): set REFDESK_MODEL to a .gguf file."
        ) from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): check its rights.") from error
    size = path.stat().st_size
    check_memory(path.name, size, header.cache_bytes * context_tokens * parallel, total_memory())
    return header


def check_memory(name: str, weights: int, cache: int, memory: int | None) -> None:
    """Raise ModelError if weights, or weights and attention cache, exceed ``memory`` (bytes)."""
    if memory is None:
        return
    if weights > memory:
        raise ModelError(
            f"{name} needs {weights / 1e9:.1f} GB of memory and this machine has"
            f" {memory / 1e9:.1f} GB: choose a smaller model or a smaller quantisation."
        )
    if weights + cache > memory:
        raise ModelError(
            f"{name} with this context needs {(weights + cache) / 1e9:.1f} GB of memory and this"
            f" machine has {memory / 1e9:.1f} GB: lower REFDESK_CONTEXT_TOKENS or choose a smaller"
            " model."
        )


def explain_failure(path: Path, context_tokens: int) -> str:
    """One line on why ``path`` failed to load, from the log of a repeated load."""
    log = _load_log(path, context_tokens)
    for pattern, reason in _REASONS:
        if match := re.search(pattern, log):
            return f"{path.name} {reason.format(*match.groups(), context=context_tokens)}"
    detail = _first_error(log)
    return f"{path.name} cannot be loaded{detail}: choose another model or fetch it again."


def total_memory() -> int | None:
    """Bytes of memory that this process may use, or None where the system does not tell."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return memory
    return min(memory, int(limit)) if limit.isdigit() else memory


def _load_log(path: Path, context_tokens: int) -> str:
    command = [sys.executable, "-c", _PROBE, str(path), str(context_tokens)]
    try:
        probe = subprocess.run(  # noqa: S603  # our own interpreter and our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_DIAGNOSIS_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return probe.stderr.decode("utf-8", "replace")


def _first_error(log: str) -> str:
    """`` (first error line of the log)`` without its time stamp, bounded, or nothing."""
    match = re.search(r"^\S+ E (.+)$", log, re.MULTILINE)
    return f" ({match.group(1).strip()[:160]})" if match else ""
