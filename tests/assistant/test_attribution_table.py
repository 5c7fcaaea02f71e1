"""True and false sentences over a few passages: what each gate lets through and what not."""

import pytest

from assistant.attribution import check
from index.types import Passage
from tests.assistant.passages import passage

TRAINING = passage(
    "Corvid-4B was trained for 80 hours on 512 accelerators with 80 GB of memory each. The run "
    "read 11 trillion tokens. Training cost $5.6 million, and 65% of the tokens were English. "
    "The corpus holds 119 languages. The context window is 32,768 tokens.",
    id="training",
    title="Corvid 12B and Corvid 4B",
)
SIZES = passage(
    "The 4B model has 36 layers and 8 attention heads. It was trained on 4 trillion tokens.",
    id="sizes",
    title="Heron 12B technical report",
)
RACE = passage(
    "Corvid-4B is faster than Heron-12B. Heron-12B outperforms Corvid-4B on MATH. Northlake "
    "acquired Southbank in 2021. Lantern-7B was distilled from Beacon-70B.",
    id="race",
    title="Models compared",
)
TREND = passage(
    "Prices of rented accelerators fell by 30% in 2024. Exports rose to 12,000 units. The first "
    "version appeared before the patent was filed. The lab hired at least 40 engineers and spent "
    "up to 90 million euros. Fewer than 15 people work on safety.",
    id="trend",
    title="A year in chips",
)
LICENCE = passage(
    "The Heron licence prohibits military use. Commercial use is allowed without a fee. The "
    "weights are not available for download in Norway. Some of the training data is public. The "
    "minister Ada Lund told schools to stop using Heron on 6 March 2025.",
    id="licence",
    title="Heron licence",
)
PAIR = passage(
    "Corvid-4B has a context of 32K tokens, while Heron-12B has a context of 128K tokens. "
    "Alba scored 71.3 points and Brema scored 64.9 points.",
    id="pair",
    title="Two models",
)
TINY = passage(
    "SmallTalk3 was pretrained on 11T tokens. SmallTalk3-3B runs on a phone.",
    id="tiny",
    title="SmallTalk3-3B",
)
HOURS = passage(
    "Wren-3 needed 2.788M H800 GPU hours for its full training.", id="hours", title="Wren-3"
)
SHELF = [TRAINING, SIZES, RACE, TREND, LICENCE, PAIR, TINY, HOURS]

TRUE = [
    # units, scale, rounding
    "Corvid-4B was trained for 80 hours.",
    "Wren-3 needed 2.79 million H800 GPU hours for its training.",
    "Each accelerator has 80 GB of memory.",
    "Corvid-4B was trained on 512 accelerators.",
    "Corvid-4B was trained for eighty hours on 512 accelerators.",
    "The training run read 11 trillion tokens.",
    "The training run read 11T tokens.",
    "Training of Corvid-4B cost 5.6 million dollars.",
    "65 percent of the tokens were English.",
    "The corpus of Corvid-4B holds 119 languages.",
    "The context window is 32K tokens.",
    "Heron's 4B model has 36 layers.",
    "The 4B model was trained on 4 trillion tokens.",
    # comparison and roles
    "Corvid-4B is faster than Heron-12B.",
    "Heron-12B is slower than Corvid-4B.",
    "Heron-12B outperforms Corvid-4B on MATH.",
    "Corvid-4B is outperformed by Heron-12B on MATH.",
    "Northlake acquired Southbank.",
    "Southbank was acquired by Northlake in 2021.",
    "Lantern-7B was distilled from Beacon-70B.",
    # direction, order, bounds
    "Prices of rented accelerators fell by 30% in 2024.",
    "Prices of rented accelerators dropped by 30 percent in 2024.",
    "Exports rose to 12,000 units.",
    "Exports grew to 12 thousand units.",
    "The first version appeared before the patent was filed.",
    "The lab hired at least 40 engineers.",
    "The lab spent up to 90 million euros.",
    "Fewer than 15 people work on safety.",
    # negation
    "The Heron licence prohibits military use.",
    "The Heron licence does not allow military use.",
    "The weights are not available for download in Norway.",
    "Commercial use is allowed without a fee.",
    "Some of the training data is public.",
    # dates and names
    "The minister Ada Lund told schools to stop using Heron on March 6, 2025.",
    "Ada Lund told schools to stop using Heron in March 2025.",
    # two things in one sentence
    "Heron-12B has a context of 128K tokens.",
    "Corvid-4B has a context of 32K tokens.",
    "Alba scored 71.3 points.",
    "Brema scored 64.9 points.",
    "Corvid-4B has a context of 32K tokens and Heron-12B has 128K tokens.",
    "SmallTalk3 was pretrained on 11 trillion tokens.",
    "SmallTalk3 has 3 billion parameters and runs on a phone.",
]
FALSE = [
    # units: the number is there, of something else
    "Corvid-4B was trained with 80 GB of tokens for 80 languages.",
    "Corvid-4B was trained for 512 hours.",
    "Wren-3 needed 2.79 million H800 GPUs for its training.",
    "Corvid-4B was trained on 80 accelerators.",
    "Training of Corvid-4B cost 65 million dollars.",
    "Training of Corvid-4B cost 5.6% of the tokens.",
    "The corpus of Corvid-4B holds 119 tokens.",
    "The corpus of Corvid-4B holds 65 languages.",
    "65 of the tokens were English words.",
    "Training of Corvid-4B cost 5.6 million euros.",
    "Exports rose to 12,000%.",
    "Prices of rented accelerators fell by 30 dollars in 2024.",
    "SmallTalk3 was pretrained on 3 billion tokens.",
    "SmallTalk3 was pretrained on 3B tokens.",
    "The 4B model has 8 layers.",
    "The 4B model has 36 attention heads.",
    # scale and rounding
    "The training run read 11 billion tokens.",
    "Training of Corvid-4B cost $5.6 billion.",
    "Training of Corvid-4B cost $6.1 million.",
    "Exports rose to 12 million units.",
    "The context window is 32 million tokens.",
    # a size of the title
    "The model has 12 billion parameters and 36 layers.",
    "Heron 12B was trained on 4 trillion tokens and has 12 billion parameters.",
    # comparison and roles
    "Heron-12B is faster than Corvid-4B.",
    "Corvid-4B is slower than Heron-12B.",
    "Corvid-4B outperforms Heron-12B on MATH.",
    "Heron-12B is outperformed by Corvid-4B on MATH.",
    "Southbank acquired Northlake in 2021.",
    "Northlake was acquired by Southbank in 2021.",
    "Beacon-70B was distilled from Lantern-7B.",
    # direction, order, bounds
    "Prices of rented accelerators rose by 30% in 2024.",
    "Exports fell to 12,000 units.",
    "Exports declined to 12,000 units.",
    "The last version appeared before the patent was filed.",
    "The first version appeared after the patent was filed.",
    "The lab hired at most 40 engineers.",
    "The lab hired fewer than 40 engineers.",
    "The lab spent at least 90 million euros.",
    "More than 15 people work on safety.",
    # negation and strength
    "The Heron licence allows military use.",
    "The Heron licence does not prohibit military use.",
    "The weights are available for download in Norway.",
    "Commercial use is not allowed without a fee.",
    "Commercial use is prohibited without a fee.",
    "All of the training data is public.",
    # dates and names
    "The minister Ada Lund told schools to stop using Heron on 7 March 2025.",
    "The minister Ada Lund told schools to stop using Heron on 6 May 2025.",
    "The minister Ada Lund told schools to stop using Heron on 6 March 2024.",
    "The minister Eva Holm told schools to stop using Heron on 6 March 2025.",
    # the number belongs to the other one
    "Corvid-4B has a context of 128K tokens.",
    "Heron-12B has a context of 32K tokens.",
    "Alba scored 64.9 points.",
    "Brema scored 71.3 points.",
]


BEYOND = ["Each accelerator has 80 hours of memory."]
"""False, and beyond gates that read words: the quote has 80 hours and has memory."""


@pytest.mark.parametrize("sentence", TRUE)
def test_a_true_sentence_is_supported(sentence: str) -> None:
    support = check(sentence, SHELF)
    assert support.supported, [gate for gate in support.gates if not gate.passed]
    assert all(quote.text in quote.passage.text for quote in support.quotes)


@pytest.mark.parametrize("sentence", FALSE)
def test_a_false_sentence_is_not_supported(sentence: str) -> None:
    support = check(sentence, SHELF)
    assert not support.supported, [quote.text for quote in support.quotes]


@pytest.mark.xfail(strict=True, reason="needs a reading of the whole sentence")
@pytest.mark.parametrize("sentence", BEYOND)
def test_a_false_sentence_made_of_true_pieces_is_not_supported(sentence: str) -> None:
    assert not check(sentence, SHELF).supported


def test_a_number_of_another_unit_names_the_gate_that_stopped_it() -> None:
    failed = _failed("Corvid-4B was trained for 512 hours on accelerators.", TRAINING)
    assert failed == {"units": ("512",)}


def _failed(sentence: str, source: Passage) -> dict[str, tuple[str, ...]]:
    return {g.name: g.missing for g in check(sentence, [source]).gates if not g.passed}
