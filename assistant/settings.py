"""Every setting, its ``REFDESK_`` variable and its default.

The environment is read once, at the entry point (``Settings()``); everything below takes
plain arguments.
"""

from __future__ import annotations

import re
from pathlib import Path

import platformdirs
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_MODEL = "qwen2.5-coder-1.5b"
DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"
OCR_MISTAKE = "give auto, off, or Tesseract's names of languages, such as eng+chi_sim"


class Settings(BaseSettings):
    """Settings of one desk. Each field ``x`` may be set by the variable ``REFDESK_X``."""

    model_config = SettingsConfigDict(env_prefix="REFDESK_", extra="ignore")

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("refdesk"),
        description="Folder of the index and its record.",
    )
    weights: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("refdesk") / "weights",
        description="Folder of downloaded model files, shared by all homes.",
    )
    model: str = Field(
        DEFAULT_MODEL,
        description="Name in weights.toml, or path of a .gguf file; with base_url the server's "
        "name of the model.",
    )
    embedder: str = Field(DEFAULT_EMBEDDER, description="Name of the embedder in weights.toml.")
    base_url: str | None = Field(
        None, description="OpenAI-compatible server to use instead of the embedded engine."
    )
    api_key: str | None = Field(None, description="Key for base_url, if it needs one.")
    curated: bool = Field(True, description="Index the curated corpus that ships with refdesk.")
    allow_hosts: str = Field(
        "",
        description="Hosts, parted by commas, that web pages may be fetched from although their "
        "addresses are private.",
    )
    page_megabytes: int = Field(
        25, ge=1, le=100, description="Largest web page or file that is fetched."
    )
    hub_endpoint: str | None = Field(
        None,
        description="Address of the Hugging Face Hub for sources like hub:author/model; None: "
        "HF_ENDPOINT, or https://huggingface.co.",
    )
    keep_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="Days that old versions of documents are kept for their citations.",
    )
    ocr: str = Field(
        "auto",
        description="Read scanned pages and pictures where Tesseract is installed; off, or "
        "Tesseract's names of languages, such as eng+chi_sim.",
    )
    watch: bool = Field(
        True, description="Let a served desk refresh by itself when files of its sources change."
    )
    pages_every_hours: float = Field(
        6,
        ge=0,
        description="Hours between two looks at web pages while a desk is served or watches; "
        "0: only when a refresh is asked for.",
    )
    threads: int | None = Field(None, ge=1, description="CPU threads; None: all available.")
    # Packed evidence held the answer string of SQuAD 2 questions (development sample of 294
    # whose passage was found) at 150, 250, 300, 350, 450 tokens: .905, .963, .969, .973, .976.
    evidence_tokens: int = Field(320, ge=50, le=4000, description="Budget for packed evidence.")
    answer_tokens: int = Field(160, ge=16, le=4000, description="Longest draft, in tokens.")
    thinking_tokens: int = Field(
        2000, ge=0, description="More tokens a reasoning model may spend before its answer."
    )
    # Chosen on halves of SQuAD 2 and CLAP-NQ; figures in docs/experiments/abstention.md.
    strictness: float = Field(
        0.4,
        ge=0,
        le=1,
        description="Least probability that the sources answer the question; below it the answer "
        "is refused. 0 never asks, and saves some seconds a question.",
    )
    reranker: Path | None = Field(
        None, description="Folder of a cross-encoder that looks at the first ten passages again."
    )
    entailment: Path | None = Field(
        None, description="Folder of a cross-encoder for NLI that judges each sentence last."
    )
    context_tokens: int = Field(4096, ge=1024, description="Context of the embedded engine.")
    serve_key: str | None = Field(
        None,
        min_length=1,
        description="Key that programs must send to the served desk; the page needs none.",
    )
    tools_refresh: bool = Field(
        False, description="Let MCP clients, whose calls a model decides on, refresh the corpus."
    )
    connect_timeout: float = Field(5.0, gt=0, description="Seconds to reach base_url.")
    read_timeout: float = Field(120.0, gt=0, description="Seconds without a token from the LLM.")

    @field_validator("ocr")
    @classmethod
    def _ocr(cls, given: str) -> str:
        if not re.fullmatch(r"[A-Za-z_]+(\+[A-Za-z_]+)*", given):
            raise PydanticCustomError("ocr", OCR_MISTAKE)
        return given
