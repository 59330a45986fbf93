"""The values of GraphQL's fields: entry points, accounts, repositories; and all tables together.

One table per type, by field. Not recorded but for refusals' shape (``github/143``): the schema's
words, and what clients of GitHub report. What is not there, or not for the caller, is null and
NOT_FOUND.
"""

from collections.abc import Mapping
from typing import Any, Final

from afk_sandbox.forge.records import Access, Account, AccountKind, Issue, Repository
from afk_sandbox.github import ids, mutations, resolvers_ci, resolvers_issues, resolvers_pulls
from afk_sandbox.github.connection import Refusal, connection
from afk_sandbox.github.graphql_values import Info
from afk_sandbox.github.nodes import Branch, LabelOf, Table, commit, find, no_node
from afk_sandbox.github.shapes import login, time

_DESCENDING: Final = "DESC"
_BRANCH_PREFIX: Final = "refs/heads/"


def _node(source: object, info: Info, **args: Any) -> Any:
    """Return what one node id stands for."""
    del source
    found = find(info.context, args["id"])
    if found is None:
        raise no_node(args["id"])
    return found


def _nodes(source: object, info: Info, **args: Any) -> list[Any]:
    """Return what several node ids stand for, an error in place of each that is gone."""
    del source
    found = [find(info.context, one) for one in args["ids"]]
    return [one or no_node(node_id) for one, node_id in zip(found, args["ids"], strict=True)]


def _repository(source: object, info: Info, **args: Any) -> Repository:
    del source
    name = f"{args['owner']}/{args['name']}"
    found: Repository | None = info.context.found(name, follow=args["followRenames"])
    if found is None:
        raise Refusal("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
    return found


def _repository_owner(source: object, info: Info, **args: Any) -> Account | None:
    """Return a user or an organisation by login; an app owns nothing."""
    del source
    found = info.context.model.account(args["login"])
    kinds = (AccountKind.USER, AccountKind.ORGANISATION)
    return found if found is not None and found.kind in kinds else None


def _repositories(one: Account, info: Info, **args: Any) -> dict[str, Any]:
    """Return an account's repositories that the caller sees, and those it takes part in."""
    model, asked = info.context.model, args["ownerAffiliations"] or ()
    found = [
        repo
        for repo in model.repositories
        if info.context.sees(repo)
        and (repo.owner is one or ("COLLABORATOR" in asked and model.role(repo, one) > Access.READ))
    ]
    return connection(info.field_name, found, args, lambda repo: repo.id)


def _rate_limit(source: object, info: Info) -> dict[str, Any]:
    del source
    spent = info.context.spent
    return {
        "limit": spent.limit,
        "cost": info.context.cost,
        "remaining": spent.remaining,
        "used": spent.used,
        "resetAt": time(spent.reset),
        "nodeCount": info.context.nodes,
    }


def _label(repo: Repository, info: Info, **args: Any) -> LabelOf | None:
    """Return a label by name, in whatever case."""
    del info
    wanted = args["name"].casefold()
    return next((LabelOf(one, repo) for one in repo.labels if one.name.casefold() == wanted), None)


def _issues(repo: Repository, info: Info, **args: Any) -> dict[str, Any]:
    """Return issues, not pull requests, that have any of the labels and changed since then."""
    labels, states = args.get("labels"), args.get("states")
    since = (args.get("filterBy") or {}).get("since") or ""
    wanted = {name.casefold() for name in labels} if labels is not None else None
    found = [
        one
        for one in repo.issues.values()
        if not one.is_pull
        and (states is None or ("OPEN" if one.open else "CLOSED") in states)
        and (time(one.updated_at) or "") >= since
        and (wanted is None or wanted & {label.name.casefold() for label in one.labels})
    ]
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    falling = order["direction"] == _DESCENDING
    if order["field"] == "CREATED_AT":
        sign = -1 if falling else 1
        found.sort(key=lambda one: sign * one.number)
        return connection(info.field_name, found, args, lambda one: sign * int(one.number))
    by_update = order["field"] == "UPDATED_AT"
    found.sort(key=lambda one: (time(one.updated_at), one.id) if by_update else ("", one.id))
    if not by_update:
        found.sort(key=lambda one: len(one.comments))
    return connection(info.field_name, found[::-1] if falling else found, args)


def _issue(repo: Repository, info: Info, **args: Any) -> Issue:
    """Return an issue, followed to where it was transferred."""
    number = args["number"]
    found = repo.issues.get(number) or repo.gone.get(number)
    if found is None or found.is_pull or not info.context.sees(found.repo):
        raise Refusal("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    return found


def _issue_or_pull(repo: Repository, info: Info, **args: Any) -> Issue:
    number = args["number"]
    found = repo.issues.get(number) or repo.gone.get(number)
    if found is None or not info.context.sees(found.repo):
        raise Refusal(
            "NOT_FOUND",
            f"Could not resolve to an issue or pull request with the number of {number}.",
        )
    return found


def _ref(repo: Repository, info: Info, **args: Any) -> Branch | None:
    del info
    name = args["qualifiedName"].removeprefix(_BRANCH_PREFIX)
    return Branch(repo, name) if name in repo.branches else None


def _default_branch(repo: Repository, info: Info) -> Branch | None:
    return _ref(repo, info, qualifiedName=repo.default_branch)


def _account(*, suffix: bool) -> Table:
    return {
        "id": lambda one, _: ids.account(one),
        "databaseId": lambda one, _: one.id,
        "login": lambda one, _: login(one) if suffix else one.login,
    }


def _permission(repo: Repository, info: Info) -> str | None:
    """Return what the caller's account may do, whatever its token may; null if nothing."""
    access = info.context.model.rights(repo, info.context.caller)
    return {Access.OWNER: "ADMIN", Access.NONE: None}.get(access, access.name)


TABLES: Final[Mapping[str, Table]] = {
    "Mutation": mutations.TABLE,
    "Query": {
        "viewer": lambda _, info: info.context.caller,
        "repository": _repository,
        "node": _node,
        "nodes": _nodes,
        "rateLimit": _rate_limit,
        "repositoryOwner": _repository_owner,
    },
    # A query names an app's account without its suffix, but as the viewer it has it.
    "User": {**_account(suffix=True), "repositories": _repositories},
    "Bot": _account(suffix=False),
    "Organization": {**_account(suffix=False), "repositories": _repositories},
    "Mannequin": _account(suffix=False),
    "Repository": {
        "id": lambda repo, _: ids.repository(repo),
        "databaseId": lambda repo, _: repo.id,
        "nameWithOwner": lambda repo, _: repo.full_name,
        "isArchived": lambda repo, _: repo.archived_at is not None,
        "isPrivate": lambda repo, _: repo.private,
        "defaultBranchRef": _default_branch,
        "viewerPermission": _permission,
        "label": _label,
        "issues": _issues,
        "issue": _issue,
        "issueOrPullRequest": _issue_or_pull,
        "pullRequest": resolvers_pulls.pull_request,
        "pullRequests": resolvers_pulls.pull_requests,
        "ref": _ref,
        "object": lambda repo, _, oid=None: commit(repo, oid or ""),
    },
    "Label": {
        "id": lambda one, _: ids.label(one.label, one.repo),
        "name": lambda one, _: one.name,
    },
    **resolvers_issues.TABLES,
    **resolvers_ci.TABLES,
    **resolvers_pulls.TABLES,
}
