"""What Forgejo knows of a commit's CI: its statuses, and whether every run is over.

Profile
-------
``GET /repos/{o}/{r}/commits/{sha}/statuses?limit=50``, all pages by X-Total-Count: every status
ever written, about three a job, newest second first (``forgejo/14.0.0/162-statuses``,
``forgejo-actions/14.0.0/api-commit-statuses``). The combined status is not read: it has one of each
context, and several jobs may have one. No status answers 200 with an empty list.

``GET /repos/{o}/{r}/actions/tasks?page=1&limit=50``, only while a context is several jobs'
(two workflow files with one name, a file run twice): whose file and how it ended.

``GET /repos/{o}/{r}/actions/runs?page=1&head_sha={sha}&limit=50``, then too, and while no status
is pending: the set of statuses grows for seconds after a push and an early view can be all green
(``forgejo-actions/14.0.0/status-sequence``). Forgejo 14 has it; on 11 it is 404
(``forgejo-actions/11.0.15/api-tasks-and-runs``), the answer then is "cannot tell". Without
``page`` it would return every run there is.

Scope ``read:repository`` (``180-scope-missing-read-repository``). Two requests for a commit with
up to 50 statuses. Errors: `afk.adapters.forgejo.errors`. What the words mean is
`afk.adapters.forgejo.ci_mapping`'s business.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from httpx import codes
from pydantic import TypeAdapter

from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path, total_of
from afk.adapters.forgejo.ci_mapping import (
    WireRuns,
    WireStatus,
    WireTask,
    WireTasks,
    as_checks,
    runs_ended,
    several_runs,
)
from afk.adapters.http import Answer, Http
from afk.adapters.wire import LATER
from afk.model.ci import Check, CheckState, CommitChecks
from afk.parallel import gather

_CHANGED: Final = Check("statuses changed while they were read", CheckState.PENDING)
_STATUSES: Final = TypeAdapter(tuple[WireStatus, ...] | None, config=LATER)
_RUNS: Final = TypeAdapter(WireRuns)
_TASKS: Final = TypeAdapter(WireTasks)


class ForgejoChecks:
    """`afk.ports.Checks` on one Forgejo server, through one token."""

    def __init__(self, *, http: Http, web: str) -> None:
        """``http`` speaks to ``{server}/api/v1``; ``web`` is the server's root for people."""
        self._api = ForgejoApi(http)
        self._web = web.rstrip("/") + "/"

    def expect(self, commits: Sequence[tuple[str, str]]) -> None:
        """Do nothing: every commit is a request of its own here."""

    def read(self, repo: str, shas: Sequence[str]) -> Mapping[str, CommitChecks]:
        """Return the checks of each commit of a repository, several commits at once."""
        asked = tuple(dict.fromkeys(shas))
        read = gather(lambda sha: self._commit(repo, sha), asked)
        return dict(zip(asked, read, strict=True))

    def _commit(self, repo: str, sha: str) -> CommitChecks:
        statuses, whole = self._statuses(repo, sha)
        several = several_runs(statuses)
        runs = self._runs(repo, sha) if several else None
        tasks = self._tasks(repo) if several else ()
        checks = as_checks(statuses, self._web, runs, tasks) + (() if whole else (_CHANGED,))
        if any(check.state is CheckState.PENDING for check in checks):
            return CommitChecks(sha, checks)
        runs = runs if several else self._runs(repo, sha)
        return CommitChecks(
            sha, checks, all_runs_ended=runs_ended(runs, sha, statuses) if runs else None
        )

    def _statuses(self, repo: str, sha: str) -> tuple[Sequence[WireStatus], bool]:
        """Return all statuses, and whether none was missed.

        One that is written between two pages pushes another onto a page that was read: it comes
        twice, or not at all, and then fewer came than there are.
        """
        what = f"reading the statuses of {sha} in {repo}"
        totals: list[int] = []

        def pick(answer: Answer) -> tuple[WireStatus, ...]:
            totals.append(total_of(answer))
            return self._api.value(_STATUSES, answer, what, repo=repo) or ()

        path = f"{repo_path(repo)}/commits/{sha}/statuses"
        read = self._api.pages(path, pick, {"limit": PAGE})
        statuses = {one.id: one for one in read}
        return tuple(statuses.values()), len(statuses) >= max(totals)

    def _tasks(self, repo: str) -> Sequence[WireTask]:
        """Return the newest tasks of a repository."""
        params = {"page": 1, "limit": PAGE}
        answer = self._api.http.get(f"{repo_path(repo)}/actions/tasks", params)
        listed = self._api.value(_TASKS, answer, f"reading the tasks of {repo}", repo=repo)
        return listed.workflow_runs or ()

    def _runs(self, repo: str, sha: str) -> WireRuns | None:
        """Return the runs of a commit; None: the server has no such list."""
        params = {"page": 1, "head_sha": sha, "limit": PAGE}
        answer = self._api.http.get(f"{repo_path(repo)}/actions/runs", params)
        if answer.status == codes.NOT_FOUND:
            return None
        return self._api.value(_RUNS, answer, f"reading the runs of {sha}", repo=repo)
