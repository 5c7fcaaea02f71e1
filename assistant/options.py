"""How one question wants to be answered, where that differs from how the desk is set up.

Checked when it is made, so that a value of any door (command, page, HTTP) is in bounds or told
so in one line. Knows nothing of how the values are used.
"""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import InputError

LEAST_EVIDENCE, MOST_EVIDENCE = 50, 4000
"""Tokens; the bounds of the setting of the same name."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one question is answered with: options and set-up put together."""

    evidence_tokens: int
    strictness: float


LANGUAGES = ("en", "zh")
"""Languages that an answer can be told in once more (see ``assistant.retold``)."""


@dataclass(frozen=True, slots=True)
class AskOptions:
    """``None``: as the desk is set up. Raises InputError for a value out of bounds.

    ``evidence_tokens`` is the budget for packed evidence, ``strictness`` the least probability
    (0 to 1) that the sources answer, below which the answer is refused, ``language`` one that
    the answer is translated into where the sources speak another.
    """

    evidence_tokens: int | None = None
    strictness: float | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        tokens, strictness = self.evidence_tokens, self.strictness
        if tokens is not None and not (
            type(tokens) is int and LEAST_EVIDENCE <= tokens <= MOST_EVIDENCE
        ):
            raise InputError(
                f"The evidence budget must be a whole number of tokens from {LEAST_EVIDENCE} to"
                f" {MOST_EVIDENCE}."
            )
        if strictness is not None and not (
            type(strictness) in (int, float) and 0 <= strictness <= 1
        ):
            raise InputError("The strictness must be a number from 0 to 1.")
        if self.language is not None and self.language not in LANGUAGES:
            raise InputError(f"The language must be one of {', '.join(LANGUAGES)}.")

    def over(self, evidence_tokens: int, strictness: float) -> Budget:
        """These options where they are given, else what the desk is set up with."""
        return Budget(
            evidence_tokens if self.evidence_tokens is None else self.evidence_tokens,
            strictness if self.strictness is None else self.strictness,
        )


AS_SET_UP = AskOptions()
