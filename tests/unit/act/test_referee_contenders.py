"""Whose thread contends for a place: a run's that is known, or one that may be about to start."""

from datetime import timedelta
from typing import Any, cast

import pytest
from support.factories import AFK, KEYS, NOW, RUN_ID, config, issue, record, snapshot, thread
from support.heard import Heard

from afk.act.referee import contends
from afk.deps import Deps
from afk.observe.agent_view import AgentView
from afk.observe.forge_view import ForgeView
from afk.observe.ledger import Ledger
from afk.observe.tick import Focus, Tick
from afk.record import names
from afk.types import Account, Forge, Issue, IssueKey

OTHER = "0f0f0f0f-0000-4000-8000-000000000000"
OLD = NOW - timedelta(hours=1)
RIVAL = thread(
    id=names.thread_id(OTHER, 1),
    title=names.title(OTHER, IssueKey("acme/app", 8)),
    created_at=OLD,
    asked_at=OLD,
)


class Nothing:
    """A forge that shows no issue of that number."""

    forge, host, web = Forge.GITHUB, "github.com", "https://github.com"

    def me(self) -> Account:
        return AFK

    def reread(self, key: IssueKey) -> Issue | None:
        del key
        return None


def tick(*known: Any) -> tuple[Tick, Heard]:
    heard, settings, nobody = Heard(), config(), None
    tracker: Any = Nothing()
    outside: Any = nobody
    deps = Deps(
        config=settings,
        tracker=tracker,
        ci=outside,
        pulls=outside,
        evidence=outside,
        boards=outside,
        history=outside,
        talk=outside,
        agent=outside,
        notifiers=(),
        report=heard,
        keys=KEYS,
        now=lambda: NOW,
        sleep=lambda _: None,
        new_id=lambda: "id",
    )
    t3 = AgentView(agent=outside, config=settings, report=heard, snapshot=snapshot(RIVAL))
    ledger = Ledger(runs={run.run_id: run for run in known})
    forge = ForgeView(tracker=tracker, pulls=cast("Any", None), config=settings, keys=KEYS)
    made = Tick(
        deps=deps,
        now=NOW,
        focus=Focus(),
        issues={issue().key: issue()},
        gone=(),
        t3=t3,
        forge=forge,
        ledger=ledger,
    )
    return made, heard


@pytest.mark.parametrize("known", [True, False], ids=["in flight", "nobody's"])
def test_contends__old_thread_at_work__only_if_its_run_is_known(*, known: bool) -> None:
    """One that nobody knows does not contend for ever, and is named."""
    here, heard = tick(*([record(run_id=OTHER)] if known else []))

    assert contends(here, record(run_id=RUN_ID), "project-1", RIVAL) is known
    assert bool(heard.warnings) is not known


def test_contends__young_thread_at_work__may_be_a_run_that_only_just_began() -> None:
    here, heard = tick()
    young = thread(id=RIVAL.id, title=RIVAL.title, created_at=NOW, asked_at=NOW)

    assert contends(here, record(), "project-1", young)
    assert not heard.warnings
