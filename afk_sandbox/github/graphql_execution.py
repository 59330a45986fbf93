"""Executes a GraphQL query that was found valid, quickly: what it selects is worked out once.

The specification's sections "Executing Selection Sets", "Value Completion" and "Handling Execution
Errors" (https://spec.graphql.org/October2021/#sec-Execution), for what clients of the sandbox send:
no directives, no introspection beyond ``__typename``, nothing asynchronous. graphql-core's own
executor, which does all that, takes most of the time of a simulated tick; a test holds the two to
the same answers. Parsing, validation, coercion and errors are graphql-core's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_variable_values,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution import VariableValues
from graphql.language import InlineFragmentNode, print_ast
from graphql.type import GraphQLField

from afk_sandbox.github.graphql_values import (
    Complete,
    Info,
    Nodes,
    Place,
    leaf,
    list_of,
    refused,
    required,
)

MOST: Final = 64
"""Sets of variables that a plan remembers."""
_TYPENAME: Final = "__typename"

Resolver = Callable[..., Any]
"""Returns a field's value from (value around it, info, **arguments)."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What the types stand for: a resolver by type and field, and the name of a value's type."""

    resolvers: Mapping[str, Mapping[str, Resolver]]
    typename: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Result:
    """What a query came to. ``refused``: its variables do not fit, and it was not executed."""

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError]
    refused: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """A field of an object, once for all objects of the type that are asked for it there.

    ``typename``: the object's, where the field asks for nothing else. ``fixed``: its arguments,
    where no variable stands in them.
    """

    key: str
    name: str
    nodes: Nodes
    definition: GraphQLField
    resolve: Resolver
    complete: Complete
    typename: str
    fixed: dict[str, Any] | None

    def given(self, run: Info) -> dict[str, Any]:
        """Return its arguments: the same for every object, as long as the variables are."""
        found = run.given.get(self)
        if found is None:
            found = get_argument_values(self.definition, self.nodes[0], run.variables)
            run.given[self] = found
        return found

    def value(self, source: Any, run: Info, around: Place) -> Any:
        """Return its value in the answer; raises what keeps the object around it from being one."""
        if self.typename:
            return self.typename
        at = (around, self.key)
        try:
            if isinstance(source, dict):
                found = source[self.name]
            else:
                args = self.given(run) if self.fixed is None else self.fixed
                run.field_name = self.name
                found = self.resolve(source, run, **args)
            if not isinstance(found, Exception):
                return self.complete(found, run, at)
        except Exception as error:  # noqa: BLE001  whatever a resolver raises is told in its place
            found = error
        return refused(found, self.definition.type, self.nodes, run, at)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Variables that fit, and what the arguments in which they stand came to so far."""

    variables: VariableValues
    arguments: dict[Any, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Plan:
    """What a query selects: of each type of object at each place, worked out when it is met."""

    schema: GraphQLSchema
    table: Table
    document: DocumentNode
    known: dict[str, Given] = field(default_factory=dict)
    operation: OperationDefinitionNode = field(init=False)
    fragments: Mapping[str, FragmentDefinitionNode] = field(init=False)
    first: tuple[_Field, ...] = ()

    def __post_init__(self) -> None:
        """Take a document apart, which must be valid for the schema and hold one operation."""
        every = self.document.definitions
        (self.operation,) = (one for one in every if isinstance(one, OperationDefinitionNode))
        parts = [one for one in every if isinstance(one, FragmentDefinitionNode)]
        self.fragments = {one.name.value: one for one in parts}

    def execute(self, context: Any, variables: Mapping[str, Any]) -> Result:
        """Execute it."""
        given = self._given(variables)
        if isinstance(given, list):
            return Result(None, given, refused=True)
        if not self.first:
            root = self.schema.get_root_type(self.operation.operation)
            assert root is not None  # noqa: S101  the query is valid
            self.first = self._fields(root, [self.operation.selection_set])
        run = Info(context, given.variables, given=given.arguments)
        try:
            data = {one.key: one.value(None, run, None) for one in self.first}
        except GraphQLError as error:
            return Result(None, (*run.errors, error))
        return Result(data, run.errors)

    def _given(self, variables: Mapping[str, Any]) -> Given | list[GraphQLError]:
        """Return what the variables come to, worked out once: the same are sent many times."""
        spelt = repr(variables)
        if spelt not in self.known:
            found = get_variable_values(
                self.schema,
                self.operation.variable_definitions or (),
                dict(variables),
                max_errors=50,
            )
            if isinstance(found, list):
                return found
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[spelt] = Given(found)
        return self.known[spelt]

    def _object_of(self, type_of: Callable[[Any], GraphQLObjectType], nodes: Nodes) -> Complete:
        """Return what makes an object of the answer."""
        known: dict[str, tuple[_Field, ...]] = {}

        def made(value: Any, run: Info, at: Place) -> dict[str, Any] | None:
            if value is None:
                return None
            kind = type_of(value)
            if kind.name not in known:
                inside = [one.selection_set for one in nodes if one.selection_set is not None]
                known[kind.name] = self._fields(kind, inside)
            return {one.key: one.value(value, run, at) for one in known[kind.name]}

        return made

    def _fields(
        self, kind: GraphQLObjectType, selected: Iterable[SelectionSetNode]
    ) -> tuple[_Field, ...]:
        """Return the fields that are asked of a type of objects, in the order of the query."""
        grouped: dict[str, list[FieldNode]] = {}
        for one in selected:
            for node in self._nodes(kind, one):
                grouped.setdefault((node.alias or node.name).value, []).append(node)
        return tuple(self._field(kind, key, nodes) for key, nodes in grouped.items())

    def _nodes(self, kind: GraphQLObjectType, selected: SelectionSetNode) -> Iterator[FieldNode]:
        for one in selected.selections:
            if one.directives:
                raise ValueError("the sandbox serves no directives in queries")
            if isinstance(one, FieldNode):
                yield one
                continue
            assert isinstance(one, FragmentSpreadNode | InlineFragmentNode)  # noqa: S101  no other
            part = self.fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
            if part.type_condition is None or self._fits(kind, part.type_condition.name.value):
                yield from self._nodes(kind, part.selection_set)

    def _fits(self, kind: GraphQLObjectType, name: str) -> bool:
        wanted = self.schema.type_map[name]
        return wanted is kind or (
            is_abstract_type(wanted) and self.schema.is_sub_type(wanted, kind)
        )

    def _field(self, kind: GraphQLObjectType, key: str, nodes: Nodes) -> _Field:
        name = nodes[0].name.value
        definition = self.schema.get_field(kind, name)
        assert definition is not None  # noqa: S101  the query is valid
        varies = any("$" in print_ast(one) for one in nodes[0].arguments or ())
        return _Field(
            key=key,
            name=name,
            nodes=nodes,
            definition=definition,
            resolve=self.table.resolvers.get(kind.name, {}).get(name, _nobody),
            complete=self._completing(definition.type, nodes),
            typename=kind.name if name == _TYPENAME else "",
            fixed=None if varies else get_argument_values(definition, nodes[0]),
        )

    def _completing(self, kind: Any, nodes: Nodes) -> Complete:
        """Return what makes a value of this type fit for the answer."""
        if isinstance(kind, GraphQLNonNull):
            inside = kind.of_type
            if is_leaf_type(inside):
                return leaf(inside, required=True)
            return required(self._completing(inside, nodes))
        if isinstance(kind, GraphQLList):
            return list_of(kind.of_type, self._completing(kind.of_type, nodes), nodes)
        if is_leaf_type(kind):
            return leaf(kind)
        if isinstance(kind, GraphQLObjectType):
            return self._object_of(lambda _: kind, nodes)
        return self._object_of(self._type_of, nodes)

    def _type_of(self, value: Any) -> GraphQLObjectType:
        found = self.schema.type_map[self.table.typename(value)]
        assert isinstance(found, GraphQLObjectType)  # noqa: S101  values are shown as objects
        return found


def _nobody(*_: Any, **__: Any) -> Any:
    """Stand in for a resolver that there is none of: the object is one of a dictionary's."""
    raise LookupError("no resolver knows this field")
