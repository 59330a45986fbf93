"""How the GitHub adapter writes GraphQL: texts, variables, aliases by number; pure.

Owns the mechanics only; the texts are in `afk.adapters.github.issue_queries` and
`afk.adapters.github.ci_queries`. All values go through variables: nothing an issue says can
become part of a query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PAGE: Final = "pageInfo { hasNextPage endCursor }"
ACTOR: Final = """\
fragment Who on Actor {
  __typename login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}"""


@dataclass(frozen=True, slots=True)
class Query:
    """A text and its variables, as sent."""

    text: str
    variables: Mapping[str, object]


@dataclass(slots=True)
class Builder:
    """Collects fields and variables; a value's name is its number."""

    fields: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)

    def var(self, kind: str, value: object) -> str:
        """Add a value of a GraphQL type and return how the text refers to it."""
        name = f"v{len(self.values)}"
        self.kinds.append(f"${name}: {kind}")
        self.values[name] = value
        return f"${name}"

    def repository(self, alias: str, name: str, fields: str, *, follow: bool = False) -> None:
        """Add a repository under an alias; not followed to a new name unless asked to."""
        owner, _, short = name.partition("/")
        where = f"owner: {self.var('String!', owner)}, name: {self.var('String!', short)}"
        where += "" if follow else ", followRenames: false"
        self.fields.append(f"{alias}: repository({where}) {{ {fields} }}")

    def query(self, *fragments: str) -> Query:
        """Return the query with the fragments it uses; GraphQL refuses unused ones."""
        head = f"query Afk({', '.join(self.kinds)})" if self.kinds else "query Afk"
        body = "\n  ".join(self.fields)
        return Query("\n".join((f"{head} {{\n  {body}\n}}", *fragments)), self.values)


@dataclass(frozen=True, slots=True)
class More:
    """A query for one more page: of the node ``$id``, after ``$after``; ``path`` leads to it."""

    text: str
    path: tuple[str, ...]

    def of(self, node: str, after: str, variables: Mapping[str, object]) -> Query:
        """Return the query for one node's next page."""
        return Query(self.text, {"id": node, "after": after, **variables})


def more(kind: str, wanted: str, path: str, *fragments: str, extra: str = "") -> More:
    """Return the query for a connection of a node of one type; ``path`` is dotted."""
    head = f"query Afk($id: ID!, $after: String!{extra})"
    text = f"{head} {{\n  node(id: $id) {{ ... on {kind} {{ {wanted} }} }}\n}}"
    return More("\n".join((text, *fragments)), tuple(path.split(".")))
