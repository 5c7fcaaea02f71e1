"""Follow-ups: what is shown, and what is searched for.

``stand_alone`` gives the readable question; ``in_context`` searches for it together with the
words that the conversation keeps coming back to.
"""

from assistant.rewrite.rules import needs_rewrite, refers_back, stand_alone
from assistant.rewrite.searching import Wording, in_context, wordings
from assistant.rewrite.subject import is_courtesy, salient_words, subject_phrase

__all__ = [
    "Wording",
    "in_context",
    "is_courtesy",
    "needs_rewrite",
    "refers_back",
    "salient_words",
    "stand_alone",
    "subject_phrase",
    "wordings",
]
