"""Exact answers over model metadata: a typed query, run with bound parameters.

``Query`` says what is asked, ``run`` answers it from the record, ``describe`` says it in
plain words. Knows nothing of natural language (``assistant.catalogue``) or of documents.
"""

from index.catalogue.fields import FIELDS, Field, Kind, field_of
from index.catalogue.query import Condition, Query, Sort, parse_query
from index.catalogue.run import Result, Row, run
from index.catalogue.words import describe

__all__ = [
    "FIELDS",
    "Condition",
    "Field",
    "Kind",
    "Query",
    "Result",
    "Row",
    "Sort",
    "describe",
    "field_of",
    "parse_query",
    "run",
]
