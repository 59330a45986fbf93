"""Arbitrary well-typed runs: records and observations that need not make any sense together."""

from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from support.factories import (
    AFK,
    HUMAN,
    IN_PROGRESS,
    MARA,
    NOW,
    OWN,
    PUSHED,
    READY,
    RUN_ID,
    config,
    event,
    issue,
    labels,
    record,
    turn,
)
from support.run_factories import LIMIT_TEXT, commit

from afk.config import Config
from afk.decide.observation import Observation, run_commits
from afk.decide.thread_facts import ThreadFacts
from afk.model.agent import PendingRequest, Presence, RequestKind
from afk.model.ci import CIVerdict
from afk.model.forge import Branch, Commit
from afk.record import names as identity
from afk.record.groups import SeenVerdict
from afk.record.state import Outcome, Purpose, RunRecord, Stop
from afk.types import (
    GHOST,
    CIStatus,
    Event,
    EventKind,
    Issue,
    Phase,
    StageResult,
    ThreadStatus,
)

SHAS: Final = (PUSHED, "d" * 40, "e" * 40)
MESSAGES: Final = [identity.message_id(RUN_ID, n, 1) for n in range(1, 5)]
ERRORS: Final = [
    "",
    "no such CLI",
    LIMIT_TEXT,
    "Claude AI usage limit reached|1795432100",
    "You've hit your limit · resets 4:50am (Europe/Rome)",
    "usage limit, try again at 10 de jul. de 2026, 11:52.",
]

_AGES: Final = (-900, 0, 0, 1, 59, 60, 299, 900, 1800, 3599, 3600, 7200, 14_400, 43_200, 60_000)
moments = st.sampled_from([NOW - timedelta(seconds=age) for age in _AGES])
maybe = st.none() | moments
seldom = st.sampled_from([None, None, None, True]).flatmap(
    lambda is_set: moments if is_set else st.none()
)


outcomes = st.sampled_from([None, *Outcome])
rarely = st.sampled_from([False] * 15 + [True])


def listed(of: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=size).map(tuple)


@st.composite
def turns(draw: st.DrawFn) -> tuple[Any, ...]:
    """Return turns numbered from 1; the last one sent or not, ended or not."""
    count = draw(st.integers(0, 7))
    last = turn(
        count + 1,
        draw(st.sampled_from(Purpose)),
        thread=draw(st.integers(1, 2)),
        sent_at=draw(maybe),
        requested_at=draw(maybe),
        outcome=draw(outcomes),
    )
    earlier = (
        turn(n, draw(st.sampled_from(Purpose)), outcome=draw(outcomes)) for n in range(1, count + 1)
    )
    return (*earlier, last)


records: st.SearchStrategy[RunRecord] = st.builds(
    record,
    turns=turns(),
    answered=listed(st.sampled_from(["a", "b"]), 2),
    stops=listed(st.builds(Stop, at=moments, rule=st.sampled_from(["zombie", "running-grace"])), 3),
    pushed=listed(st.sampled_from(SHAS), 3).map(lambda shas: tuple(dict.fromkeys(shas))),
    phases=st.dictionaries(st.sampled_from(Phase), moments, max_size=3),
    attempt=st.integers(1, 3),
    replacements=st.integers(0, 2),
    started_at=maybe,
    pushed_at=maybe,
    first_red_at=maybe,
    seen_verdict=st.none()
    | st.builds(
        SeenVerdict, sha=st.sampled_from(SHAS), status=st.sampled_from(CIStatus), at=moments
    ),
    times_limited=st.integers(0, 40),
    limited_at=seldom,
    first_reset=maybe,
    next_try=maybe,
    waited_seconds=st.integers(0, 50_000),
    unseen_at=seldom,
    unseen_seconds=st.integers(0, 50_000),
    rebuilt=rarely,
)


@st.composite
def threads(draw: st.DrawFn) -> ThreadFacts:
    """Return what T3 shows. Only a present thread shows a state; one at work is not stopped."""
    presence = draw(st.sampled_from([*Presence, *[Presence.PRESENT] * 6]))
    if presence is not Presence.PRESENT:
        gone = presence in (Presence.DELETED, Presence.VANISHED)
        unread = presence in (Presence.UNREAD, Presence.OTHER_SERVER)
        stopped = gone or (not unread and draw(st.booleans()))
        return ThreadFacts(presence=presence, stopped=stopped)
    status = draw(st.none() | st.sampled_from(ThreadStatus))
    busy = status in (ThreadStatus.RUNNING, ThreadStatus.NEEDS_HUMAN)
    return ThreadFacts(
        presence=presence,
        status=status,
        requested_at=draw(st.dictionaries(st.sampled_from(MESSAGES), moments, max_size=4)),
        foreign=draw(rarely),
        regressed=draw(rarely),
        error=draw(st.sampled_from(ERRORS)),
        still_for=draw(st.integers(0, 9_000).map(lambda seconds: timedelta(seconds=seconds))),
        pending=draw(
            listed(
                st.builds(PendingRequest, st.sampled_from("abc"), st.sampled_from(RequestKind)), 2
            )
        ),
        stopped=not busy and draw(st.booleans()),
        phases=draw(st.dictionaries(st.sampled_from(Phase), moments, max_size=2)),
    )


events: st.SearchStrategy[Event] = st.builds(
    event,
    kind=st.sampled_from(EventKind),
    order=st.integers(0, 9),
    at=moments,
    actor=st.sampled_from([MARA, AFK, GHOST]),
    label=st.sampled_from([READY, HUMAN, IN_PROGRESS, ""]),
    commit=st.sampled_from(["", *SHAS]),
)
issues: st.SearchStrategy[Issue] = st.builds(
    issue,
    open=st.booleans(),
    labels=st.lists(st.sampled_from([READY, HUMAN, IN_PROGRESS])).map(lambda names: labels(*names)),
    events=listed(events, 4).map(lambda more: (event(), *more)),
    oversized=st.sampled_from(["", "", "", "huge"]),
)
"""Anything may have been done to an issue; `quiet` ones are those nobody touched."""
quiet: st.SearchStrategy[Issue] = st.just(issue())

ours = st.builds(commit, sha=st.sampled_from(SHAS))
others = st.builds(
    Commit,
    sha=st.just("f" * 40),
    message=st.sampled_from(["another's", "no trailer", f"This reverts commit {PUSHED}."]),
)
branches: st.SearchStrategy[Branch] = st.builds(
    Branch,
    head=st.sampled_from(["", *SHAS]),
    commits=st.tuples(listed(ours, 2), listed(others, 1)).map(
        lambda found: tuple({one.sha: one for part in found for one in part}.values())
    ),
    complete=st.booleans(),
)
words = st.sampled_from([None, *CIStatus, CIStatus.RED])
stages = listed(st.builds(StageResult, st.sampled_from(["build", "deploy"]), words), 2)
configs: st.SearchStrategy[Config] = st.builds(
    config,
    fix_forward_max_attempts=st.sampled_from([0, 1, 5, 5]),
    fix_forward_max_seconds=st.sampled_from([0, 60, 3600, 100_000]),
    usage_wait_seconds=st.sampled_from([0, 60, 43_200]),
    redispatches=st.integers(0, 2),
    silence_seconds=st.sampled_from([60, 3600]),
    running_grace_seconds=st.sampled_from([0, 1800]),
    prepush_seconds=st.sampled_from([60, 14_400, 100_000]),
    start_seconds=st.sampled_from([0, 300]),
    stop_seconds=st.sampled_from([0, 900]),
)


@st.composite
def observations(draw: st.DrawFn, of: st.SearchStrategy[Issue] = issues) -> Observation:
    """Return an observation of any record; CI mostly speaks of the newest commit."""
    there, before = draw(branches), draw(records)
    newest = (*(before.commits.pushed or SHAS[:1]), *run_commits(there, RUN_ID))[-1]
    sha = draw(st.sampled_from([newest, newest, newest, *SHAS]))
    return Observation(
        now=draw(st.sampled_from([NOW, NOW, NOW + timedelta(hours=1), NOW - timedelta(minutes=5)])),
        record=before,
        issue=draw(of),
        thread=draw(threads()),
        branch=there,
        verdict=draw(st.none() | st.builds(CIVerdict, st.just(sha), words, stages)),
        own=OWN,
    )


def moved_back(earlier: datetime | None, later: datetime | None) -> bool:
    """Say whether a clock, once started, went back or was forgotten."""
    return earlier is not None and (later is None or later < earlier)
