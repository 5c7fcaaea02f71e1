"""Tiny GGUF files that say what they are told: real architectures, no knowledge.

Each file has a family's architecture, its special tokens and a chat template of its form, and
weights built so that the token after t is always the one that follows t in ``says``: the
blocks compute with random weights but add nothing to the residual stream (their output
projections are zero), each piece has an axis of its own as its embedding, and the output row
of a token is the axis of the piece before it. So the real engine's tokenizer, template,
sampler, streaming and reasoning parser run in under a megabyte, with a known output.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np

WIDTH = 128
FEED_FORWARD = 64
HEADS = 4
HEAD_WIDTH = WIDTH // HEADS
BLOCKS = 1
CONTEXT = 4096
EXPERTS = 2

Array = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Family:
    """What makes a tiny model one of its family.

    ``says`` are the pieces of its output, each a token of its own; a piece that is among
    ``special`` is that special token. After the last piece it ends (``end``), or starts over
    when ``endless``. ``template`` is Jinja.
    """

    name: str
    architecture: str
    template: str
    says: tuple[str, ...]
    special: tuple[str, ...]
    begin: str
    end: str
    pre: str = "default"
    sentencepiece: bool = False
    endless: bool = False


def write_model(family: Family, path: Path) -> Path:
    """Write ``family`` as a GGUF file and return its path."""
    tokens, types = _vocabulary(family)
    writer = gguf.GGUFWriter(path, family.architecture)
    _write_parameters(writer, family, len(tokens))
    _write_tokenizer(writer, family, tokens, types)
    for name, tensor in _tensors(family, tokens).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary(family: Family) -> tuple[list[str], list[int]]:
    """Tokens and their types: every byte, the special tokens, then the pieces it says."""
    kind = gguf.TokenType
    if family.sentencepiece:
        tokens = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁"]
        types = [kind.UNKNOWN, *[kind.BYTE] * 256, kind.NORMAL]
    else:
        letters = _byte_letters()
        tokens, types = [letters[byte] for byte in range(256)], [kind.NORMAL] * 256
        tokens.append(letters[ord("t")] + letters[ord("h")])  # a vocabulary needs one merge
        types.append(kind.NORMAL)
    tokens += family.special
    types += [kind.CONTROL if _is_control(s) else kind.USER_DEFINED for s in family.special]
    pieces = [_spelled(family, piece) for piece in family.says if piece not in family.special]
    assert len({*tokens, *pieces}) == len(tokens) + len(pieces), "pieces must be unique"
    return tokens + pieces, [int(t) for t in [*types, *[kind.NORMAL] * len(pieces)]]


def _is_control(token: str) -> bool:
    return token not in ("<think>", "</think>")


def _tensors(family: Family, tokens: list[str]) -> dict[str, Array]:
    """All weights. Piece i of the script is axis i + 1; every other token is axis 0."""
    random = np.random.default_rng(7)
    ids = {token: number for number, token in enumerate(tokens)}
    script = [ids[p if p in family.special else _spelled(family, p)] for p in family.says]
    embeddings = np.zeros((len(tokens), WIDTH), np.float32)
    embeddings[:, 0] = 1.0
    embeddings[script, 0] = 0.0
    output = np.zeros((len(tokens), WIDTH), np.float32)
    output[script[0], 0] = 1.0
    followers = [*script[1:], script[0] if family.endless else ids[family.end]]
    for axis, (token, follower) in enumerate(zip(script, followers, strict=True), start=1):
        embeddings[token, axis] = 1.0
        output[follower, axis] = 1.0
    tensors = {
        "token_embd.weight": embeddings,
        "output_norm.weight": np.ones(WIDTH, np.float32),
        "output.weight": output,
    }
    for block in range(BLOCKS):
        for name, tensor in _block(family, random).items():
            tensors[f"blk.{block}.{name}"] = tensor
    return tensors


def _block(family: Family, random: np.random.Generator) -> dict[str, Array]:
    """One transformer block that computes in full and adds zero."""

    def rand(*shape: int) -> Array:
        return (0.1 * random.standard_normal(shape)).astype(np.float32)

    def zero(*shape: int) -> Array:
        return np.zeros(shape, np.float32)

    ones = np.ones(WIDTH, np.float32)
    head_ones = np.ones(HEAD_WIDTH, np.float32)
    block = {f"attn_{part}.weight": rand(WIDTH, WIDTH) for part in "qkv"}
    block |= {"attn_output.weight": zero(WIDTH, WIDTH), "attn_norm.weight": ones}
    if family.architecture == "gpt-oss":
        return block | _mixture_of_experts(rand, zero, ones)
    block |= {
        "ffn_norm.weight": ones,
        "ffn_gate.weight": rand(FEED_FORWARD, WIDTH),
        "ffn_up.weight": rand(FEED_FORWARD, WIDTH),
        "ffn_down.weight": zero(WIDTH, FEED_FORWARD),
    }
    if family.architecture == "qwen2":
        block |= {f"attn_{part}.bias": rand(WIDTH) for part in "qkv"}
    if family.architecture in ("qwen3", "gemma3", "hunyuan-dense"):
        block |= {"attn_q_norm.weight": head_ones, "attn_k_norm.weight": head_ones}
    if family.architecture == "gemma3":
        block |= {"post_attention_norm.weight": ones, "post_ffw_norm.weight": ones}
    return block


def _mixture_of_experts(rand: Any, zero: Any, ones: Array) -> dict[str, Array]:
    """What gpt-oss has where others have a feed-forward layer, and its attention extras."""
    block = {f"attn_{part}.bias": rand(WIDTH) for part in "qkv"}
    block |= {
        "attn_output.bias": zero(WIDTH),
        "attn_sinks.weight": rand(HEADS),
        "post_attention_norm.weight": ones,
        "ffn_gate_inp.weight": rand(EXPERTS, WIDTH),
        "ffn_gate_inp.bias": zero(EXPERTS),
        "ffn_down_exps.weight": zero(EXPERTS, WIDTH, FEED_FORWARD),
        "ffn_down_exps.bias": zero(EXPERTS, WIDTH),
    }
    for part in ("gate", "up"):
        block[f"ffn_{part}_exps.weight"] = rand(EXPERTS, FEED_FORWARD, WIDTH)
        block[f"ffn_{part}_exps.bias"] = zero(EXPERTS, FEED_FORWARD)
    return block


def _write_parameters(writer: gguf.GGUFWriter, family: Family, vocabulary: int) -> None:
    writer.add_name(f"tiny {family.name}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_key_length(HEAD_WIDTH)
    writer.add_value_length(HEAD_WIDTH)
    writer.add_rope_dimension_count(HEAD_WIDTH)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(vocabulary)
    if family.architecture == "gpt-oss":
        writer.add_expert_count(EXPERTS)
        writer.add_expert_used_count(1)
        writer.add_expert_feed_forward_length(FEED_FORWARD)
    if family.architecture in ("gpt-oss", "gemma3"):
        writer.add_sliding_window(CONTEXT)


def _write_tokenizer(
    writer: gguf.GGUFWriter, family: Family, tokens: list[str], types: list[int]
) -> None:
    writer.add_tokenizer_model("llama" if family.sentencepiece else "gpt2")
    writer.add_tokenizer_pre(family.pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    if family.sentencepiece:
        writer.add_token_scores([0.0] * len(tokens))
        writer.add_unk_token_id(0)
        writer.add_add_space_prefix(False)
    else:
        writer.add_token_merges(["t h"])
    writer.add_bos_token_id(tokens.index(family.begin))
    writer.add_eos_token_id(tokens.index(family.end))
    writer.add_add_bos_token(False)
    writer.add_chat_template(family.template)


def _spelled(family: Family, piece: str) -> str:
    """``piece`` as the vocabulary writes it."""
    if family.sentencepiece:
        return piece.replace(" ", "▁")
    letters = _byte_letters()
    return "".join(letters[byte] for byte in piece.encode())


def _byte_letters() -> dict[int, str]:
    """GPT-2's printable letter for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in plain}
    others = [byte for byte in range(256) if byte not in letters]
    return letters | {byte: chr(256 + number) for number, byte in enumerate(others)}
