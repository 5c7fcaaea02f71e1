"""What went wrong with a model server, in one line that says what to do.

The only place that reads exceptions of the OpenAI client and of httpx. Knows neither the
messages sent nor the answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corpus.errors import ModelError

MAX_DETAIL = 200
"""Characters of a server's own words that an error passes on."""
_LISTED = 12


@contextmanager
def translated(
    base_url: str, model: str, available: Callable[[], tuple[str, ...]]
) -> Iterator[None]:
    """Turn failures of the server at ``base_url`` into ModelError.

    ``available`` lists the server's models; it is called only when ``model`` is not found.
    """
    import httpx
    import openai

    try:
        yield
    except openai.APITimeoutError as error:
        raise ModelError(_timeout(base_url, error)) from error
    except httpx.TimeoutException as error:
        raise ModelError(_timeout(base_url, error)) from error
    except openai.APIConnectionError as error:
        raise ModelError(_unreachable(base_url)) from error
    except openai.APIStatusError as error:
        raise ModelError(_status(base_url, model, error, available)) from error
    except openai.APIError as error:
        raise ModelError(
            f"The model server at {base_url} broke off with an error: {_clip(error.message)}"
        ) from error
    except httpx.TransportError as error:
        raise ModelError(cut_short(base_url)) from error
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError) as error:
        # The OpenAI client does not validate: a body of another shape fails where it is read.
        raise ModelError(not_compatible(base_url)) from error


def cut_short(base_url: str) -> str:
    """The line for a stream that ended before its last piece."""
    return f"The model server at {base_url} broke the connection in mid-answer: ask again."


def not_compatible(base_url: str) -> str:
    """The line for an answer that is not of the chat API."""
    return (
        f"The server at {base_url} does not answer like an OpenAI-compatible chat API: check"
        " REFDESK_BASE_URL (it usually ends in /v1)."
    )


def _unreachable(base_url: str) -> str:
    return (
        f"The model server at {base_url} cannot be reached: start it, or correct"
        " REFDESK_BASE_URL, or unset it to use the embedded engine."
    )


def _timeout(base_url: str, error: Exception) -> str:
    import httpx

    cause = error.__cause__ or error
    if isinstance(cause, httpx.ConnectTimeout):
        return (
            f"The model server at {base_url} did not accept a connection in time: check"
            " REFDESK_BASE_URL or raise REFDESK_CONNECT_TIMEOUT."
        )
    return (
        f"The model server at {base_url} sent nothing for too long: use a smaller model or"
        " raise REFDESK_READ_TIMEOUT."
    )


def _status(
    base_url: str,
    model: str,
    error: Exception,
    available: Callable[[], tuple[str, ...]],
) -> str:
    status = int(getattr(error, "status_code", 0))
    detail = _detail(error)
    if status in (401, 403):
        return f"The model server at {base_url} refused the key: set REFDESK_API_KEY."
    if "context" in detail and ("exceed" in detail or "maximum" in detail):
        return (
            f"The prompt does not fit into the context of the model ({detail}): shorten the"
            " question or the evidence (REFDESK_EVIDENCE_TOKENS), or raise"
            " REFDESK_CONTEXT_TOKENS."
        )
    if status == 404 or ("model" in detail.lower() and "not" in detail.lower()):
        return _not_found(base_url, model, available())
    if 300 <= status < 400:
        return f"The server at {base_url} redirects elsewhere: set REFDESK_BASE_URL to that."
    if status == 429:
        return f"The model server at {base_url} has too many requests: ask again later."
    if status >= 500:
        return f"The model server at {base_url} failed (HTTP {status}: {detail}): ask again."
    return f"The model server at {base_url} rejected the request (HTTP {status}: {detail})."


def _not_found(base_url: str, model: str, available: tuple[str, ...]) -> str:
    if not available:
        return (
            f"The server at {base_url} has no chat API or no model '{model}': check"
            " REFDESK_BASE_URL and REFDESK_MODEL."
        )
    listed = ", ".join(_clip(name) for name in available[:_LISTED])
    more = f" and {len(available) - _LISTED} more" if len(available) > _LISTED else ""
    return (
        f"The server at {base_url} has no model '{model}'; set REFDESK_MODEL to one it has:"
        f" {listed}{more}."
    )


def _detail(error: Exception) -> str:
    """The server's own words, bounded, on one line."""
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        message = inner.get("message") if isinstance(inner, dict) else inner
        if isinstance(message, str):
            return _clip(message)
    return _clip(str(body or error))


def _clip(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_DETAIL else line[:MAX_DETAIL] + "…"
