"""A copy of the declared sources beside the record: what a person typed must survive its loss.

Documents can be read again from the sources; the sources can be had from nowhere else. Knows
nothing of what a source holds.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError

from index.home import Home
from index.types import Source

log = logging.getLogger(__name__)

MOST_BYTES = 16 * 2**20


def keep(home: Home, sources: Sequence[Source]) -> None:
    """Write the copy, in one step, if it differs; a copy that cannot be written is logged."""
    target = home.sources_copy
    text = json.dumps([asdict(source) for source in sources], ensure_ascii=False, indent=1)
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    try:
        if target.exists() and target.read_text(encoding="utf-8") == text:
            return
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    except (OSError, ValueError) as error:
        draft.unlink(missing_ok=True)
        log.warning("%s cannot be written (%s)", target, error)


def kept(home: Home) -> list[Source]:
    """The sources in the copy; none if there is no copy, or it is damaged too."""
    try:
        with home.sources_copy.open("rb") as file:
            return TypeAdapter(list[Source]).validate_json(file.read(MOST_BYTES))
    except (OSError, ValidationError):
        return []
