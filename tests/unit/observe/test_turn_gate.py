"""What the gate for later turns asks in a tick, and what it says without an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from support.factories import (
    AFK,
    KEYS,
    MARA,
    NOW,
    REPO,
    approval,
    comment,
    config,
    issue,
    record,
    snapshot,
    thread,
)
from support.heard import Heard
from support.run_factories import observed

from afk.decide.approval import digest
from afk.decide.decision import Decision
from afk.decide.later_turn_gate import Gate, Passage
from afk.deps import Deps
from afk.errors import AfkError, OutsideFailure, RateLimited
from afk.model.agent import AgentSnapshot
from afk.observe.agent_view import AgentView
from afk.observe.forge_view import ForgeView
from afk.observe.ledger import Ledger
from afk.observe.run_in_flight import Followed
from afk.observe.tick import Focus, Tick
from afk.observe.turn_gate import passage
from afk.record.codec import Found
from afk.types import Account, Action, Forge, Issue, Permission, Reason

RUN = record(approval=approval(digest=digest(issue())))
OTHER = record(run_id="0f0f0f0f-0000-4000-8000-000000000000", limited_at=NOW)
UNKNOWN = Passage(Gate.WAIT, detail="whether its author may write cannot be told")


@dataclass
class Rights:
    """A tracker that is only asked who may write."""

    answer: Permission | AfkError = Permission.WRITE
    asked: list[tuple[str, Account]] = field(default_factory=list)
    forge: Forge = Forge.GITHUB

    def me(self) -> Account:
        return AFK

    def permission(self, repo: str, account: Account) -> Permission:
        self.asked.append((repo, account))
        if isinstance(self.answer, AfkError):
            raise self.answer
        return self.answer


def tick(
    tracker: Any, *, shown: AgentSnapshot | None = None, runs: Sequence[Any] = (RUN,)
) -> tuple[Tick, Heard]:
    """Return a tick that follows these runs, and what it tells."""
    heard, settings = Heard(), config()
    nobody: Any = None
    deps = Deps(
        config=settings,
        tracker=tracker,
        ci=nobody,
        pulls=nobody,
        evidence=nobody,
        boards=nobody,
        history=nobody,
        talk=nobody,
        agent=nobody,
        notifiers=(),
        report=heard,
        keys=KEYS,
        now=lambda: NOW,
        sleep=lambda seconds: pytest.fail(f"slept for {seconds} s"),
        new_id=lambda: pytest.fail("nothing is sent"),
    )
    opened = Tick(
        deps=deps,
        now=NOW,
        focus=Focus(),
        issues={},
        gone=(),
        t3=AgentView(agent=deps.agent, config=settings, report=heard, snapshot=shown),
        forge=ForgeView(tracker=tracker, pulls=cast("Any", None), config=settings, keys=KEYS),
        ledger=Ledger(runs={one.run_id: one for one in runs}),
    )
    return opened, heard


def followed(of: Issue | None = None, reason: Reason | None = None) -> Followed:
    """Return MARA's run, which is to be sent another turn."""
    shown = of or issue()
    return Followed(
        issue=shown,
        found=Found(RUN, comment()),
        observed=observed(RUN, issue=shown),
        record=RUN,
        decision=Decision(Action.FIX_FORWARD, "table", reason),
    )


def test_passage__the_approver_may_write__goes_and_asks_once() -> None:
    tracker = Rights()
    opened, heard = tick(tracker, shown=snapshot(thread()))

    assert [passage(opened, followed()) for _ in range(2)] == [Passage(Gate.GO)] * 2
    assert tracker.asked == [(REPO, MARA)]
    assert heard == Heard()


def test_passage__ready_is_off__waits_and_asks_about_nobody() -> None:
    tracker = Rights()
    opened, heard = tick(tracker, shown=snapshot(thread()))

    assert passage(opened, followed(issue(labels=()))) == Passage(
        Gate.WAIT, detail="the approval, which has changed"
    )
    assert tracker.asked == []
    assert heard == Heard()


def test_passage__rights_cannot_be_read__waits_and_says_so() -> None:
    error = OutsideFailure("the forge is down")
    opened, heard = tick(Rights(error), shown=snapshot(thread()))

    assert passage(opened, followed()) == UNKNOWN
    assert heard == Heard(errors=[(error, issue().key)])


def test_passage__limited_while_asking__goes_through() -> None:
    opened, heard = tick(Rights(RateLimited("spent")), shown=snapshot(thread()))

    with pytest.raises(RateLimited):
        passage(opened, followed())

    assert heard == Heard()


@pytest.mark.parametrize("shown", [None, snapshot(thread())], ids=["T3 not read", "sentinel"])
@pytest.mark.parametrize("reason", [None, Reason.USAGE_LIMIT])
def test_passage__provider_not_known_to_be_open__only_the_probe_goes(
    shown: AgentSnapshot | None, reason: Reason | None
) -> None:
    """A "go on" after a limit is itself the probe; any other turn waits for it."""
    opened, _ = tick(Rights(), shown=shown, runs=(RUN, OTHER))

    found = passage(opened, followed(reason=reason))

    assert (found.gate, found.provider_closed) == (
        (Gate.GO, False) if reason else (Gate.WAIT, True)
    )
