"""What Forgejo knows of a commit's CI: its statuses, and whether every run is over.

Profile
-------
``GET /repos/{o}/{r}/commits/{sha}/status?limit=50``, all pages by X-Total-Count: the newest
status of each context. The combined ``state`` covers one page only and is not read
(``forgejo/14.0.0/159-status-54-contexts-page-1`` says success, page 2 failure). No status and an
unknown commit both answer 200 with ``statuses`` null (``149-status-none``,
``150-status-unknown-sha``), so callers ask for commits they have seen.

``GET /repos/{o}/{r}/actions/runs?page=1&head_sha={sha}&limit=50``, only while no status is
pending: the set of statuses grows for seconds after a push and an early view can be all green
(``forgejo-actions/14.0.0/status-sequence``). Forgejo 14 has it; on 11 it is 404
(``forgejo-actions/11.0.15/api-tasks-and-runs``), the answer then is "cannot tell". Without
``page`` it would return every run there is.

Scope ``read:repository`` (``180-scope-missing-read-repository``). Two requests for a commit with
up to 50 contexts. Errors: `afk.adapters.forgejo.errors`.

States
------
Any writer can post any context with any word (``157-status-create-bogus``): an unknown word is
UNKNOWN. ``warning`` is a FAILURE: it is a final word, ranks below pending and success in the
server's own fold (``155-status-warning-success-pending``), and a protected branch refuses to
merge on it (source, services/pull/commit_status.go). Only Forgejo Actions' own statuses, which
have no creator, are read further: Forgejo up to 15 reports a skipped job as success and a
cancelled one as failure, told apart by fixed English descriptions (source,
services/actions/commit_status.go; ``forgejo-actions/*/api-commit-statuses``).

What cannot be told: a runner that died, or was never there, shows as pending and after about 11
minutes as failure, like code that failed; INFRASTRUCTURE is never returned. There are no
deployments.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urljoin

from httpx import codes
from pydantic import BaseModel, ConfigDict, TypeAdapter

from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path, total_of
from afk.adapters.http import Answer, Http
from afk.model.ci import Check, CheckState, CommitChecks
from afk.parallel import gather

_WORDS: Final = {
    "pending": CheckState.PENDING,
    "success": CheckState.SUCCESS,
    "skipped": CheckState.SKIPPED,
    "failure": CheckState.FAILURE,
    "error": CheckState.FAILURE,
    "warning": CheckState.FAILURE,
}
_DESCRIPTIONS: Final = {
    "Has been skipped": CheckState.SKIPPED,
    "Has been cancelled": CheckState.CANCELLED,
}
_CHANGED: Final = "statuses changed while they were read"
_WELL: Final = frozenset({"success", "skipped"})
_ENDED: Final = frozenset({"failure", "cancelled", *_WELL})
_ILL: Final = frozenset({CheckState.FAILURE, CheckState.CANCELLED})
_LEAVE_STATUSES: Final = frozenset({"push", "pull_request", "pull_request_target", "release"})
"""Events whose runs write statuses on a commit; others run beside it, afk's own ticks too."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Status(_Wire):
    """One context's newest status; the word stands in ``status``, not in ``state``."""

    context: str = ""
    status: str = ""
    description: str | None = None
    target_url: str | None = None
    creator: Any = None


class _Combined(_Wire):
    statuses: tuple[_Status, ...] | None = None


class _Run(_Wire):
    """A run. Scheduled ones have event push, so the trigger is what counts."""

    status: str = ""
    event: str = ""
    trigger_event: str = ""
    commit_sha: str = ""

    @property
    def trigger(self) -> str:
        return self.trigger_event or self.event


class _Runs(_Wire):
    total_count: int = 0
    workflow_runs: tuple[_Run, ...] | None = None


_COMBINED: Final = TypeAdapter(_Combined)
_RUNS: Final = TypeAdapter(_Runs)


class ForgejoChecks:
    """`afk.ports.Checks` on one Forgejo server, through one token."""

    def __init__(self, *, http: Http, web: str) -> None:
        """``http`` speaks to ``{server}/api/v1``; ``web`` is the server's root for people."""
        self._api = ForgejoApi(http)
        self._web = web.rstrip("/") + "/"

    def read(self, repo: str, shas: Sequence[str]) -> Mapping[str, CommitChecks]:
        """Return the checks of each commit of a repository, several commits at once."""
        asked = tuple(dict.fromkeys(shas))
        read = gather(lambda sha: self._commit(repo, sha), asked)
        return dict(zip(asked, read, strict=True))

    def _commit(self, repo: str, sha: str) -> CommitChecks:
        checks = self._statuses(repo, sha)
        growing = all(check.state is not CheckState.PENDING for check in checks)
        ended = self._all_ended(repo, sha, checks) if growing else None
        return CommitChecks(sha, checks, all_runs_ended=ended)

    def _statuses(self, repo: str, sha: str) -> tuple[Check, ...]:
        """Return the newest status of each context, all pages.

        Between two pages a context can move from one to the other and be missed: then fewer
        contexts came than there are, and the set counts as not settled.
        """
        what = f"reading the statuses of {sha} in {repo}"
        totals: list[int] = []

        def pick(answer: Answer) -> tuple[_Status, ...]:
            totals.append(total_of(answer))
            return self._api.value(_COMBINED, answer, what, repo=repo).statuses or ()

        path = f"{repo_path(repo)}/commits/{sha}/status"
        statuses = self._api.pages(path, pick, {"limit": PAGE})
        checks = {status.context: _check(status, self._web) for status in statuses}
        if len(checks) < max(totals):
            checks[_CHANGED] = Check(_CHANGED, CheckState.PENDING)
        return tuple(checks.values())

    def _all_ended(self, repo: str, sha: str, checks: Iterable[Check]) -> bool | None:
        """Say whether every run that leaves statuses on the commit is over; None: cannot tell."""
        params = {"page": 1, "head_sha": sha, "limit": PAGE}
        answer = self._api.http.get(f"{repo_path(repo)}/actions/runs", params)
        if answer.status == codes.NOT_FOUND:
            return None
        listed = self._api.value(_RUNS, answer, f"reading the runs of {sha}", repo=repo)
        return _all_ended(listed, sha, {check.state for check in checks})


def _all_ended(listed: _Runs, sha: str, shown: Collection[CheckState]) -> bool | None:
    """Fold one page of runs; more of them than a page holds cannot be told.

    The runs were read after the statuses and may have ended in between. A run that failed while
    no status shows it proves that the statuses are older: not all of them were seen.
    """
    runs = listed.workflow_runs or ()
    own = [run for run in runs if run.commit_sha == sha and run.trigger in _LEAVE_STATUSES]
    if any(run.status not in _ENDED for run in own):
        return False
    if any(run.status not in _WELL for run in own) and _ILL.isdisjoint(shown):
        return False
    return True if own and len(runs) >= listed.total_count else None


def _check(status: _Status, web: str) -> Check:
    """Return a status as a check; a relative target is the server's own page."""
    state = _WORDS.get(status.status, CheckState.UNKNOWN)
    workflow = ""
    if status.creator is None:
        name, parted, _ = status.context.partition(" / ")
        workflow = name if parted else ""
        state = _DESCRIPTIONS.get(status.description or "", state)
    return Check(status.context, state, workflow, _address(status.target_url or "", web))


def _address(target: str, web: str) -> str:
    """Return where a status points to, if people can open it; anybody may post anything."""
    try:
        url = urljoin(web, target) if target else ""
    except ValueError:
        return ""
    return url if url.startswith(("https://", "http://")) else ""
