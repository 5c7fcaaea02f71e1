"""Gradio's page object, mended in one place: a component that is remade keeps its id.

Where an event changes some of its components and skips others, Gradio (6.31) makes each skipped
one anew, with a new id, and files the values that come later under that id as well, beside the old
ones: a page of one hundred questions held a copy of every conversation and source list that it ever
showed, 1.3 MB a question. Knows nothing of what the components are.
"""

from __future__ import annotations

from typing import Any

import gradio as gr


class PageBlocks(gr.Blocks):
    """``gr.Blocks`` whose sessions hold one value for each component, however long they last."""

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """Return what Gradio makes of an event's outputs; a remade output has its old id."""
        output: list[Any] = await super().postprocess_data(block_fn, predictions, state)
        held = state.blocks_config.blocks if state is not None else {}
        for block in block_fn.outputs:
            remade = held.get(block._id)
            if remade is not None and remade is not block:
                remade._id = block._id
        return output
