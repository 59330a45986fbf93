"""What Forgejo keeps of failed CI: logs of jobs, from 16 on. It has no request to run one again.

Profile
-------
A status of Forgejo Actions links to ``/{o}/{r}/actions/runs/{number}/jobs/{index}``. By that,
``GET /repos/{o}/{r}/actions/runs?page=1&run_number={number}`` gives the run's id,
``GET .../actions/runs/{id}/jobs`` its jobs by rising id, ``GET .../actions/jobs/{id}/logs`` the
log as text, of which only the end is asked for (RFC 9110 14.1.2; ``170-run-jobs``,
``171-job-logs``). Three requests. 14 has the first of them, 11 none: 404, and there is no log.
Scope ``read:repository``; anybody may read those of a public repository (``177-job-logs-anon``).

Running again exists on pages only, for a person's session (``178-run-rerun`` to ``181``, 253).
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from httpx import codes

from afk.adapters.forgejo.api import ForgejoApi, repo_path
from afk.adapters.forgejo.errors import error_of, missing_scope
from afk.adapters.forgejo.pull_wire import JOBS, RUNS
from afk.adapters.http import Answer
from afk.errors import TooLarge
from afk.model.ci import Check

_PAGE: Final = re.compile(r"/actions/runs/(\d+)/jobs/(\d+)(?:/|$)")
_NO_LOG: Final = (
    codes.FORBIDDEN,
    codes.NOT_FOUND,
    codes.GONE,
    codes.REQUESTED_RANGE_NOT_SATISFIABLE,
)


@dataclass(frozen=True, slots=True)
class ForgejoEvidence:
    """`afk.ports.landing.Evidence` on one Forgejo server, through one token."""

    api: ForgejoApi
    web: str

    @property
    def can_rerun(self) -> bool:
        """Say no: nothing of the API runs a job again."""
        return False

    def rerun_failed(self, repo: str, sha: str) -> bool:
        """Say no: nothing of the API runs a job again."""
        del repo, sha
        return False

    def log_tail(self, repo: str, check: Check, limit_bytes: int) -> str:
        """Return the end of the log of a job of Actions."""
        path = self._log(repo, check)
        if not path:
            return ""
        wanted = {"range": f"bytes=-{limit_bytes}"}
        try:
            answer = self.api.http.send("GET", path, repeat=True, headers=wanted)
        except TooLarge:
            # What stands in front of the server knows no ranges.
            return ""
        self._welcome(answer, repo)
        return _tail(answer, limit_bytes) if answer.ok else ""

    def _log(self, repo: str, check: Check) -> str:
        """Return where the log of a check is; "" where there is none."""
        page = urlsplit(check.url).path.removeprefix(urlsplit(self.web).path)
        found = _PAGE.fullmatch(page.removeprefix(f"/{repo}"))
        if not (found and check.workflow and check.url.startswith(f"{self.web}/{repo}/")):
            return ""
        actions = f"{repo_path(repo)}/actions"
        params = {"page": 1, "limit": 1, "run_number": found[1]}
        listed = self.api.http.get(f"{actions}/runs", params)
        if not self._welcome(listed, repo):
            return ""
        what = f"reading the jobs of {repo}"
        runs = self.api.value(RUNS, listed, what, repo=repo).workflow_runs or ()
        answer = self.api.http.get(f"{actions}/runs/{runs[0].id}/jobs") if runs else None
        if answer is None or not self._welcome(answer, repo):
            return ""
        jobs = sorted(one.id for one in self.api.value(JOBS, answer, what, repo=repo))
        index = int(found[2])
        return f"{actions}/jobs/{jobs[index]}/logs" if index < len(jobs) else ""

    def _welcome(self, answer: Answer, repo: str) -> bool:
        """Say whether there is an answer; raises what is no plain "not here"."""
        if answer.ok:
            return True
        if answer.status in _NO_LOG and not missing_scope(answer):
            return False
        raise error_of(answer, f"reading a log of {repo}", repo=repo)


def _tail(answer: Answer, limit: int) -> str:
    """Return whole lines only: what was asked for begins anywhere."""
    text = answer.body[-limit:]
    cut = answer.status == codes.PARTIAL_CONTENT or len(answer.body) > limit
    if cut and not answer.headers.get("content-range", "").startswith("bytes 0-"):
        text = text.partition(b"\n")[2]
    return text.decode("utf-8", "replace")
