"""PDFium by turns: its library must not be entered by two threads at a time.

Whoever calls pypdfium2 holds ``PDFIUM`` meanwhile, a page at a time, so that a reader who looks
at a page need not wait for a refresh to read the whole of a long file.
"""

from __future__ import annotations

import threading

PDFIUM = threading.RLock()
