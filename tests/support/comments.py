"""The run's comment in every state that people see: for its tests, and for its pictures.

Each scene is a record and what stands around it; the story is that of `factories`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from support.factories import ENVIRONMENT, NOW, PUSHED, REPO, STARTED, changed, config, record, turn
from support.pull_factories import MERGED, OWN_BRANCH, landing_config
from support.run_factories import ended

from afk.config import Config
from afk.model.ci import Check, CheckState, CIVerdict
from afk.phase_checklist import Surroundings, render
from afk.record.groups import SeenVerdict
from afk.record.landing import Landing
from afk.record.state import Asked, Outcome, Purpose, RunRecord, Stage
from afk.text.failing import by_digest, failed_checks
from afk.text.questions import by_digest as questions_by_digest
from afk.text.waits import with_links
from afk.text.waking import wake_text
from afk.types import CIStatus, Phase, Reason, Verdict

FIX: Final = "f" * 40
EARLIER: Final = NOW - timedelta(minutes=20)
FAILED: Final = CIVerdict(
    PUSHED,
    CIStatus.RED,
    failed=(
        Check("unit (3.12)", CheckState.FAILURE, "test", "https://forge.test/acme/app/actions/1"),
        Check("lint", CheckState.FAILURE, "", "https://forge.test/acme/app/actions/2"),
    ),
)
FAILED_LINE: Final = by_digest(failed_checks(FAILED))
QUESTION: Final = "Which port shall the page listen on? The issue names none.\n1. 8080\n2. 443"
ASKED: Final = Asked(id="q1", at=EARLIER, digest=next(iter(questions_by_digest([QUESTION]))))
REACHED: Final = {
    Phase.WORKTREE: STARTED + timedelta(minutes=1),
    Phase.TESTS_RED: STARTED + timedelta(minutes=4),
    Phase.GREEN: STARTED + timedelta(minutes=9),
    Phase.PUSHED: EARLIER,
}
AROUND: Final = Surroundings(
    thread_url=f"https://t3.test/{ENVIRONMENT}/2b1c",
    commit_url=f"https://forge.test/{REPO}/commit/",
    pull_url=f"https://forge.test/{REPO}/./issues/12",
    approver="mara",
    failed=FAILED_LINE,
)
RED: Final = SeenVerdict(sha=PUSHED, status=CIStatus.RED, at=NOW, failed=next(iter(FAILED_LINE)))
GREEN: Final = SeenVerdict(sha=PUSHED, status=CIStatus.GREEN, at=NOW)
GREEN_TOO: Final = {**REACHED, Phase.CI: NOW}


SETTINGS: Final = config()
NOTHING: Final = Surroundings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One state of the comment: its name, and what it is rendered from."""

    name: str
    record: RunRecord
    around: Surroundings = AROUND
    config: Config = SETTINGS

    @property
    def handed_back(self) -> bool:
        """Say whether a person is needed now."""
        return self.record.verdict in (Verdict.NEEDS_HUMAN, Verdict.FROZEN)

    @property
    def wakes(self) -> bool:
        """Say whether it is one of the two that are shown with the comment that wakes somebody."""
        return self.name in ("nothing-pushed", "attempts-spent")


def woken(scene: Scene) -> str:
    """Return the new comment that wakes whoever approved."""
    verdict = scene.record.verdict
    assert verdict is not None
    link = f"https://forge.test/{REPO}/issues/7#issuecomment-501"
    return wake_text(scene.record, verdict, scene.config, mention="@mara", link=link)


def pushed(**changes: Any) -> RunRecord:
    """Return a run whose agent has finished and pushed, twenty minutes ago."""
    base = record(turns=(ended(turn()),), pushed=(PUSHED,), pushed_at=EARLIER, phases=dict(REACHED))
    if changes.get("seen_verdict") is GREEN:
        base = replace(base, phases=GREEN_TOO)
    return changed(base, **changes)


def red(**changes: Any) -> RunRecord:
    """Return a run whose CI failed."""
    return pushed(**{"seen_verdict": RED, "first_red_at": NOW, **changes})


def fixing(count: int, **changes: Any) -> RunRecord:
    """Return a run at its nth try to fix CI."""
    earlier = [ended(turn(number, Purpose.FIX_FORWARD)) for number in range(2, count + 1)]
    last = turn(count + 1, Purpose.FIX_FORWARD, red_commit=PUSHED, sent_at=NOW)
    return red(turns=(ended(turn()), *earlier, last), **changes)


def pull(**changes: Any) -> RunRecord:
    """Return a run whose pull request is open."""
    landing = {"branch": OWN_BRANCH, "pull": 12, "tip": PUSHED, **changes.pop("landing", {})}
    return pushed(landing=Landing(**landing), **changes)


def over(run: RunRecord, verdict: Verdict, reason: Reason, detail: str = "") -> RunRecord:
    """Return the run ended for this reason, five minutes after now."""
    return changed(
        run,
        stage=Stage.ENDED,
        verdict=verdict,
        reason=reason,
        detail=detail,
        ending_at=NOW + timedelta(minutes=5),
        ended_at=NOW + timedelta(minutes=6),
    )


def under_way() -> Iterator[Scene]:
    """Return runs that are not over and push to their branch."""
    held = with_links(f"{REPO}#4 to be closed", REPO, "https://forge.test")
    waiting = replace(AROUND, waiting_for=held, thread_url="")
    approved = record(stage=Stage.APPROVED, turns=(), thread_id="", claimed_at=None)
    yield Scene(name="waiting to start", record=approved, around=waiting)
    yield Scene(name="starting", record=record(stage=Stage.CLAIMED, started_at=None))
    at_work = record(phases={Phase.WORKTREE: REACHED[Phase.WORKTREE]})
    yield Scene(name="at work", record=at_work)
    asked = changed(at_work, asked=(ASKED,), answered=("q1",))
    told = replace(AROUND, questions=questions_by_digest([QUESTION]))
    yield Scene(name="asked a question", record=asked, around=told)
    yield Scene(name="CI is running", record=pushed())
    yield Scene(name="CI is red", record=red())
    yield Scene(name="fixing CI", record=fixing(3))
    again = changed(fixing(3), pushed=(PUSHED, FIX), pushed_at=NOW)
    yield Scene(name="CI is running on a fix", record=again)
    yield Scene(name="CI is green", record=pushed(seen_verdict=GREEN))
    limited = record(limited_at=STARTED, next_try=NOW + timedelta(hours=3))
    limited = changed(limited, turns=(ended(turn(), Outcome.LIMITED),))
    said = replace(AROUND, error="You've hit your usage limit. Try again at 3:00 PM.")
    yield Scene(name="usage limit", record=limited, around=said)
    yield Scene(name="T3 out of sight", record=record(unseen_at=EARLIER))


def landing() -> Iterator[Scene]:
    """Return runs on their way through a pull request."""
    settings = landing_config()
    since = NOW - timedelta(hours=1)
    due = since + timedelta(seconds=settings.review_remind_seconds)
    first = record(landing=Landing(branch=OWN_BRANCH))
    yield Scene(name="at work on its branch", record=first, config=settings)
    yield Scene(name="pull request, CI is running", record=pull(), config=settings)
    people = pull(seen_verdict=GREEN, landing={"waiting_since": since, "ready_at": since})
    words = "it is green: somebody has to review and merge it"
    yield Scene(
        name="waiting for people",
        record=people,
        around=replace(AROUND, waiting_for=words, until=due),
        config=settings,
    )
    for name, purpose in (("review", Purpose.REVIEW), ("conflict", Purpose.REBASE)):
        turns = (ended(turn()), turn(2, purpose, red_commit=PUSHED, sent_at=NOW))
        said = pull(turns=turns, seen_verdict=GREEN)
        yield Scene(name=f"answering a {name}", record=said, config=settings)
    merged = pull(pushed=(PUSHED, MERGED), landing={"tip": MERGED, "merged": MERGED})
    yield Scene(name="merged, CI is running", record=merged, config=settings)


def ends() -> Iterator[Scene]:
    """Return runs that are over, one for each reason that a run can have."""
    for reason in Reason:
        verdict, run, detail = _END[reason]
        around, settings = AROUND, config()
        if reason is Reason.AGENT_FAILED:
            around = replace(AROUND, error="Error: model gpt-9 is not offered to this account.")
        if reason is Reason.ASKED_AGAIN:
            around = replace(AROUND, questions=questions_by_digest([QUESTION]))
        if run.landing.branch:
            settings = landing_config()
        ended_run = over(run, verdict, reason, detail)
        yield Scene(name=reason.value, record=ended_run, around=around, config=settings)
    blocked = over(pushed(seen_verdict=GREEN), Verdict.DONE, Reason.LANDED)
    blocked = changed(blocked, close_blocked=True, blocked_by=("#4",))
    link = f"[`#4`](https://forge.test/{REPO}/./issues/4)"
    yield Scene(name="blocked", record=blocked, around=replace(AROUND, blockers=link))
    limp = over(record(), Verdict.NEEDS_HUMAN, Reason.UNSEEN, "unseen_seconds=14400")
    limp = changed(limp, stage=Stage.ENDING, ended_at=None)
    unsure = replace(AROUND, agent_may_run=True, doorbell_failed=True)
    yield Scene(name="not seen stopped", record=limp, around=unsure)
    merged_red = pull(
        pushed=(PUSHED, MERGED),
        seen_verdict=replace(RED, sha=MERGED),
        first_red_at=NOW,
        landing={"tip": MERGED, "merged": MERGED},
    )
    yield Scene(
        name="merged and red",
        record=over(
            merged_red, Verdict.FROZEN, Reason.ATTEMPTS_SPENT, "fix_forward_max_attempts=5"
        ),
        config=landing_config(),
    )


def scenes() -> list[Scene]:
    """Return every scene."""
    return [*under_way(), *landing(), *ends()]


def lines(run: RunRecord, around: Surroundings = NOTHING, **changes: Any) -> list[str]:
    """Return the lines of the comment that hold something, spaces at their ends left out."""
    text = render(run, config(**changes), around)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def title(run: RunRecord, around: Surroundings = NOTHING) -> str:
    """Return the heading's words."""
    found = re.fullmatch(r"### afk: (.+) <sub>\(run `[0-9a-f]{8}`\)</sub>", lines(run, around)[0])
    assert found is not None
    return found[1]


_HUMAN, _FROZEN, _STOPPED = Verdict.NEEDS_HUMAN, Verdict.FROZEN, Verdict.STOPPED
_FAILED: Final = record(turns=(ended(turn(), Outcome.ERROR),), phases={Phase.WORKTREE: STARTED})
_IDLE: Final = record(turns=(ended(turn()),))
_NEVER: Final = record(turns=(), thread_id="", claimed_at=None, started_at=None)
_GREEN_PULL: Final = pull(seen_verdict=GREEN)
_END: Final[dict[Reason, tuple[Verdict, RunRecord, str]]] = {
    Reason.LANDED: (Verdict.DONE, pushed(seen_verdict=GREEN), ""),
    Reason.NOTHING_PUSHED: (_HUMAN, _IDLE, ""),
    Reason.UNMARKED: (_HUMAN, _IDLE, f"{'1' * 40} {'2' * 40}"),
    Reason.BRANCH_GONE: (_HUMAN, _IDLE, "main"),
    Reason.AGENT_FAILED: (_HUMAN, _FAILED, ""),
    Reason.NEVER_STARTED: (_HUMAN, record(), "start_seconds=300"),
    Reason.PREPUSH_DEADLINE: (_HUMAN, _IDLE, "prepush_seconds=14400"),
    Reason.ASKED_AGAIN: (_HUMAN, record(asked=(ASKED,)), ""),
    Reason.USAGE_LIMIT: (_HUMAN, _IDLE, "usage_wait_seconds=43200"),
    Reason.VANISHED: (_HUMAN, _IDLE, ""),
    Reason.ZOMBIE: (_HUMAN, _IDLE, ""),
    Reason.UNSEEN: (_HUMAN, record(unseen_at=EARLIER), "unseen_seconds=14400"),
    Reason.ATTEMPTS_SPENT: (
        _FROZEN,
        changed(fixing(5), pushed=(FIX, PUSHED)),
        "fix_forward_max_attempts=5",
    ),
    Reason.TIME_SPENT: (_FROZEN, fixing(2), "fix_forward_max_seconds=3600"),
    Reason.CI_SILENT: (_FROZEN, pushed(), "ci_seconds=7200"),
    Reason.FOREIGN_MESSAGE: (_FROZEN, red(), ""),
    Reason.THREAD_REMOVED: (_STOPPED, _IDLE, ""),
    Reason.EDITED: (_HUMAN, _NEVER, ""),
    Reason.AUTHORITY_REVOKED: (_HUMAN, _IDLE, ""),
    Reason.RECORD_EDITED: (_HUMAN, _NEVER, "its signature does not match"),
    Reason.RECORD_REGRESSED: (_HUMAN, _IDLE, ""),
    Reason.RECORD_OVERWRITTEN: (_STOPPED, _IDLE, ""),
    Reason.RECORD_LOST: (_HUMAN, _IDLE, ""),
    Reason.WORKSPACE_REFUSED: (_HUMAN, _NEVER, "no such directory"),
    Reason.START_REFUSED: (_HUMAN, _NEVER, "no 'model' of that name"),
    Reason.DISPATCH_FAILED: (_HUMAN, _NEVER, "internal error"),
    Reason.OVERSIZED: (_HUMAN, _IDLE, "its comments exceed 1048576 bytes"),
    Reason.READY_REMOVED: (_STOPPED, record(), ""),
    Reason.HUMAN_LABEL_ADDED: (_STOPPED, red(), ""),
    Reason.CLOSED_BY_PERSON: (_STOPPED, pushed(), ""),
    Reason.REVERTED: (_STOPPED, red(), ""),
    Reason.STOP_COMMAND: (_STOPPED, record(), ""),
    Reason.LABELLED_AGAIN: (Verdict.SUPERSEDED, record(), ""),
    Reason.PUSHED_TO_BASE: (_FROZEN, pull(), f"{'1' * 40}"),
    Reason.PULL_CLOSED: (_STOPPED, _GREEN_PULL, "#12"),
    Reason.PULL_REFUSED: (_FROZEN, pull(landing={"pull": 0}), "Resource not accessible"),
    Reason.CONFLICT: (_FROZEN, pull(), "conflict_turns=2"),
    Reason.REVIEWS_SPENT: (_HUMAN, _GREEN_PULL, "review_turns=3"),
    Reason.NO_REVIEW: (_HUMAN, _GREEN_PULL, "review_seconds=1209600"),
}
