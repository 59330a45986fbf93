"""What a resolver gives, made fit for a GraphQL answer, or told as an error in its place.

The specification's sections "Value Completion" and "Handling Execution Errors"
(https://spec.graphql.org/October2021/#sec-Value-Completion).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import FieldNode, GraphQLError, GraphQLLeafType, GraphQLNonNull, located_error
from graphql.execution import VariableValues

Place = tuple["Place", Any] | None
"""What is around a value in the answer, and its name or number there; None is the whole answer."""

Nodes = Sequence[FieldNode]
"""Where a query asks for one and the same field; their selections are taken together."""


class _Never:
    """What no value is."""


_AS_IT_IS: Final[Mapping[str, type]] = {"String": str, "ID": str, "Boolean": bool}
"""Types whose values are most often what the answer holds."""


@dataclass(slots=True, eq=False)
class Info:
    """What a resolver gets besides the value: who asks, and the name of the field it is asked for.

    One for all of an execution, which also holds what went wrong in it so far; the arguments of
    fields in whose arguments variables stand are shared with others of the same variables.
    """

    context: Any
    variables: VariableValues
    field_name: str = ""
    errors: list[GraphQLError] = field(default_factory=list)
    given: dict[Any, dict[str, Any]] = field(default_factory=dict)


Complete = Callable[[Any, Info, Place], Any]


def list_of(kind: Any, complete: Complete, nodes: Nodes) -> Complete:
    """Return what makes a list of values that this makes fit; ``kind`` is each one's type."""

    def items(value: Any, run: Info, at: Place) -> list[Any] | None:
        return None if value is None else [item(one, run, (at, n)) for n, one in enumerate(value)]

    def item(value: Any, run: Info, at: Place) -> Any:
        try:
            if not isinstance(value, Exception):
                return complete(value, run, at)
        except Exception as error:  # noqa: BLE001  it is told in its place
            value = error
        return refused(value, kind, nodes, run, at)

    return items


def required(complete: Complete) -> Complete:
    """Return what makes a value fit that must be one."""

    def something(value: Any, run: Info, at: Place) -> Any:
        found = complete(value, run, at)
        if found is None:
            raise TypeError(f"nothing stands where something must: {_way(at)}")
        return found

    return something


def leaf(kind: GraphQLLeafType, *, required: bool = False) -> Complete:
    """Return what makes a text, a number and the like fit: None alone becomes nothing.

    ``required``: nor may None.
    """
    coerce, plain = kind.coerce_output_value, _AS_IT_IS.get(kind.name, _Never)

    def one(value: Any, _: Info, at: Place) -> Any:
        if value.__class__ is plain or (value is None and not required):
            return value
        found = coerce(value) if value is not None else None
        if found is None:
            raise TypeError(f"nothing stands where something must: {_way(at)}")
        return found

    return one


def _way(at: Place) -> list[str | int]:
    """Return the names and numbers that lead to a place."""
    steps = []
    while at is not None:
        at, step = at
        steps.append(step)
    return steps[::-1]


def refused(error: Exception, kind: Any, nodes: Nodes, run: Info, at: Place) -> None:
    """Put null in place of what went wrong, or, where null cannot stand, let it go on outwards."""
    located = located_error(error, nodes, _way(at))
    if isinstance(kind, GraphQLNonNull):
        raise located
    run.errors.append(located)
