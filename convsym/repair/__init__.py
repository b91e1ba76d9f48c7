"""Repairs of refuted relations: small edits of the syntax tree, tried until the relation is true."""

from __future__ import annotations

from convsym.repair.oracle import Oracle, oracle_from_sides
from convsym.repair.search import Repair, candidates, replacement, search
from convsym.repair.vocabulary import Vocabulary

__all__ = ["Oracle", "Repair", "Vocabulary", "candidates", "oracle_from_sides", "replacement", "search"]
