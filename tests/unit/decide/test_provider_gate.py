"""Whether a provider instance takes new work."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import (
    NOW,
    REPO,
    RUN_ID,
    STARTED,
    changed,
    config,
    issue,
    record,
    thread,
    turn,
)

from afk.config import Config, RepositoryConfig
from afk.decide.provider_gate import (
    PROBE_EVERY,
    instance_of,
    is_probed,
    started_today,
    why_shut,
)
from afk.landing_config import AgentConfig
from afk.model.agent import AgentThread, Session, Start
from afk.record import names
from afk.record.state import Outcome, Purpose, RunRecord, Stage

HOUR = timedelta(hours=1)
TWO = config(
    repositories={
        REPO: RepositoryConfig(workspace="/srv/app"),
        "acme/other": RepositoryConfig(workspace="/srv/other", instance="claude"),
        "acme/third": RepositoryConfig(workspace="/srv/third"),
    }
)
LIMIT = "You've hit your usage limit. Try again later."


def is_open(
    *threads: AgentThread,
    runs: tuple[RunRecord, ...] = (),
    settings: Config = TWO,
    **changes: Any,
) -> bool:
    return not why_shut(REPO, runs, threads, settings, now=NOW, server_now=NOW, **changes)


def bounced(minutes_ago: float = 10, **changes: Any) -> AgentThread:
    """Return a thread whose start was refused, as 0.0.32 shows it."""
    at = NOW - timedelta(minutes=minutes_ago)
    failed = thread(
        created_at=at,
        session=Session.STOPPED,
        error="spawn codex ENOENT",
        start=Start.REFUSED,
        asked_at=at,
    )
    return replace(failed, **changes)


def limited(**changes: Any) -> RunRecord:
    return record(limited_at=NOW - HOUR, **changes)


def test_instance_of__a_repository__is_its_own_or_t3_s() -> None:
    assert instance_of(REPO, TWO) == "codex"
    assert instance_of("acme/other", TWO) == "claude"


def test_provider_open__nothing_known__is_open() -> None:
    assert is_open()


def test_provider_open__a_run_waits_for_its_limit__it_stands_sentinel() -> None:
    assert not is_open(runs=(limited(),))
    assert not is_open(runs=(record(), limited(repository="acme/third")))
    assert is_open(runs=(record(),))


@pytest.mark.parametrize("sent_at", [None, NOW])
def test_provider_open__a_limited_run_is_ending__it_stands_sentinel_no_more(sent_at: Any) -> None:
    """It sends no probe any more, and may stay in ``ending`` for as long as T3 hides it."""
    assert is_open(runs=(limited(stage=Stage.ENDING),))
    probe = turn(2, Purpose.RESUME, sent_at=sent_at)
    probing = record(times_limited=1, turns=(turn(), probe))
    assert not is_open(runs=(probing,))
    assert is_open(runs=(replace(probing, stage=Stage.ENDING),))


def test_provider_open__limit_of_another_instance__does_not_matter() -> None:
    assert is_open(runs=(limited(repository="acme/other"),))


def test_provider_open__limited_run_of_a_repository_without_settings__is_left_out() -> None:
    """Nobody can say which instance it used."""
    assert is_open(runs=(limited(repository="acme/gone"),))


def test_provider_open__own_run__is_not_its_own_sentinel() -> None:
    assert is_open(runs=(limited(),), apart_from=RUN_ID)
    assert not is_open(runs=(limited(), limited(run_id="another")), apart_from=RUN_ID)


@pytest.mark.parametrize(
    ("changes", "open_"),
    [
        ({"sent_at": None}, False),
        ({"sent_at": NOW - timedelta(seconds=299)}, False),
        ({"sent_at": NOW - timedelta(seconds=300)}, True),
        ({"sent_at": NOW, "outcome": Outcome.COMPLETED}, True),
        ({"sent_at": NOW, "purpose": Purpose.FIX_FORWARD}, True),
    ],
)
def test_provider_open__a_run_just_told_to_go_on__is_the_probe(
    changes: dict[str, Any], *, open_: bool
) -> None:
    """Whether the limit is over shows in its first minutes; until then nobody else starts."""
    probe = record(turns=(turn(), turn(2, **{"purpose": Purpose.RESUME, **changes})))
    assert is_open(runs=(changed(probe, times_limited=1),)) is open_
    assert is_open(runs=(probe,))
    assert is_open(runs=(changed(probe, times_limited=1, turns=()),))


SIGNS = [
    bounced(),
    bounced(error=""),
    bounced(error=LIMIT, start=Start.WORKED),
    bounced(session=Session.LIVE, error=LIMIT, start=Start.WORKED),
    bounced(session=Session.NONE, error="", start=Start.UNTOLD),
]


@pytest.mark.parametrize("sign", SIGNS)
def test_provider_open__two_newest_threads_bounced__is_shut_for_an_hour(sign: AgentThread) -> None:
    """Start failure or limit, as 0.0.28 and 0.0.32 show them."""
    older = replace(sign, created_at=sign.created_at - HOUR, id="older")
    assert not is_open(sign, older)
    assert not is_open(older, sign)
    assert is_open(sign)


HEALTHY = [
    thread(),
    thread(session=Session.STOPPED, error="the agent crashed"),
]
UNTOLD = [
    thread(session=Session.NONE, start=Start.UNTOLD, asked_at=None),
    thread(session=Session.NONE, start=Start.UNTOLD, asked_at=NOW - timedelta(seconds=299)),
    thread(start=Start.UNTOLD),
]


@pytest.mark.parametrize("healthy", HEALTHY)
def test_provider_open__one_of_the_two_newest_got_to_work__is_open(healthy: AgentThread) -> None:
    """A turn that failed is the agent's trouble."""
    newest = replace(healthy, created_at=NOW - timedelta(minutes=5))
    assert is_open(newest, bounced(10), bounced(20))
    assert is_open(bounced(4), newest, bounced(20))
    assert not is_open(bounced(3), bounced(4), newest)


@pytest.mark.parametrize("untold", UNTOLD)
def test_provider_open__a_probe_that_has_yet_to_start__is_waited_for(untold: AgentThread) -> None:
    """Else a whole tick's starts, and the next tick's, would all be that one probe."""
    newest = replace(untold, created_at=NOW - timedelta(minutes=5))
    assert not is_open(newest, bounced(10), bounced(20))
    assert not is_open(newest, bounced(70), bounced(80))
    assert is_open(newest, HEALTHY[0], bounced(20))
    assert is_open(newest, bounced(20))
    assert is_open(replace(newest, created_at=NOW - HOUR), bounced(70), bounced(80))


def test_provider_open__message_not_taken_up_for_start_seconds__has_bounced() -> None:
    late = bounced(session=Session.NONE, error="", start=Start.UNTOLD)
    at = NOW - timedelta(seconds=300)
    assert not is_open(replace(late, asked_at=at), bounced())


def test_provider_open__an_hour_after_the_newest__one_probe_may_go() -> None:
    assert is_open(bounced(60), bounced(70))
    assert not is_open(bounced(59.9), bounced(600))
    assert timedelta(hours=1) == PROBE_EVERY


def test_provider_open__threads_of_others_or_elsewhere__do_not_count() -> None:
    assert is_open(bounced(), bounced(instance="claude"))
    assert is_open(bounced(), bounced(title="My own chat"))


def test_started_today__threads__only_afk_s_of_the_last_day() -> None:
    def aged(hours: float, **changes: Any) -> AgentThread:
        return thread(created_at=NOW - timedelta(hours=hours), **changes)

    shown = (
        aged(0),
        aged(23.99, title=names.title(RUN_ID, issue(number=8).key)),
        aged(24),
        aged(1, title="My own chat"),
        thread(created_at=STARTED, instance="claude"),
    )
    assert started_today(shown, NOW) == 3
    assert started_today((), NOW) == 0


@pytest.mark.parametrize("minutes_ago", [10, 70])
def test_is_probed__two_in_a_row_bounced__whether_or_not_an_hour_has_passed(
    minutes_ago: float,
) -> None:
    both = [bounced(minutes_ago), bounced(minutes_ago + 10)]
    assert is_probed("codex", both, TWO, server_now=NOW)
    assert not is_probed("claude", both, TWO, server_now=NOW)
    assert not is_probed("codex", both[:1], TWO, server_now=NOW)
    assert not is_probed("codex", [thread(created_at=NOW), *both], TWO, server_now=NOW)


CHOSEN = replace(TWO, agents={"big": AgentConfig(instance="claude")})


def test_instance_of__agent_that_a_label_picked__is_that_ones() -> None:
    assert instance_of(REPO, CHOSEN, "big") == "claude"
    assert instance_of(REPO, CHOSEN) == "codex"


def test_provider_open__limit_of_a_picked_agent__holds_those_of_its_instance() -> None:
    other = limited(agent="big")
    assert is_open(runs=(other,), settings=CHOSEN)
    assert not is_open(runs=(other,), settings=CHOSEN, agent="big")
    assert is_open(runs=(limited(),), settings=CHOSEN, agent="big")
    threads = (bounced(), bounced(20))
    assert not is_open(*threads, settings=CHOSEN)
    assert is_open(*threads, settings=CHOSEN, agent="big")


def test_why_shut__two_in_a_row__says_until_when() -> None:
    told = why_shut(REPO, (), (bounced(20), bounced(10)), TWO, now=NOW, server_now=NOW)
    assert told == (
        "the last two runs failed to start or met a usage limit: none is tried until "
        "2026-11-23 12:50 UTC (1 h from 2026-11-23 11:50 UTC)"
    )
