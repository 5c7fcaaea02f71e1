"""refdesk inside LlamaIndex programs: a retriever and a query engine over a desk.

The query engine's response carries the answer's citations as source nodes and the whole
answer (the JSON contract) in ``metadata["answer"]``.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.calls import Desk
from assistant.types import Answer, Citation
from index.types import Passage


class DeskRetriever(BaseRetriever):
    """Passages of a desk as LlamaIndex nodes, best first, with their fused scores."""

    def __init__(self, desk: Desk, limit: int = 10) -> None:
        super().__init__()
        self._desk = desk
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(p) for p in self._desk.search(query_bundle.query_str, self._limit)]


class DeskQueryEngine(BaseQueryEngine):
    """A desk's checked answers as a LlamaIndex query engine."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(callback_manager=None)
        self._desk = desk

    def _query(self, query_bundle: QueryBundle) -> Response:
        return _response(self._desk.ask(query_bundle.query_str))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, object]:  # type: ignore[override]
        return {}


def _node(passage: Passage) -> NodeWithScore:
    info = passage.document
    node = TextNode(
        id_=f"{passage.chunk.document_id}#{passage.chunk.position}",
        text=passage.text,
        start_char_idx=passage.chunk.start,
        end_char_idx=passage.chunk.end,
        metadata={"document_id": info.id, "title": info.title, "page": passage.chunk.page,
                  "url": info.url, "published": info.published},
    )  # fmt: skip
    return NodeWithScore(node=node, score=passage.score)


def _response(answer: Answer) -> Response:
    return Response(
        response=answer.text,
        source_nodes=[_cited(citation) for citation in answer.citations],
        metadata={"answer": answer.to_dict()},
    )


def _cited(citation: Citation) -> NodeWithScore:
    node = TextNode(
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata={k: v for k, v in asdict(citation).items() if k != "quote"},
    )
    return NodeWithScore(node=node, score=None)
