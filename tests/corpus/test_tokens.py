"""The token estimate against counts of the tokenizer that it stands in for."""

from __future__ import annotations

import pytest

from corpus.tokens import estimate_tokens


# Counted with all-MiniLM-L6-v2's tokenizer, without its two marks.
@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The laboratory released its model with weights that anyone may use commercially.", 13),
        ("DeepSeek-R1 | 90.8 | 92.9 | 84.0 | 92.2 | 83.3 | 71.5 | 30.1 | 82.5 | 87.6 | 92.3", 46),
        ("深度求索发布了开源模型，任何人都可以下载它的权重，并在许可证允许的范围内使用。", 39),
        ("Les poids du modèle sont ouverts à tous, et le rapport décrit l'entraînement.", 27),
        ("python fp8_cast_bf16.py --input-fp8-hf-path /path/to/fp8_weights --output-hf-path", 42),
        ("このモデルは誰でもダウンロードできます。研究にも商用にも利用することができます。", 40),
        (" \n\t", 0),
    ],
)
def test_estimate_is_near_the_real_count(text: str, pieces: int) -> None:
    assert 0.8 * pieces <= estimate_tokens(text) <= 1.3 * pieces
