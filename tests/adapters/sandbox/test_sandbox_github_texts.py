"""The sandbox's GraphQL: afk's own texts, and every field of the schema, on a filled forge.

No recording has what afk asks over GraphQL. Its texts are valid against the cut of GitHub's
schema, and are answered without an error, as is each field that the cut has.
"""

import base64
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
    parse,
    validate,
)
from support.github_shop import Shop

from afk.adapters.github import ci_queries, issue_queries, pull_queries
from afk.adapters.github.installation import SEEN
from afk.adapters.github.query_builder import More, Query
from afk.ports.landing import PullQuery
from afk.types import IssueKey
from afk_sandbox.github import ids as github_ids
from afk_sandbox.github.graphql import schema
from afk_sandbox.github.resolvers import TABLES
from afk_sandbox.github.routes import github_app
from afk_sandbox.serving import serve

KEY = IssueKey("acme/shop", 2)
BEGINNING = base64.b64encode(b"cursor:v2:0").decode()


PULLS = [PullQuery(KEY.repo, "topic", 3), PullQuery(KEY.repo, "topic"), PullQuery(KEY.repo, "x")]
LABELS = ("ready-for-agent", "bug", "none", "tracked")
SHOP = github_ids.repository(Shop().forge.repositories[0])


def _texts() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return every GraphQL text that the adapter can send, with variables where it has them."""
    branches = [(KEY.repo, "main"), (KEY.repo, "topic")]
    made = {
        "listing": issue_queries.listing([KEY.repo], LABELS, 50),
        "issues": issue_queries.issues([KEY], branches=branches, blockers=[IssueKey(KEY.repo, 3)]),
        "older": issue_queries.issues([KEY], without=issue_queries.OPTIONAL),
        "blockers": issue_queries.blockers([KEY]),
        "boards": issue_queries.boards([KEY.repo], "bug", 50, KEY),
        "boards without": issue_queries.boards([KEY.repo], "bug", 50, None),
        "moved": issue_queries.moved([SHOP], "bug", "bug", "2020-01-01T00:00:00Z"),
        "viewer": issue_queries.VIEWER,
        "seen": Query(SEEN, {"owner": "acme"}),
        "tips": ci_queries.tips(branches),
        "checks": ci_queries.checks([(KEY.repo, sha) for sha in ("{first}", "{head}")]),
        "pulls": pull_queries.pulls(PULLS, 50),
        "pulls without": pull_queries.pulls(PULLS, 10, pull_queries.OPTIONAL),
        "issues with pulls": issue_queries.issues([KEY], pulls=PULLS),
        "standing": Query(pull_queries.standing([]).text, {}),
        "closing": pull_queries.closing([KEY]),
        "holding": pull_queries.holding(KEY.repo, "topic"),
        "more_reviews": Query(pull_queries.more_reviews().text, {}),
    }
    texts = {name: (query.text, dict(query.variables)) for name, query in made.items()}
    for module in (issue_queries, ci_queries, pull_queries):
        for name, value in vars(module).items():
            if name.startswith("_"):
                continue
            if isinstance(value, More):
                texts[name] = (value.text, {})
            elif isinstance(value, str) and re.match(r"(query|mutation) .*\{", value, re.DOTALL):
                texts[name] = (value, {})
    return texts


def test_texts__of_the_adapter__are_all_found() -> None:
    wanted = {"listing", "COMMENT", "LABEL", "ANNOTATIONS", "MORE_EVENTS", "MORE_HISTORY"}
    assert wanted <= set(_texts())


@pytest.mark.parametrize("name", _texts())
def test_text_of_the_adapter__against_the_cut_schema__is_valid(name: str) -> None:
    errors = validate(schema(), parse(_texts()[name][0]))
    assert [error.message for error in errors] == []


class Nodes:
    """One node id of each type in the shop."""

    def __init__(self, shop: Shop) -> None:
        """Look them up."""
        repo = shop.forge.repositories[0]
        issue = repo.issues[2]
        check = github_ids.encode("CR", repo.id, repo.runs[0].id * 1000 + 1)
        self.ids = {
            "Repository": github_ids.repository(repo),
            "Issue": github_ids.issue(issue),
            "PullRequest": github_ids.issue(repo.issues[3]),
            "PullRequestReview": github_ids.encode("PRR", repo.id, shop.pull.reviews[0].id),
            "PullRequestReviewThread": github_ids.encode("PRRT", repo.id, shop.thread.id),
            "IssueComment": github_ids.comment(issue.comments[0]),
            "Label": github_ids.label(repo.labels[0], repo),
            "Commit": github_ids.commit(shop.first, repo),
            "CheckRun": check,
            "CheckSuite": github_ids.encode("CS", repo.id, repo.runs[0].id),
            "User": github_ids.account(shop.ann),
            "Organization": github_ids.account(repo.owner),
        }


def _variables(text: str, shop: Shop, given: dict[str, Any]) -> dict[str, Any]:
    """Return values for what a text leaves open, by the variables' names."""
    ids = Nodes(shop).ids
    kind = re.search(r"node\(id: \$id\) \{ \.\.\. on (\w+)", text)
    fitting = {
        "id": ids[kind[1] if kind else "PullRequest" if "pullRequestId" in text else "Issue"],
        "ids": [ids["PullRequest" if "headRefOid" in text else "CheckRun"]],
        "issue": ids["Issue"],
        "add": [ids["Label"]],
        "remove": [ids["Label"]],
        "after": BEGINNING,
        "page": 5,
        "label": "bug",
        "ready": "bug",
        "tracked": "bug",
        "owner": KEY.repo.partition("/")[0],
        "name": KEY.repo.partition("/")[2],
        "since": "2020-01-01T00:00:00Z",
        "states": ["OPEN"],
    }
    if "enqueuePullRequest" in text:
        fitting |= {"id": github_ids.issue(shop.queued.issue), "head": shop.queued.head_sha}
    shas = {"{first}": shop.first, "{head}": shop.head}
    named = {name: shas.get(str(value), value) for name, value in given.items()}
    return {name: one for name, one in fitting.items() if f"${name}:" in text} | named


def _ask(shop: Shop, text: str, variables: dict[str, Any]) -> Any:
    token = shop.forge.token_for(shop.ann)
    with serve(github_app(shop.forge)) as url:
        answer = httpx.post(
            f"{url}/api/graphql",
            json={"query": text, "variables": variables},
            headers={"authorization": f"bearer {token}"},
        )
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("name", _texts())
def test_text_of_the_adapter__on_a_filled_forge__is_answered_without_errors(name: str) -> None:
    shop = Shop()
    text, given = _texts()[name]
    told = _ask(shop, text, _variables(text, shop, given))
    assert "errors" not in told
    assert all(value is not None for value in told["data"].values())


def _objects() -> Iterator[GraphQLObjectType]:
    for kind in schema().type_map.values():
        if isinstance(kind, GraphQLObjectType) and not is_introspection_type(kind):
            yield kind


def _everything(kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
    """Return a selection of all fields that need no argument but a page's size."""
    wanted = ["__typename"]
    for name, field in kind.fields.items():
        needed = {arg for arg, one in field.args.items() if str(one.type).endswith("!")}
        inner = get_named_type(field.type)
        if needed:
            continue
        size = "(first: 3)" if "first" in field.args else ""
        if is_leaf_type(inner):
            wanted.append(name)
        elif depth and isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            wanted.append(f"{name}{size} {{ {_everything(inner, depth - 1)} }}")
        elif depth:
            wanted.append(f"{name}{size} {{ __typename }}")
    return " ".join(wanted)


@pytest.mark.parametrize("name", Nodes(Shop()).ids)
def test_node__asked_for_everything_it_has__answers_without_errors(name: str) -> None:
    """Every field, its objects' fields, and theirs; the types fit the schema's."""
    shop = Shop()
    kind = schema().type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    text = f"query A($id: ID!) {{ node(id: $id) {{ ... on {name} {{ {_everything(kind, 3)} }} }} }}"
    told = _ask(shop, text, {"id": Nodes(shop).ids[name]})
    assert "errors" not in told
    assert told["data"]["node"]["__typename"] == name


def test_cut_schema__every_field_of_every_type__has_a_resolver() -> None:
    """But for those of values that a resolver hands over as a whole."""
    whole = re.compile(
        r".*(Connection|Payload|Summary)$|PageInfo|RateLimit|CheckAnnotation\w*|Comparison|Workflow$"
    )
    missing = [
        f"{kind.name}.{field}"
        for kind in _objects()
        if not whole.fullmatch(kind.name)
        for field in kind.fields
        if field not in TABLES[kind.name]
    ]
    assert missing == []
