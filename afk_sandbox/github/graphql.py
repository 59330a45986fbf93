"""GraphQL as GitHub serves it: the client's own query, executed over a cut of GitHub's schema.

A field, type or argument that the schema does not have fails as it would there. Recordings of
``github/``: ``141``, ``143`` (answers), ``152`` (a bad token: HTTP 401), ``153`` (no JSON: 400),
``154``, ``155`` (no query, no variable: 200 without data). No token: 401, documented at
https://docs.github.com/en/graphql/guides/forming-calls-with-graphql. A spent quota is 200 with
the type RATE_LIMITED (https://github.com/github/docs/issues/22607).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from afk_sandbox.forge.records import Account
from afk_sandbox.github import graphql_errors as errors
from afk_sandbox.github.answers import JSON, ApiError, refusal
from afk_sandbox.github.api import Api, Endpoint, parsed
from afk_sandbox.github.graphql_cost import MOST_NODES, Cost, Counted, cost, counted
from afk_sandbox.github.graphql_execution import Plan, Table
from afk_sandbox.github.nodes import Asker, typename
from afk_sandbox.github.quota import Spent
from afk_sandbox.github.resolvers import TABLES
from afk_sandbox.routing import add_headers, root_of

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


@dataclass(slots=True, eq=False)
class Query:
    """A query that fits the schema, and what was worked out of it so far."""

    document: DocumentNode
    plan: Plan
    prices: dict[Counted, Cost] = field(default_factory=dict)

    def price(self, variables: Mapping[str, Any]) -> Cost:
        """Return what it costs with these variables."""
        given = counted(variables)
        if given not in self.prices:
            self.prices[given] = cost(self.document, variables)
        return self.prices[given]


SHOWN: Final = Table(resolvers=TABLES, typename=typename)
"""What the values of the model are shown as."""


@lru_cache(maxsize=256)
def query_of(text: str, lacks: frozenset[str]) -> Query | tuple[errors.Entry, ...]:
    """Return a query, or what is wrong with it; servers alike find the same."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return (errors.parse_error(error),)
    found = validate(schema(lacks), document)
    if found:
        return tuple(errors.validation_error(one) for one in found)
    return Query(document, Plan(schema(lacks), SHOWN, document))


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
                response = Response(to_json(body), headers={"Content-Type": JSON})
            except ApiError as error:
                response = refusal(error, DOCS)
            media = "github.v4; format=json"
            add_headers(response, self._api.headers(request, spent, media))
            if spent is not None:  # recordings 141 to 144 carry a token's scopes, too
                add_headers(response, self._api.token_headers(request, ""))
            return response

        return answer

    def _answer(self, request: Request, raw: bytes) -> tuple[Any, Spent]:
        caller = self._api.authenticate(request, DOCS)
        if caller is None:
            message = "This endpoint requires you to be authenticated."
            raise ApiError(401, message, docs=_FORMING)
        asked = parsed(raw)
        text = asked.get("query") if isinstance(asked, dict) else None
        if not isinstance(text, str):
            raise ApiError(400, "A query attribute must be specified and must be a string.")
        variables = asked.get("variables") or {}
        query = query_of(text, self._lacks)
        if isinstance(query, tuple):
            return {"errors": list(query)}, self._spend(caller, 0)
        missing = errors.missing_variables(query.plan.operation, variables)
        if missing:
            return {"errors": missing}, self._spend(caller, 0)
        price = query.price(variables)
        if price.nodes > MOST_NODES:
            return {"errors": [_too_many(price)]}, self._spend(caller, 0)
        spent = self._spend(caller, price.points)
        if spent.exceeded:
            return {"errors": [_limited(caller)]}, spent
        asker = Asker(
            model=self._api.model,
            caller=caller,
            root=root_of(request),
            spent=spent,
            cost=price.points,
            nodes=price.nodes,
        )
        return _executed(query.plan, variables, asker), spent

    def _spend(self, caller: Account, points: int) -> Spent:
        return self._api.quota.spend(caller, "graphql", points)


def _executed(plan: Plan, variables: Mapping[str, Any], asker: Asker) -> errors.Entry:
    result = plan.execute(asker, variables)
    if result.refused:
        return {"errors": [errors.validation_error(error) for error in result.errors]}
    answer: errors.Entry = {"data": result.data}
    if result.errors:
        answer["errors"] = [errors.refusal(error) for error in result.errors]
    return answer


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
