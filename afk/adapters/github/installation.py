"""What GitHub shows of an installation: the token's headers, a repository, labels, waiting runs.

Owns `afk.ports.installation.Installation` on GitHub. Must not judge anything.

A classic token's scopes stand in ``x-oauth-scopes`` (recording 133), which no other kind's answers
have; when a personal token ends stands in ``github-authentication-token-expiration`` (133 to 135),
in UTC or with an offset. What a fine-grained token or an app may do is shown nowhere: it is asked
by taking a label off an issue that cannot be, number 0, which is refused (128) or not found.

Requests: ``token`` 1 GraphQL, ``repository`` 1, ``may_label`` 1, ``labels`` 1 a page, ``waiting``
1 (100 runs, newest first), ``names_like`` 1 GraphQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from httpx import codes
from pydantic import BaseModel, ConfigDict, Field

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.errors import GONE
from afk.adapters.github.graphql_reply import read
from afk.adapters.github.issue_queries import VIEWER
from afk.adapters.github.mapping import viewer
from afk.adapters.github.query_builder import Query
from afk.adapters.github.wire import RestLabel, WireViewer, parse
from afk.adapters.wire import Instant, http_date, instant
from afk.errors import AfkError, RateLimited, RepositoryMoved, answer_or_error
from afk.model.installation import RepositoryFacts, TokenFacts, WaitingRun
from afk.text.nearest import nearest_repository
from afk.types import AccountKind

SEEN: Final = """\
query Afk($owner: String!) {
  repositoryOwner(login: $owner) {
    repositories(first: 100, ownerAffiliations: [OWNER]) { nodes { nameWithOwner } }
  }
  viewer {
    repositories(
      first: 100
      ownerAffiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER]
      affiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER]
    ) { nodes { nameWithOwner } }
  }
}"""
_ENOUGH: Final = frozenset({"repo", "public_repo"})
_NO: Final = frozenset({codes.FORBIDDEN, *GONE})
_QUEUED: Final = "queued"


class _Shape(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class _Rights(_Shape):
    """What goes with a repository: the account's rights, whatever the token's are (135)."""

    push: bool = False


class _Repository(_Shape):
    """A repository (124, 135, 137)."""

    full_name: str
    default_branch: str = ""
    archived: bool = False
    has_issues: bool = True
    permissions: _Rights | None = None


class _Run(_Shape):
    """A workflow run (087)."""

    name: str | None = None
    status: str | None = None
    created_at: Instant


class _Runs(_Shape):
    """A page of runs."""

    workflow_runs: tuple[_Run, ...]


class _Named(_Shape):
    """A repository by its name."""

    name: str = Field(alias="nameWithOwner")


class _Names(_Shape):
    """A page of repositories; GraphQL leaves a gap for one that cannot be seen."""

    nodes: tuple[_Named | None, ...] = ()


class _Holder(_Shape):
    """Somebody's repositories."""

    repositories: _Names


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubInstallation:
    """Implements `afk.ports.installation.Installation`."""

    api: GitHubApi

    def token(self) -> TokenFacts:
        """Return whose token it is, its scopes and its end, as headers show them."""
        answer = self.api.headed(VIEWER)
        shown = read(answer).data.get("viewer")
        account = viewer(parse(WireViewer, shown, "asking who I am"))
        listed = answer.headers.get("x-oauth-scopes")
        scopes = None if listed is None else tuple(filter(None, listed.replace(",", " ").split()))
        kind = "a fine-grained personal access token"
        if account.kind is AccountKind.BOT:
            kind, scopes = "an app's token", None
        elif scopes is not None:
            kind = "a classic personal access token"
        lacks = () if scopes is None or _ENOUGH & {*scopes} else ("repo",)
        return TokenFacts(
            account=account,
            kind=kind,
            scopes=scopes,
            lacks=lacks,
            expires_at=_expiry(answer.headers),
            server_now=http_date(answer.headers.get("date", "")),
        )

    def repository(self, name: str) -> RepositoryFacts:
        """Return a repository; the rights of an app do not show in it."""
        answer = self.api.rest("GET", "", repo=name)
        found = parse(_Repository, answer.json, f"reading {name}")
        if found.full_name != name:
            raise RepositoryMoved(name, found.full_name)
        rights = found.permissions
        return RepositoryFacts(
            name=found.full_name,
            default_branch=found.default_branch,
            archived=found.archived,
            has_issues=found.has_issues,
            may_write=rights.push if rights else None,
        )

    def may_label(self, repo: str) -> None:
        """Ask to take a label off issue 0, which there never is."""
        answer = self.api.send("DELETE", f"/repos/{quote(repo)}/issues/0/labels/afk")
        if answer.status not in GONE:
            raise self.api.problem(answer, repo=repo)

    def labels(self, repo: str) -> Sequence[str]:
        """Return the names of a repository's labels."""
        listed = self.api.rest_list("/labels", repo=repo)
        shown = parse(tuple[RestLabel, ...], listed, f"listing the labels of {repo}")
        return tuple(one.name for one in shown)

    def names_like(self, name: str) -> Sequence[str]:
        """Return repositories of the named owner's, and those that the account takes part in."""
        found = self.api.query(Query(SEEN, {"owner": name.partition("/")[0]}))
        shown = [found.data.get(part) for part in ("repositoryOwner", "viewer")]
        holders = [parse(_Holder, one, "listing repositories") for one in shown if one]
        names = [one.name for each in holders for one in each.repositories.nodes if one]
        return tuple(dict.fromkeys(names))

    def waiting(self, repo: str) -> Sequence[WaitingRun] | None:
        """Return queued runs among the newest 100; None where this token may not see them."""
        answer = self.api.send(
            "GET", f"/repos/{quote(repo)}/actions/runs", params={"per_page": 100}
        )
        if not answer.ok:
            problem = self.api.problem(answer, repo=repo)
            if answer.status in _NO and not isinstance(problem, RateLimited):
                return None
            raise problem
        shown = parse(_Runs, answer.json, f"listing the runs of {repo}")
        queued = [one for one in shown.workflow_runs if one.status == _QUEUED]
        return tuple(WaitingRun(one.name or "", one.created_at) for one in queued)


def meant(api: GitHubApi, name: str) -> str:
    """Return the repository that a misspelt name may mean, "" where none is much alike."""
    names = answer_or_error(lambda: GitHubInstallation(api=api).names_like(name))
    return "" if isinstance(names, AfkError) else nearest_repository(name, names)


def _expiry(headers: Mapping[str, str]) -> datetime | None:
    """Return when the token ends: ``2025-02-25 04:28:56 UTC``, ``2024-07-31 10:13:04 +0200``."""
    text = headers.get("github-authentication-token-expiration", "").replace("UTC", "+0000")
    try:
        return instant(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC))
    except (ValueError, OverflowError):
        return None
