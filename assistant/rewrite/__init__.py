"""Follow-ups: what is shown, and what is searched for.

``stand_alone`` gives the readable question; ``in_context`` searches for it together with the
words that the conversation keeps coming back to.
"""

from assistant.rewrite.rules import needs_rewrite, stand_alone
from assistant.rewrite.searching import Wording, in_context, wordings
from assistant.rewrite.subject import salient_words, subject_phrase

__all__ = [
    "Wording",
    "in_context",
    "needs_rewrite",
    "salient_words",
    "stand_alone",
    "subject_phrase",
    "wordings",
]
