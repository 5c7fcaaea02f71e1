"""Model files: which are known, whether they are here, and how they get here.

    known / find / listing   what weights.toml declares             (known.py, listing.py)
    path_of / is_here        what the weights folder holds          (stored.py)
    ensure                   fetch what is missing, checked by hash (fetch.py)

Knows nothing of what a model file is used for.
"""

from index.weights.fetch import ensure, ensure_entry
from index.weights.known import Mirror, ModelEntry, WeightFile, find, known
from index.weights.listing import WeightsRow, listing
from index.weights.progress import FetchProgress, OnProgress, terminal_progress
from index.weights.stored import is_here, path_of

__all__ = [
    "FetchProgress",
    "Mirror",
    "ModelEntry",
    "OnProgress",
    "WeightFile",
    "WeightsRow",
    "ensure",
    "ensure_entry",
    "find",
    "is_here",
    "known",
    "listing",
    "path_of",
    "terminal_progress",
]
