"""Factories for folding: checks of one workflow, a prober, and a fold with healthy defaults."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from afk.config import CIConfig, RepositoryConfig, StageConfig
from afk.decide.ci_verdict import fold
from afk.model.ci import Check, CheckState, CIVerdict, CommitChecks, Deployment
from afk.types import CIStatus

SHA = "a" * 40
SEEN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATE = SEEN + timedelta(seconds=120)
EARLY = LATE - timedelta(seconds=1)

PENDING, SUCCESS, SKIPPED, FAILURE, CANCELLED, INFRASTRUCTURE, UNKNOWN = CheckState
GREEN, RED, UNDECIDED = CIStatus.GREEN, CIStatus.RED, CIStatus.PENDING

PLAIN = RepositoryConfig(workspace="/srv/app")
NONE_GREEN = replace(PLAIN, ci=CIConfig(none="green"))
REQUIRED = replace(PLAIN, ci=CIConfig(required=("test", "CI / lint")))
REQUIRED_NONE_GREEN = replace(PLAIN, ci=CIConfig(required=("test",), none="green"))


class Probe:
    """Answers for every stage alike and remembers what it was asked."""

    def __init__(self, *, answer: bool | None = None) -> None:
        """``answer`` is given to every question."""
        self.answer = answer
        self.asked: list[tuple[StageConfig, str]] = []

    def __call__(self, stage: StageConfig, sha: str) -> bool | None:
        self.asked.append((stage, sha))
        return self.answer


def judged(
    *checks: Check,
    settings: RepositoryConfig = PLAIN,
    now: datetime = LATE,
    ended: bool | None = None,
    deployments: tuple[Deployment, ...] = (),
    probe: Probe | None = None,
    running: frozenset[str] = frozenset(),
) -> CIVerdict:
    return fold(
        CommitChecks(SHA, checks, deployments, ended, running),
        settings,
        seen_at=SEEN,
        now=now,
        probes=probe or Probe(),
    )


def ci_test(state: CheckState, workflow: str = "CI") -> Check:
    return Check("test", state, workflow, "https://forge.example/run/1")


def ci_lint(state: CheckState, workflow: str = "CI") -> Check:
    return Check("lint", state, workflow)
