"""What CI says of pushed commits: a forge's evidence, folded into one verdict per commit.

Profile
-------
Owns reading, grouping and asking deploy probes; `afk.decide.ci_verdict` judges. Must not know
any forge: checks, statuses and deployments come from a `afk.ports.Checks`.

Requests: none of its own but probes. One ``Checks.read`` per repository asked about,
repositories in parallel, then one GET per probe stage whose earlier stages are green. Probes
carry no token, follow no redirect, are not repeated, take 15 seconds at most and read at most
64 KiB.

Errors: those of ``Checks.read``, raised after all repositories were read. A prober never
raises: what cannot be reached is undecided, and a deadline decides about it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import httpx

from afk.adapters.http import Answer, Http
from afk.adapters.patience import Patience
from afk.config import Config, RepositoryConfig, StageConfig
from afk.decide.ci_verdict import Probe, fold
from afk.errors import OutsideFailure
from afk.model.ci import CIVerdict, CommitChecks
from afk.parallel import gather
from afk.ports import Checks, CommitQuery
from afk.setting_rules import SHA_PLACE

__all__ = ["CIWatcher", "HttpProbe", "Probe", "fold"]

PROBE_BODY: Final = 64 * 1024
_PROBE_SECONDS: Final = 15.0
_PROBES_SECONDS: Final = 90.0
"""Of all probes of a tick, those side by side counted once: an agent's own deployment may drip."""
_SHA_LENGTH: Final = 40


class HttpProbe:
    """Asks a deployed service which commit it runs; a `Probe`."""

    def __init__(self, client: httpx.Client, sleep: Callable[[float], None]) -> None:
        """``client`` must carry no credentials; ``sleep`` is `Http`'s, and never called."""
        self.http = Http(
            client=client,
            base_url="",
            name="the deploy probe",
            authorize=dict,
            sleep=sleep,
            max_body=PROBE_BODY,
            patience=Patience(request=_PROBE_SECONDS, tick=_PROBES_SECONDS),
        )

    def __call__(self, stage: StageConfig, sha: str) -> bool | None:
        """Say whether the answer proves the whole sha; None: unreachable or too large.

        Strict on purpose: an abbreviated sha can be part of another one, and an empty one is
        part of everything. One attempt: the next tick asks again.
        """
        try:
            answer = self.http.send("GET", SHA_PLACE.sub(sha, stage.probe), anonymous=True)
        except OutsideFailure:
            return None
        return len(sha) >= _SHA_LENGTH and proves(answer, stage, sha)


def proves(answer: Answer, stage: StageConfig, sha: str) -> bool:
    """Say whether an answer is what the stage's probe has to be answered with.

    The sha anywhere in it is a proof only where it was not asked with.
    """
    body, wanted = answer.body.lower(), sha.lower().encode()
    if answer.status != stage.probe_status if stage.probe_status else not answer.ok:
        return False
    if stage.probe_text and stage.probe_text.encode() not in answer.body:
        return False
    if stage.probe_json:
        return _field(answer, stage.probe_json).lower() == sha.lower()
    return stage.sha_in_address or wanted in body


def _field(answer: Answer, path: str) -> str:
    """Return a text in a JSON answer, its steps parted by dots; nothing where there is none."""
    try:
        found = answer.json
    except OutsideFailure:
        return ""
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _settings(configured: RepositoryConfig, query: CommitQuery) -> RepositoryConfig:
    """Return the repository's settings, with what its branch demands where they demand nothing."""
    if configured.ci.required or not query.required:
        return configured
    return replace(configured, ci=replace(configured.ci, required=query.required))


@dataclass(frozen=True, slots=True, kw_only=True)
class CIWatcher:
    """Implements `afk.ports.CI`; ``now`` returns aware UTC datetimes."""

    reader: Checks
    probe: Probe
    config: Config
    now: Callable[[], datetime]

    def expect(self, commits: Sequence[tuple[str, str]]) -> None:
        """Pass it on to who reads."""
        self.reader.expect(commits)

    def verdicts(self, queries: Sequence[CommitQuery]) -> Mapping[CommitQuery, CIVerdict]:
        """Return the verdict on each commit; one read per repository, none for no queries.

        A commit that the reader does not answer for counts as one with a run under way:
        nothing about it can be green, not even by ``ci.none``.
        """
        shas: dict[str, list[str]] = {}
        for query in queries:
            shas.setdefault(query.repo, []).append(query.sha)
        repos = list(shas)
        answers = gather(
            lambda repo: self.reader.read(repo, list(dict.fromkeys(shas[repo]))), repos
        )
        read = dict(zip(repos, answers, strict=True))
        now = self.now()

        def judge(query: CommitQuery) -> CIVerdict:
            unread = CommitChecks(query.sha, all_runs_ended=False)
            return fold(
                read[query.repo].get(query.sha, unread),
                _settings(self.config.repository(query.repo), query),
                seen_at=query.seen_at,
                now=now,
                probes=self.probe,
            )

        return dict(zip(queries, gather(judge, queries), strict=True))
