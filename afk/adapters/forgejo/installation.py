"""What Forgejo shows of an installation: the token's account, a repository, labels, waiting runs.

Owns `afk.ports.installation.Installation` on Forgejo. Must not judge anything.

Nothing shows a token's scopes: what it lacks is told by a refusal
(``forgejo/14.0.0/178-scope-missing-read-issue`` to ``182-scope-missing-read-user``). Whether it may
change issues is asked by taking a label off an issue that cannot be, number 0: the scope is looked
at first (403), then there is no such issue (404). Tokens do not end.

``GET /repos/{o}/{r}/actions/runs`` lists the oldest first, and 11 does not have it
(``forgejo-actions/14.0.0/api-tasks-and-runs-1``): the last page is asked for, none is "cannot
tell". ``GET /repos/search`` is Forgejo's own description's (``/api/swagger``): ``q`` is part of a
name. Scopes: ``read:user``, ``read:repository``, ``write:issue``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from httpx import codes
from pydantic import BaseModel, ConfigDict, TypeAdapter

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path
from afk.adapters.forgejo.errors import error_of, missing_scope, moved_to
from afk.adapters.forgejo.labels import Labels
from afk.adapters.forgejo.wire import USER
from afk.adapters.wire import Instant, http_date
from afk.config import Config
from afk.errors import AfkError, RepositoryMoved, answer_or_error
from afk.model.installation import RepositoryFacts, TokenFacts, WaitingRun
from afk.text.nearest import nearest_repository

_WAITING: Final = "waiting"
_BEGINNING: Final = 3
"""So much of a misspelt name is taken to be right."""


class _Shape(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class _Rights(_Shape):
    """What the asking account may do."""

    push: bool = False


class _Repository(_Shape):
    """A repository (``013-repo``, ``132-archived-repo``)."""

    full_name: str
    default_branch: str = ""
    archived: bool = False
    has_issues: bool = True
    has_pull_requests: bool = True
    permissions: _Rights | None = None


class _Named(_Shape):
    """A repository by its name."""

    full_name: str


class _Found(_Shape):
    """What a search found."""

    data: tuple[_Named, ...] | None = None


class _Run(_Shape):
    """A run (``api-tasks-and-runs-1``); ``workflow_id`` is its file."""

    workflow_id: str = ""
    status: str = ""
    created: Instant


class _Runs(_Shape):
    """A page of runs, and how many there are in all."""

    total_count: int = 0
    workflow_runs: tuple[_Run, ...] | None = None


_REPOSITORY: Final = TypeAdapter(_Repository)
_FOUND: Final = TypeAdapter(_Found)
_RUNS: Final = TypeAdapter(_Runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgejoInstallation:
    """Implements `afk.ports.installation.Installation`."""

    api: ForgejoApi
    config: Config

    def token(self) -> TokenFacts:
        """Return whose token it is; without ``read:user`` it is nobody's."""
        answer = self.api.http.get("/user")
        now = http_date(answer.headers.get("date", ""))
        if scope := missing_scope(answer):
            return TokenFacts(account=None, lacks=(scope,), server_now=now)
        account = mapping.account(self.api.value(USER, answer, "asking who the token is"))
        return TokenFacts(account=account, server_now=now)

    def repository(self, name: str) -> RepositoryFacts:
        """Return a repository and what the account may do there."""
        answer = self.api.http.get(repo_path(name))
        if new := moved_to(answer):
            raise RepositoryMoved(name, new)
        found = self.api.value(_REPOSITORY, answer, f"reading the repository {name}", repo=name)
        if found.full_name != name:
            raise RepositoryMoved(name, found.full_name)
        return RepositoryFacts(
            name=found.full_name,
            default_branch=found.default_branch,
            archived=found.archived,
            has_issues=found.has_issues,
            has_pulls=found.has_pull_requests,
            may_write=found.permissions.push if found.permissions else None,
        )

    def may_label(self, repo: str) -> None:
        """Ask to take a label off issue 0, which there never is."""
        answer = self.api.http.send("DELETE", f"{repo_path(repo)}/issues/0/labels/0", repeat=True)
        if answer.status != codes.NOT_FOUND:
            raise error_of(answer, f"asking whether afk may label in {repo}", repo=repo)

    def labels(self, repo: str) -> Sequence[str]:
        """Return the names of the repository's labels and of its organisation's."""
        return Labels(self.api, self.config).names(repo)

    def names_like(self, name: str) -> Sequence[str]:
        """Return repositories whose name begins alike, then those that something happened in."""
        beginning = name.rpartition("/")[2][:_BEGINNING]
        names = [one for part in (beginning, "") for one in self._search(part)]
        return tuple(dict.fromkeys(names))

    def _search(self, part: str) -> Sequence[str]:
        params = {"q": part, "sort": "updated", "order": "desc", "limit": PAGE}
        answer = self.api.http.get("/repos/search", params)
        found = self.api.value(_FOUND, answer, "looking for repositories")
        return tuple(one.full_name for one in found.data or ())

    def waiting(self, repo: str) -> Sequence[WaitingRun] | None:
        """Return waiting runs among the newest 50 to 100; None: the server has no such list."""
        first = self._page(repo, 1)
        if first is None:
            return None
        last = -(-first.total_count // PAGE)
        pages = [first, *(self._page(repo, number) for number in range(max(2, last - 1), last + 1))]
        runs = [run for page in pages[-2:] if page for run in page.workflow_runs or ()]
        return tuple(WaitingRun(one.workflow_id, one.created) for one in runs if _waits(one))

    def _page(self, repo: str, number: int) -> _Runs | None:
        params = {"page": number, "limit": PAGE}
        answer = self.api.http.get(f"{repo_path(repo)}/actions/runs", params)
        if answer.status == codes.NOT_FOUND:
            return None
        return self.api.value(_RUNS, answer, f"listing the runs of {repo}", repo=repo)


def meant(api: ForgejoApi, config: Config, name: str) -> str:
    """Return the repository that a misspelt name may mean, "" where none is much alike."""
    one = ForgejoInstallation(api=api, config=config)
    names = answer_or_error(lambda: one.names_like(name))
    return "" if isinstance(names, AfkError) else nearest_repository(name, names)


def _waits(run: _Run) -> bool:
    return run.status == _WAITING
