"""The language of a text is told where it is sure, also of one sentence, and else left open."""

from __future__ import annotations

import pytest

from corpus.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The desk is open until nine. It answers questions about models.", "en"),
        ("Die Lizenz erlaubt die Nutzung der Modelle in allen Ländern.", "de"),
        ("Le modèle est publié sous licence libre et peut être utilisé par tous.", "fr"),
        ("Привет, это текст о моделях и лицензиях.", "ru"),
        ("本文介绍 DeepSeek 的大语言模型及其 MIT 许可证。", "zh"),
        ("このモデルは誰でも自由に使うことができます。", "ja"),
        ("이 모델은 누구나 자유롭게 사용할 수 있습니다.", "ko"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,234.5 | 88.2 | 91.0",
        "Short text.",
        "模型 model",
        "GPT-4 MMLU 88.5 GSM8K 92.3 HumanEval 73.2 MATH 61.6 Qwen2.5 DeepSeek-R1 Llama Mistral",
        "Ines Duarte, Karl Müller, Zhang Wei, Sven Olsson, José García, Marie Dupont, Ahmed Hassan",
        "https://example.org/a/b https://example.com/index.html www.example.net mail@example.org",
        "Das Modell ist gut. Le modèle est bon. El modelo es bueno. Il modello è buono.",
    ],
)
def test_names_numbers_and_mixtures_have_none(text: str) -> None:
    assert detect_language(text) is None
