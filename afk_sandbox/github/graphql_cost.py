"""What a GraphQL query costs: GitHub's published formula, and its bound on nodes.

Every connection is asked for once per node around it; the sum of these requests, divided by 100
and rounded, is the cost in points, at least 1. Nodes: the sizes of all pages, multiplied the same
way, 500,000 at most.
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from graphql.language import InlineFragmentNode, ValueNode

MOST_NODES: Final = 500_000
_PER_POINT: Final = 100
_SIZES: Final = ("first", "last")


Counted = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """How many connections are asked for, and how many nodes they can have."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """Return what it costs of the hourly quota."""
        return max(round(self.requests / _PER_POINT), 1)

    def __add__(self, other: "Cost") -> "Cost":
        """Return both together."""
        return Cost(self.requests + other.requests, self.nodes + other.nodes)


def counted(variables: Mapping[str, Any]) -> Counted:
    """Return what of a query's variables decides on its cost: numbers, and how long lists are."""
    return tuple(
        (name, len(value) if isinstance(value, list) else value)
        for name, value in variables.items()
        if isinstance(value, int | list)
    )


def cost(document: DocumentNode, variables: Mapping[str, Any]) -> Cost:
    """Return the cost of a valid document's one operation."""
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    walk = _Walk(fragments, dict(counted(variables)))
    total = Cost()
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode):
            total += walk.inside(one.selection_set, 1)
    return total


@dataclass(frozen=True, slots=True)
class _Walk:
    fragments: Mapping[str, FragmentDefinitionNode]
    given: Mapping[str, int]

    def inside(self, selected: SelectionSetNode | None, times: int) -> Cost:
        total = Cost()
        for one in selected.selections if selected else ():
            if isinstance(one, FieldNode):
                total += self._field(one, times)
            elif isinstance(one, FragmentSpreadNode):
                total += self.inside(self.fragments[one.name.value].selection_set, times)
            elif isinstance(one, InlineFragmentNode):
                total += self.inside(one.selection_set, times)
        return total

    def _field(self, field: FieldNode, times: int) -> Cost:
        given = {one.name.value: one.value for one in field.arguments or ()}
        sizes = [self._number(given[name]) for name in _SIZES if name in given]
        if sizes:
            size = max(sizes)
            return Cost(times, times * size) + self.inside(field.selection_set, times * size)
        if field.name.value == "nodes" and "ids" in given:
            times *= self._length(given["ids"])
        return self.inside(field.selection_set, times)

    def _number(self, value: ValueNode) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        found = self.given.get(value.name.value) if isinstance(value, VariableNode) else None
        return found or 0

    def _length(self, value: ValueNode) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        found = self.given.get(value.name.value) if isinstance(value, VariableNode) else None
        return 1 if found is None else found
