"""A Chinese or Japanese question over documents in other languages, put into English.

Neither full text nor an English embedder can match them. The model's translation is used only
if it keeps every name and number of the question. Knows no index and no model: both are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant import prompts
from assistant.attribution.names import missing_names
from assistant.attribution.quantities import missing_quantities
from index.fulltext import cjk_share
from index.types import Passage

Completer = Callable[[list[prompts.Message]], str]

CJK_QUESTION = 0.3
"""Share of CJK letters from which a question is taken as Chinese, Japanese or Korean."""
CJK_PASSAGE = 0.2
"""Share from which a passage is: then the question is answered in its own language."""
LOOKED_AT = 5
"""Best passages looked at."""
LONGEST = 400


def translated(
    question: str, passages: Sequence[Passage], complete: Completer | None
) -> str | None:
    """The question in English; None when it need not, or cannot, be translated."""
    if complete is None or cjk_share(question) < CJK_QUESTION:
        return None
    if any(cjk_share(passage.text) >= CJK_PASSAGE for passage in passages[:LOOKED_AT]):
        return None
    english = " ".join(complete(prompts.translate_messages(question)).split())
    if not english or len(english) > LONGEST or cjk_share(english) > 0:
        return None
    lost = missing_names(f"about {question}", english) + missing_quantities(question, english)
    return None if lost else english
