"""The pages of one file that are pictures of text: read some at a time, within bounds.

A page that cannot be read is told and does not keep the others from being read. Knows nothing of
where the pictures come from.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from corpus.errors import ScanError
from corpus.parse.ocr import PAGE_SECONDS, Ocr, Picture, read_picture
from corpus.parse.pdf_words import PageContent
from corpus.types import Scans

MAX_SCANS = 500  # at 2 to 6 s each
FILE_SECONDS = 1200.0
MAX_PIXELS = 12_000_000  # A4 at 200 dpi has 3.9 million
# Half of the cores: an open desk answers meanwhile.
WORKERS = max(1, min(4, (os.cpu_count() or 1) // 2))


def read_scans(
    numbers: Sequence[int], draw: Callable[[int], Picture], ocr: Ocr
) -> tuple[dict[int, PageContent], Scans]:
    """The pages called ``numbers``, each drawn when its turn comes, and what became of them."""
    if not ocr.languages:
        return {}, Scans(unread=tuple(numbers), why=ocr.why)
    deadline = time.monotonic() + FILE_SECONDS

    def read(number: int) -> PageContent | ScanError:
        left = min(PAGE_SECONDS, deadline - time.monotonic())
        if left <= 0:
            return ScanError(f"the file took over {FILE_SECONDS / 60:.0f} minutes; split it")
        try:
            return read_picture(draw(number), ocr, left)
        except ScanError as error:
            return error

    with ThreadPoolExecutor(WORKERS, "refdesk-ocr") as pool:
        results = list(zip(numbers, pool.map(read, numbers[:MAX_SCANS]), strict=False))
    contents = {number: one for number, one in results if isinstance(one, PageContent)}
    problems = [str(one) for _, one in results if isinstance(one, ScanError)]
    if len(numbers) > MAX_SCANS:
        problems.append(f"no more than {MAX_SCANS} are read of a file; split it")
    unread = tuple(number for number in numbers if number not in contents)
    return contents, Scans(tuple(contents), unread, problems[0] if problems else "")
