"""The open-weight families of the founding article, as tiny models: tokens, template, manner.

Templates are ours, in the form that each family's own template has: the same special tokens
in the same places. ``says`` is what the family writes after its generation prompt.
"""

from __future__ import annotations

from dataclasses import replace

from tests.tiny_gguf import Family

THOUGHT = ("Paris", " or", " Lyon?", " It", " is", " the", " first.\n")
ANSWER = ("The", " capital", " of France", " is Paris.")
THINKING_TEXT = "".join(THOUGHT).strip()
ANSWER_TEXT = "".join(ANSWER)
_TAGGED = ("<think>", "\n" + THOUGHT[0], *THOUGHT[1:], "</think>", "\n\n")

_CHATML = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}"
)
_REASONING_CHATML = _CHATML.replace(
    "message.content +", "message.content.split('</think>')[-1].lstrip('\\n') +"
)
_CHATML_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>")

PLAIN = Family(
    "Qwen2.5",
    "qwen2",
    _CHATML + "{%- endif %}",
    says=ANSWER,
    special=_CHATML_TOKENS[:3],
    begin="<|endoftext|>",
    end="<|im_end|>",
    pre="qwen2",
)
QWQ = replace(
    PLAIN,
    name="QwQ-32B",
    template=_REASONING_CHATML + "{{- '<think>\\n' }}{%- endif %}",
    says=(*THOUGHT, "</think>", "\n\n", *ANSWER),
    special=_CHATML_TOKENS,
)
QWEN3 = replace(
    QWQ,
    name="Qwen3",
    architecture="qwen3",
    template=_REASONING_CHATML
    + "{%- if enable_thinking is defined and enable_thinking is false %}"
    + "{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}",
    says=(*_TAGGED, *ANSWER),
)
DEEPSEEK_R1 = Family(
    "DeepSeek-R1-Distill",
    "qwen2",
    "{{- bos_token }}"
    "{%- for message in messages %}"
    "{%- if message.role == 'system' %}{{- message.content }}"
    "{%- elif message.role == 'user' %}{{- '<｜User｜>' + message.content }}"
    "{%- else %}{{- '<｜Assistant｜>' + message.content.split('</think>')[-1]"
    " + '<｜end▁of▁sentence｜>' }}{%- endif %}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<｜Assistant｜><think>\\n' }}{%- endif %}",
    says=(*THOUGHT, "</think>", "\n\n", *ANSWER),
    special=(
        "<｜begin▁of▁sentence｜>",
        "<｜end▁of▁sentence｜>",
        "<｜User｜>",
        "<｜Assistant｜>",
        "<think>",
        "</think>",
    ),
    begin="<｜begin▁of▁sentence｜>",
    end="<｜end▁of▁sentence｜>",
    pre="deepseek-r1-qwen",
)
ERNIE = Family(
    "ERNIE 4.5",
    "ernie4_5",
    "{{- '<|begin_of_sentence|>' }}"
    "{%- for message in messages %}"
    "{%- if message.role == 'system' %}{{- message.content + '\\n' }}"
    "{%- elif message.role == 'user' %}{{- 'User: ' + message.content + '\\n' }}"
    "{%- else %}{{- 'Assistant: ' + message.content + '<|end_of_sentence|>' }}{%- endif %}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- 'Assistant: ' }}{%- endif %}",
    says=ANSWER,
    special=("<|begin_of_sentence|>", "<|end_of_sentence|>"),
    begin="<|begin_of_sentence|>",
    end="<|end_of_sentence|>",
    sentencepiece=True,
)
HUNYUAN = Family(
    "Hunyuan",
    "hunyuan-dense",
    "{%- for message in messages %}"
    "{%- if message.role == 'system' %}"
    "{{- '<｜hy_begin▁of▁sentence｜>' + message.content + '<｜hy_place▁holder▁no▁3｜>' }}"
    "{%- elif message.role == 'user' %}{{- '<｜hy_User｜>' + message.content }}"
    "{%- else %}{{- '<｜hy_Assistant｜>' + message.content + '<｜hy_place▁holder▁no▁2｜>' }}"
    "{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<｜hy_Assistant｜>' }}"
    "{%- if enable_thinking is defined and not enable_thinking %}"
    "{{- '<think>\\n\\n</think>\\n' }}{%- endif %}{%- endif %}",
    says=(*_TAGGED, "<answer>", "\n" + ANSWER[0], *ANSWER[1:], "\n</answer>"),
    special=(
        "<｜hy_begin▁of▁sentence｜>",
        "<｜hy_place▁holder▁no▁2｜>",
        "<｜hy_place▁holder▁no▁3｜>",
        "<｜hy_User｜>",
        "<｜hy_Assistant｜>",
        "<think>",
        "</think>",
    ),
    begin="<｜hy_begin▁of▁sentence｜>",
    end="<｜hy_place▁holder▁no▁2｜>",
    pre="hunyuan-dense",
)
GEMMA3 = Family(
    "Gemma 3",
    "gemma3",
    "{{- bos_token }}"
    "{%- set first = '' %}{%- set rest = messages %}"
    "{%- if messages[0].role == 'system' %}"
    "{%- set first = messages[0].content + '\\n\\n' %}{%- set rest = messages[1:] %}{%- endif %}"
    "{%- for message in rest %}"
    "{%- set role = 'model' if message.role == 'assistant' else message.role %}"
    "{{- '<start_of_turn>' + role + '\\n' + (first if loop.first else '')"
    " + message.content + '<end_of_turn>\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<start_of_turn>model\\n' }}{%- endif %}",
    says=ANSWER,
    special=("<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>"),
    begin="<bos>",
    end="<end_of_turn>",
    sentencepiece=True,
)
GPT_OSS = Family(
    "gpt-oss",
    "gpt-oss",
    "{{- '<|start|>system<|message|>Reasoning: low\\n\\n# Valid channels: analysis, commentary,"
    " final.<|end|>' }}"
    "{%- for message in messages %}"
    "{%- if message.role == 'system' %}"
    "{{- '<|start|>developer<|message|># Instructions\\n\\n' + message.content + '<|end|>' }}"
    "{%- elif message.role == 'user' %}"
    "{{- '<|start|>user<|message|>' + message.content + '<|end|>' }}"
    "{%- else %}"
    "{{- '<|start|>assistant<|channel|>final<|message|>' + message.content + '<|end|>' }}"
    "{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start|>assistant' }}{%- endif %}",
    says=(
        *("<|channel|>", "analysis", "<|message|>", *THOUGHT, "<|end|>"),
        *("<|start|>assistant<|channel|>final<|message|>", *ANSWER),
    ),
    special=(
        "<|startoftext|>",
        "<|return|>",
        "<|start|>",
        "<|end|>",
        "<|channel|>",
        "<|message|>",
        "<|call|>",
    ),
    begin="<|startoftext|>",
    end="<|return|>",
    pre="gpt-4o",
)
ENDLESS = replace(PLAIN, name="endless", endless=True)

REASONING = (QWQ, QWEN3, DEEPSEEK_R1, HUNYUAN, GPT_OSS)
FAMILIES = (PLAIN, *REASONING, ERNIE, GEMMA3)
