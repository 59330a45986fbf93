"""GraphQL as GitHub serves it: the client's own query, executed over a cut of GitHub's schema.

A field, type or argument that the schema does not have fails as it would there. Recordings of
``github/``: ``141``, ``143`` (answers), ``152`` (a bad token: HTTP 401), ``153`` (no JSON: 400),
``154``, ``155`` (no query, no variable: 200 without data). No token: 401, documented at
https://docs.github.com/en/graphql/guides/forming-calls-with-graphql. A spent quota is 200 with
the type RATE_LIMITED (https://github.com/github/docs/issues/22607).
"""

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)
from starlette.requests import Request
from starlette.responses import Response

from afk_sandbox.forge.records import Account
from afk_sandbox.github import graphql_errors as errors
from afk_sandbox.github.answers import JSON, ApiError, refusal
from afk_sandbox.github.api import Api, Endpoint, parsed
from afk_sandbox.github.graphql_cost import MOST_NODES, Cost, cost
from afk_sandbox.github.nodes import Asker, Info, typename
from afk_sandbox.github.quota import Spent
from afk_sandbox.github.resolvers import TABLES

DOCS: Final = "https://docs.github.com/graphql"
_FORMING: Final = f"{DOCS}/guides/forming-calls-with-graphql#authentication"


def schema_text() -> str:
    """Return the cut of GitHub's schema as it is kept."""
    return files("afk_sandbox.github").joinpath("schema.graphql").read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def schema(lacks: frozenset[str] = frozenset()) -> GraphQLSchema:
    """Return the cut of the schema, without some fields (an older server): `GraphQL`."""
    built = build_schema(schema_text())
    for one in lacks:
        named, _, name = one.rpartition(".")
        kind = built.type_map[named or "Issue"]
        if isinstance(kind, GraphQLObjectType):
            del kind.fields[name]
    return built


@lru_cache(maxsize=256)
def document_of(text: str, lacks: frozenset[str]) -> DocumentNode | tuple[errors.Entry, ...]:
    """Return a query's document, or what is wrong with it; servers alike find the same."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return (errors.parse_error(error),)
    found = validate(schema(lacks), document)
    return tuple(errors.validation_error(one) for one in found) or document


def resolve(source: Any, info: Info, **args: Any) -> Any:
    """Return a field's value: by its type's table, or out of what a resolver prepared."""
    if isinstance(source, dict):
        return source[info.field_name]
    return TABLES[info.parent_type.name][info.field_name](source, info, **args)


class GraphQL:
    """The one endpoint."""

    def __init__(self, api: Api, lacks: Collection[str] = ()) -> None:
        """``lacks``: fields that this server does not have, an issue's or ``Type.field``."""
        self._api = api
        self._lacks = frozenset(lacks)

    def endpoint(self) -> Endpoint:
        """Return POST /api/graphql."""

        async def answer(request: Request) -> Response:
            raw = await request.body()
            spent: Spent | None = None
            try:
                body, spent = self._answer(request, raw)
                text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
                response = Response(text, headers={"Content-Type": JSON})
            except ApiError as error:
                response = refusal(error, DOCS)
            media = "github.v4; format=json"
            response.headers.update(self._api.headers(request, spent, media))
            if spent is not None:  # recordings 141 to 144 carry a token's scopes, too
                response.headers.update(self._api.token_headers(request, ""))
            return response

        return answer

    def _answer(self, request: Request, raw: bytes) -> tuple[Any, Spent]:
        caller = self._api.authenticate(request, DOCS)
        if caller is None:
            text = "This endpoint requires you to be authenticated."
            raise ApiError(401, text, docs=_FORMING)
        asked = parsed(raw)
        query = asked.get("query") if isinstance(asked, dict) else None
        if not isinstance(query, str):
            raise ApiError(400, "A query attribute must be specified and must be a string.")
        variables = asked.get("variables") or {}
        document = document_of(query, self._lacks)
        if isinstance(document, tuple):
            return {"errors": list(document)}, self._spend(caller, 0)
        operation = _operation(document)
        missing = errors.missing_variables(operation, variables)
        if missing:
            return {"errors": missing}, self._spend(caller, 0)
        price = cost(document, variables)
        if price.nodes > MOST_NODES:
            return {"errors": [_too_many(price)]}, self._spend(caller, 0)
        spent = self._spend(caller, price.points)
        if spent.exceeded:
            return {"errors": [_limited(caller)]}, spent
        asker = Asker(
            model=self._api.model,
            caller=caller,
            root=str(request.base_url).rstrip("/"),
            spent=spent,
            cost=price.points,
            nodes=price.nodes,
        )
        return self._execute(document, variables, asker), spent

    def _spend(self, caller: Account, points: int) -> Spent:
        return self._api.quota.spend(caller, "graphql", points)

    def _execute(self, document: DocumentNode, variables: Mapping[str, Any], asker: Asker) -> Any:
        result = execute_sync(
            schema(self._lacks),
            document,
            context_value=asker,
            variable_values=dict(variables),
            field_resolver=resolve,
            type_resolver=typename,
        )
        found = result.errors or []
        if any(not error.path for error in found):
            return {"errors": [errors.validation_error(error) for error in found]}
        answer: dict[str, Any] = {"data": result.data}
        if found:
            answer["errors"] = [errors.refusal(error) for error in found]
        return answer


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    every = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    return next(every)


def _too_many(price: Cost) -> errors.Entry:
    text = (
        f"This query requests up to {price.nodes:,} possible nodes which exceeds the maximum "
        f"limit of {MOST_NODES:,}."
    )
    return {"type": "MAX_NODE_LIMIT_EXCEEDED", "message": text}


def _limited(caller: Account) -> errors.Entry:
    return {
        "type": "RATE_LIMITED",
        "message": f"API rate limit exceeded for user ID {caller.id}.",
    }
