"""GraphQL's errors in GitHub's words: its server is written with graphql-ruby, this one is not.

Recordings of ``github/``: ``143`` (a refusal: type, path, locations, message, in this order),
``154`` (a query that does not parse), ``155`` (a variable that is missing). The words for a query
that does not fit the schema are graphql-ruby's
(https://github.com/rmosolgo/graphql-ruby, ``lib/graphql/static_validation``); those that have no
entry in the table keep graphql-core's.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import GraphQLError, OperationDefinitionNode
from graphql.language import NonNullTypeNode, print_ast

from afk_sandbox.github.connection import Refusal

Entry = dict[str, Any]

_TOKENS: Final = {
    "{": "LCURLY",
    "}": "RCURLY",
    "(": "LPAREN",
    ")": "RPAREN",
    "[": "LBRACKET",
    "]": "RBRACKET",
    ":": "COLON",
    "$": "VAR_SIGN",
    "!": "BANG",
    "=": "EQUALS",
    "|": "PIPE",
    "@": "DIR_SIGN",
}
_RULES: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"Cannot query field '(?P<fieldName>\w+)' on type '(?P<typeName>\w+)'",
        "undefinedField",
        "Field '{fieldName}' doesn't exist on type '{typeName}'",
    ),
    (
        r"Unknown argument '(?P<argumentName>\w+)' on field '\w+\.(?P<name>\w+)'",
        "argumentNotAccepted",
        "Field '{name}' doesn't accept argument '{argumentName}'",
    ),
    (
        r"Argument '\w+\.(?P<name>\w+)\((?P<arguments>\w+):\)' of type .* is required",
        "missingRequiredArguments",
        "Field '{name}' is missing required arguments: {arguments}",
    ),
    (
        r"Variable '\$(?P<variableName>\w+)' is never used in operation '(?P<operation>\w+)'",
        "variableNotUsed",
        "Variable ${variableName} is declared by {operation} but not used",
    ),
    (
        r"Variable '\$(?P<variableName>\w+)' is not defined by operation '(?P<operation>\w+)'",
        "variableNotDefined",
        "Variable ${variableName} is used by {operation} but not declared",
    ),
    (
        r"Fragment '(?P<fragmentName>\w+)' is never used",
        "useAndDefineFragments",
        "Fragment {fragmentName} was defined, but not used",
    ),
    (
        r"Unknown fragment '(?P<fragmentName>\w+)'",
        "useAndDefineFragments",
        "Fragment {fragmentName} was used, but not defined",
    ),
)


def parse_error(error: GraphQLError) -> Entry:
    """Return the entry for a text that is no query."""
    found = _locations(error)
    line, column = found[0]["line"], found[0]["column"]
    lines = (error.source.body if error.source else "").split("\n")
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    word = re.match(r"\w+|\W", rest)
    if word is None:
        return {"message": "Unexpected end of document", "locations": []}
    kind = _TOKENS.get(word[0], "IDENTIFIER")
    message = f'Parse error on "{word[0]}" ({kind}) at [{line}, {column}]'
    return {"message": message, "locations": found}


def validation_error(error: GraphQLError) -> Entry:
    """Return the entry for a query that does not fit the schema."""
    for pattern, code, message in _RULES:
        found = re.match(pattern, error.message)
        if found:
            parts = found.groupdict()
            kept = {k: v for k, v in parts.items() if k != "operation"}
            return {
                "extensions": {"code": code, **kept},
                "locations": _locations(error),
                "message": message.format(**parts),
            }
    return {"locations": _locations(error), "message": error.message}


def missing_variables(
    operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> list[Entry]:
    """Return an entry for each variable that must have a value and has none."""
    return [
        invalid_variable(one.variable.name.value, print_ast(one.type), _place(one.loc))
        for one in operation.variable_definitions or ()
        if isinstance(one.type, NonNullTypeNode)
        and one.default_value is None
        and variables.get(one.variable.name.value) is None
    ]


def invalid_variable(name: str, kind: str, locations: Sequence[Mapping[str, int]]) -> Entry:
    """Return the entry for a variable whose value is missing."""
    problem = {"path": [], "explanation": "Expected value to not be null"}
    return {
        "extensions": {"value": None, "problems": [problem]},
        "locations": locations,
        "message": f"Variable ${name} of type {kind} was provided invalid value",
    }


def refusal(error: GraphQLError) -> Entry:
    """Return the entry for a field that was refused.

    Anything else that goes wrong while a query is executed is a mistake in the sandbox, raised.
    """
    cause = error.original_error
    if not isinstance(cause, Refusal):
        raise cause or error
    return {
        "type": cause.kind,
        "path": list(error.path or ()),
        "locations": _locations(error),
        "message": cause.message,
    }


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": at.line, "column": at.column} for at in error.locations or ()]


def _place(location: Any) -> list[dict[str, int]]:
    token = location.start_token
    return [{"line": token.line, "column": token.column}]
