"""The embedded engine: llama.cpp (through xllamacpp) serving one GGUF file on loopback.

It runs inside this process, starts on first use and speaks the OpenAI-compatible chat API on
a random port behind a random key. Knows nothing of prompts, passages or answers.

Loading holds Python's interpreter lock for its whole duration (xllamacpp 2026.10), so start
the engine before serving; generation runs in its own threads and does not.

Tried on 2 cores with the 1.5B, answers over 400 tokens of evidence, and left out: n-gram
speculation (15 to 17 tokens/s against 20, although up to 60 % of the drafts were accepted),
an 8-bit attention cache (as fast, other answers), no flash attention (as fast).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from assistant.engine_checks import check_model_file, explain_failure
from corpus.errors import ModelError

if TYPE_CHECKING:
    from xllamacpp import CommonParams

BATCH_TOKENS = 128
"""Prompt tokens per decoding step; a request that was cancelled ends between two steps. Against
512, the 0.5B reads prompts 5 % slower (179 and 189 tokens/s), takes 60 MB less, and stops after
0.8 instead of 3 s (the 1.5B after 2 instead of 9 s)."""
PING_SECONDS = 1
"""A stream is pinged this often while its prompt is read. The ping is how llama.cpp notices that
the listener has gone: at its default of 30 s, a cancelled prompt was read for 37 more seconds.
(Asking for ``busy`` more often than once a second delays the ping.)"""
PROMPT_CACHE_MIB = 256
"""Memory for prefixes of earlier prompts beyond those in the slots (default: 8192)."""
STATUS_SECONDS = 10.0
"""Time-out of a question about the engine's state."""
REASONING_MARKS = ("<think>", "</think>", "think▷", "<|channel|>", "[THINK]", "seed:think")


class Engine:
    """A model file being served; ``start`` happens on first use of ``base_url``.

    ``model_path`` may be a function that finds (or fetches) the file when it is needed.
    ``context_tokens`` is the longest prompt plus answer of one request; ``parallel`` requests
    run at once, more wait in line. Thread-safe. Raises ModelError when the file cannot serve.
    """

    def __init__(
        self,
        model_path: Path | Callable[[], Path],
        *,
        context_tokens: int = 4096,
        threads: int | None = None,
        parallel: int = 2,
        name: str | None = None,
        debug: bool = False,
    ) -> None:
        self._find = model_path if callable(model_path) else lambda: model_path
        self._name = name or ("local" if callable(model_path) else model_path.stem)
        self.context_tokens = context_tokens
        self.threads = threads or available_cores()
        self.parallel = parallel
        self.debug = debug
        self.api_key = secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        self._server: Any = None
        self._base_url = ""
        self._reasons = False
        atexit.register(_stop_at_exit, weakref.ref(self))

    @property
    def running(self) -> bool:
        """Whether the model is loaded and serving."""
        return self._server is not None

    @property
    def model_name(self) -> str:
        """The name under which the model is served."""
        return self._name

    @property
    def base_url(self) -> str:
        """Address of the OpenAI-compatible API, ending in ``/v1``; starts the engine."""
        self.start()
        return self._base_url

    @property
    def reasons(self) -> bool:
        """Whether the model's chat template knows private reasoning; starts the engine."""
        self.start()
        return self._reasons

    def start(self) -> None:
        """Load the model unless it runs already; seconds for the first time."""
        with self._lock:
            if self._server is None:
                path = Path(self._find())
                header = check_model_file(path, self.context_tokens, self.parallel)
                self._reasons = any(mark in header.chat_template for mark in REASONING_MARKS)
                self._server = self._load(path)
                self._base_url = f"{self._server.listening_address}/v1"
                self.busy()  # a server that is stopped before its loop turns hangs for ever

    def stop(self) -> None:
        """End the server and its threads, and free the model's memory; may start again."""
        with self._lock:
            self._server = None

    def busy(self) -> int:
        """How many requests are being worked on; 0 when not running."""
        if not self.running:
            return 0
        slots = self._get(self._base_url.removesuffix("/v1") + "/slots")
        return sum(bool(slot["is_processing"]) for slot in slots)

    def _load(self, path: Path) -> Any:
        share_cores()
        import xllamacpp

        try:
            return xllamacpp.Server(self._parameters(path))
        except RuntimeError as error:
            raise ModelError(explain_failure(path, self.context_tokens)) from error

    def _parameters(self, path: Path) -> CommonParams:
        from xllamacpp import CommonParams

        params = CommonParams()
        params.model.path = str(path)
        params.model_alias = {self._name}
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self.api_key]
        params.cors_origins = ""
        params.ui = False
        params.verbosity = 3 if self.debug else 0
        params.fit_params = False
        params.n_parallel = self.parallel
        params.n_ctx = self.context_tokens * self.parallel
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self.threads
        params.sse_ping_interval = PING_SECONDS
        params.cache_ram_mib = PROMPT_CACHE_MIB
        return params

    def _get(self, url: str) -> Any:
        headers = {"Authorization": f"Bearer {self.api_key}"}
        with httpx.Client(trust_env=False, timeout=STATUS_SECONDS, headers=headers) as client:
            return client.get(url).raise_for_status().json()


def share_cores() -> None:
    """On a busy machine, let OpenMP threads sleep instead of spin while they wait.

    llama.cpp meets hundreds of barriers per token. With the cores to itself spinning is faster
    (the 0.5B: 54 tokens/s against 31); where other programs want them it is ruinous (2 to 4
    against 20 to 32, load 4 to 8). libgomp reads the policy when it loads, and torch loads it
    too: call this before either is imported. ``OMP_WAIT_POLICY`` of the user wins.
    """
    with contextlib.suppress(AttributeError, OSError):  # no load average on Windows
        if os.getloadavg()[0] >= available_cores():
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def available_cores() -> int:
    """Cores that this process may use."""
    with contextlib.suppress(AttributeError):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _stop_at_exit(reference: weakref.ref[Engine]) -> None:
    engine = reference()
    if engine is not None:
        engine.stop()
