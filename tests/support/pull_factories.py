"""A run that lands by pull request, as a tick sees it; see `factories` and `run_factories`.

The story: the first turn has ended, its commit stands on the run's branch, afk opened the pull
request, CI is green, nobody has said anything.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from support.factories import AFK, MARA, NOW, PUSHED, REPO, RUN_ID, changed, config, record, turn
from support.run_factories import branch, ended, facts, observed, verdict

from afk.config import Config
from afk.decide.decision import Decision
from afk.decide.lifecycle import decide
from afk.decide.observation import Observation, note
from afk.decide.pull_sight import PullSight
from afk.model.forge import Branch
from afk.model.pull import (
    BranchRules,
    Mergeability,
    Pull,
    PullState,
    Review,
    ReviewComment,
    ReviewState,
)
from afk.record import names
from afk.record.landing import Landing
from afk.record.state import RunRecord
from afk.types import CIStatus, ThreadStatus

OWN_BRANCH: Final = names.branch(RUN_ID, 7)
MERGED: Final = "e" * 40
EARLIER: Final = NOW - timedelta(hours=1)


def landing_config(**changes: Any) -> Config:
    """Return an armed configuration in which work lands by pull request."""
    return config(**{"landing": "pull-request", **changes})


def pull(**changes: Any) -> Pull:
    """Return afk's own open pull request, ready, with the run's commit."""
    base = Pull(
        repository=100,
        repo=REPO,
        number=12,
        state=PullState.OPEN,
        title="Add a greeting",
        body="",
        author=AFK,
        head_ref=OWN_BRANCH,
        head_sha=PUSHED,
        head_repository=100,
        base_ref="main",
        created_at=EARLIER,
        updated_at=EARLIER,
        mergeability=Mergeability.CLEAN,
        behind=0,
        url="https://forge.test/acme/app/pulls/12",
    )
    return replace(base, **changes)


def review(state: ReviewState = ReviewState.CHANGES_REQUESTED, **changes: Any) -> Review:
    """Return MARA's review of the run's commit, an hour ago."""
    base = Review(
        id="r1", author=MARA, state=state, at=EARLIER, commit=PUSHED, body="Greet louder."
    )
    return replace(base, **changes)


def remark(**changes: Any) -> ReviewComment:
    """Return MARA's comment on a line, an hour ago."""
    base = ReviewComment(
        id="c1", thread="t1", author=MARA, body="Why not hello?", at=EARLIER, path="a.py", line=3
    )
    return replace(base, **changes)


def sight(seen: Pull | None = None, **changes: Any) -> PullSight:
    """Return what is seen of the landing; MARA may approve."""
    base = PullSight(
        base=Branch("b" * 40),
        pull=seen or pull(),
        rules=BranchRules(),
        may_approve=frozenset({MARA.id}),
    )
    return replace(base, **changes)


def landing_record(**changes: Any) -> RunRecord:
    """Return the record of a run whose pull request is open and ready."""
    landing = changes.pop("landing", {})
    base = record(
        turns=(ended(turn()),),
        pushed=(PUSHED,),
        pushed_at=EARLIER,
        landing=Landing(
            **{"branch": OWN_BRANCH, "pull": 12, "tip": PUSHED, "ready_at": EARLIER, **landing}
        ),
    )
    return changed(base, **changes)


def waiting_record(**changes: Any) -> RunRecord:
    """Return the record of a run that has waited for people for an hour."""
    landing = {"waiting_since": EARLIER, "rung_turns": 1, **changes.pop("landing", {})}
    return landing_record(landing=landing, **changes)


def seen(before: RunRecord | None = None, **changes: Any) -> Observation:
    """Return what one tick sees of that run: the agent at rest, CI green."""
    shown = changes.pop("sight", sight())
    base: dict[str, Any] = {
        "thread": facts(ThreadStatus.IDLE, stopped=True),
        "branch": branch(PUSHED),
        "verdict": verdict(CIStatus.GREEN),
        "landing": shown,
        **changes,
    }
    return observed(before or landing_record(), **base)


def landing_decided(
    before: RunRecord | None = None, settings: Config | None = None, **changes: Any
) -> Decision:
    """Note what is seen and decide, as a tick does."""
    settings = settings or landing_config()
    shown = seen(before, **changes)
    return decide(note(shown, settings), shown, settings)
