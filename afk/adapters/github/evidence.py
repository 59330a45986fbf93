"""What GitHub keeps of failed CI: jobs that can be run again, and their logs.

Owns `afk.ports.landing.Evidence` on GitHub. Must not judge a check.

Requests: ``rerun_failed`` 1 for the commit's runs (recording 087) and 1 per run with a failed job;
``log_tail`` 1, and 1 to where the log is kept (recording 092, `afk.adapters.github.blobs`).
Permissions: ``actions: write`` for the first, ``actions: read`` for the second. A run's failed jobs
run again together with those that depend on them, at the same commit and with the rights of who
started the run at first
(https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs).

A 403 says no for good (older than a month, the 50th time, no right) or for now (the run has not
quite ended, which it does seconds after its checks: https://github.com/cli/cli/issues/9221). Either
way nothing was started, so all of them are False, but for a rate limit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.github import blobs
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.errors import GONE, moved_to_id, rate_limit
from afk.adapters.github.pull_wire import RestRun, RestRuns
from afk.adapters.github.wire import parse
from afk.adapters.http import Answer
from afk.adapters.web_page import not_a_page
from afk.config import Config
from afk.model.ci import Check

_EVENTS: Final = frozenset({"push", "pull_request", "merge_group"})
"""What a push starts; all else hangs on the commit by chance, and was started by somebody."""

_FAILED: Final = frozenset({"failure", "timed_out"})
_JOB: Final = re.compile(r"/actions/runs/[0-9]+/job/([0-9]{1,18})(?:[/?#]|$)")
_NO: Final = frozenset({codes.FORBIDDEN, codes.CONFLICT, codes.UNPROCESSABLE_ENTITY, *GONE})
_STAMP: Final = re.compile(
    r"^\ufeff?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{1,9}Z ?", re.MULTILINE
)
_STAMPED: Final = 3
"""So many times what is wanted is fetched: stamps take half of a log of short lines and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubEvidence:
    """Implements `afk.ports.landing.Evidence`."""

    api: GitHubApi
    config: Config

    @property
    def can_rerun(self) -> bool:
        """Say whether there is a request for it; whether this token may make it is seen then."""
        return True

    def rerun_failed(self, repo: str, sha: str) -> bool:
        """Run the failed jobs of a commit's ended runs again; False where none was started."""
        params = {"head_sha": sha, "per_page": 100}
        path = f"/repos/{quote(repo)}/actions/runs"
        answer = self.api.send("GET", path, params=params)
        if not self._told(answer, repo):
            return False
        shown = parse(RestRuns, answer.json, f"listing the runs of {sha}")
        settings = self.config.repositories.get(repo)
        ignored = settings.ci.ignore if settings else ()
        started = [
            self._told(self.api.send("POST", f"{path}/{one.id}/rerun-failed-jobs"), repo)
            for one in newest(shown.workflow_runs)
            if one.event in _EVENTS
            and one.status == "completed"
            and one.conclusion in _FAILED
            and one.name not in ignored
        ]
        return any(started)

    def log_tail(self, repo: str, check: Check, limit_bytes: int) -> str:
        """Return the end of a job's log; a job's number is its check run's (recording 091)."""
        job = _JOB.search(check.url)
        if not job or f"/{repo}/actions/".lower() not in check.url.lower():
            return ""
        answer = self.api.send("GET", f"/repos/{quote(repo)}/actions/jobs/{job[1]}/logs")
        there = answer.headers.get("location", "")
        if codes.is_redirect(answer.status) and there and moved_to_id(answer) is None:
            most = limit_bytes * _STAMPED
            found = blobs.tail(self.api.http, there, most)
            # Where the beginning is cut off, so may be half of a secret; it goes with its line.
            whole = found if len(found) < most else found.partition(b"\n")[2]
            return ending(self.api.http.mask(whole.decode("utf-8", "replace")), limit_bytes)
        self._told(answer, repo)
        return ""

    def _told(self, answer: Answer, repo: str) -> bool:
        """Say whether it was a yes; raises what is neither yes nor no."""
        if not_a_page(answer).ok:
            return True
        if answer.status in _NO and rate_limit(answer) is None:
            return False
        raise self.api.problem(answer, repo=repo)


def newest(runs: Iterable[RestRun]) -> list[RestRun]:
    """Return each workflow's newest run for each event; a run that ran again is the same run."""
    found: dict[tuple[int, str], RestRun] = {}
    for one in sorted(runs, key=lambda one: one.run_number):
        found[one.workflow_id, one.event] = one
    return list(found.values())


def ending(log: str, limit_bytes: int) -> str:
    """Return the last whole lines of a log, without the time that begins each, nor a BOM."""
    lines = _STAMP.sub("", log).splitlines(keepends=True)
    kept: list[str] = []
    left = limit_bytes
    for line in reversed(lines):
        left -= len(line.encode())
        if left < 0:
            break
        kept.append(line)
    return "".join(reversed(kept))
