"""Two refreshes told as one: what a person missed who looked away during the first.

Knows nothing of what a refresh does.
"""

from __future__ import annotations

from dataclasses import replace

from index.types import RefreshReport


def merged(first: RefreshReport, then: RefreshReport) -> RefreshReport:
    """What happened from the beginning of ``first`` to the end of ``then``.

    A document that came and went is not told; failures are those that are left.
    """
    came, changed, gone = set(first.added), set(first.changed), set(first.removed)
    moved = {new: old for old, new in first.renamed}
    for old, new in then.renamed:
        if old in came:
            came = came - {old} | {new}
        else:
            moved[new] = moved.pop(old, old)
    for document in then.removed:
        if document not in came:
            gone.add(moved.pop(document, document))
        came.discard(document)
        changed.discard(document)
    came |= set(then.added) - gone
    changed |= (gone & set(then.added)) | {i for i in then.changed if i not in came}
    told = came | changed | moved.keys()
    return replace(
        then,
        added=tuple(sorted(came)),
        changed=tuple(sorted(changed)),
        renamed=tuple(sorted((old, new) for new, old in moved.items())),
        removed=tuple(sorted(gone - changed)),
        unchanged=max(0, then.unchanged - len(told - set(then.added) - set(then.changed))),
        repaired=tuple(sorted({*first.repaired, *then.repaired})),
        chunks=first.chunks + then.chunks,
        embedded=first.embedded + then.embedded,
        seconds=first.seconds + then.seconds,
        embedding_seconds=first.embedding_seconds + then.embedding_seconds,
    )
