"""Provider and ceilings: at a bound nothing starts, what cannot be counted counts as reached."""

from datetime import datetime

import pytest
from support.chaos import Killed, KillingTransport
from support.poll_rig import (
    BODY,
    STARTED,
    assert_started,
    forget,
    held,
    link,
    on_both_forges,
    polled,
    ready,
    record,
    records,
    said,
    threads,
    writes,
)

from afk.act.ready_issues import PINS_PER_TICK
from afk.text.messages import minutes
from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.t3.model import Host
from afk_sandbox.world import IN_PROGRESS, READY, World, world

HOUR = 3600
TO_THE_THREAD = 4
"""The writes of a first start, after the tracked label, to the one that makes its thread."""


def several(here: World, count: int, body: str = BODY) -> list[Issue]:
    """One ready issue in each of so many repositories, approved one after the other."""
    return [here.issue(here.repository(f"r{n}"), f"Do {n}", body) for n in range(count)]


def starts(here: World, issues: list[Issue]) -> list[int]:
    """Return how many threads each issue has."""
    return [len(threads(here, one)) for one in issues]


@on_both_forges
def test_max_in_flight__a_run_whose_repository_was_renamed__still_counts(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 1
        issues = several(here, 2, "[[hang]]")
        polled(here)
        here.forge.rename_repository(issues[0].repo, "renamed")

        ticked = polled(here)

        assert held(ticked, issues[1]) == ("max_in_flight", "max_in_flight=1 is at 1")
        assert len(threads(here, issues[1])) == 0


@on_both_forges
def test_max_in_flight__reached__the_rest_waits_its_turn(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 2
        issues = several(here, 3, "[[slow=600]] [[idle]]")
        ticked = polled(here)
        assert starts(here, issues) == [1, 1, 0]
        assert held(ticked, issues[2]) == ("max_in_flight", "max_in_flight=2 is at 2")
        assert starts(here, issues) == [1, 1, 0]
        assert held(polled(here), issues[2]).gate == "max_in_flight"
        ticked = polled(here, after=900)
        assert held(ticked, issues[2]) == STARTED
        assert starts(here, issues) == [1, 1, 1]


@on_both_forges
def test_max_dispatch_per_tick__reached__the_rest_starts_in_the_next(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["max_dispatch_per_tick"] = 2
        issues = several(here, 3)
        ticked = polled(here)
        assert starts(here, issues) == [1, 1, 0]
        assert held(ticked, issues[2]) == (
            "max_dispatch_per_tick",
            "max_dispatch_per_tick=2 is at 2",
        )
        polled(here)
        assert starts(here, issues) == [1, 1, 1]


@on_both_forges
def test_runs_per_issue__reached__holds_that_issue_alone(kind: Forge) -> None:
    """Counted by our own in-progress events; a stranger's do not count."""
    with world(kind) as here:
        here.settings["runs_per_issue"] = 2
        issue = here.issue(here.repository("r"), "Do it", "[[idle]]")
        for _ in range(3):
            here.forge.add_label(issue, IN_PROGRESS, here.stranger)
            here.forge.remove_label(issue, IN_PROGRESS, here.stranger)
        for run in (1, 2):
            polled(here)
            polled(here)
            assert len(threads(here, issue)) == run
            here.forge.remove_label(issue, READY, here.owner)
            ready(here, issue)
        other = here.issue(issue.repo, "Do that", BODY)
        ticked = polled(here)
        assert held(ticked, issue) == ("runs_per_issue", "runs_per_issue=2 is at 2")
        assert held(ticked, other) == STARTED
        assert len(threads(here, issue)) == 2


@on_both_forges
def test_runs_per_day__reached__holds_until_a_thread_is_a_day_old(kind: Forge) -> None:
    """Counted in T3, over all repositories and runs that ended too."""
    with world(kind) as here:
        here.settings["runs_per_day"] = 1
        first, second = several(here, 2, "[[idle]]")
        polled(here)
        ticked = polled(here)
        assert record(here, first)["stage"] == "ended"
        assert held(ticked, second) == ("runs_per_day", "runs_per_day=1 is at 1")
        assert held(polled(here, after=23 * HOUR), second).gate == "runs_per_day"
        assert starts(here, [first, second]) == [1, 0]
        assert held(polled(here, after=HOUR), second) == STARTED


@pytest.mark.protocol_1
@on_both_forges
def test_runs_per_day__claim_whose_thread_is_the_last_of_them__goes_on_in_it(kind: Forge) -> None:
    """It does not count against itself."""
    with world(kind) as here:
        here.settings["runs_per_day"] = 1
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(TO_THE_THREAD, after=True))
        claim = record(here, issue)
        ticked = polled(here)
        assert "returning the claim" not in ticked.output
        assert record(here, issue)["stage"] == "running"
        assert record(here, issue)["thread"]["id"] == claim["thread"]["id"]


@pytest.mark.parametrize("command", [("poll",), ("poll", "--repo", "owner/r2")])
@on_both_forges
def test_poll__alone_or_pointed_at_one__counts_what_is_in_flight_everywhere(
    kind: Forge, command: tuple[str, ...]
) -> None:
    """A tick that acts on one repository must not overlook the others' runs."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 2
        issues = several(here, 3)
        here.tick("--repo", "owner/r0")
        here.tick("--repo", "owner/r1")
        assert starts(here, issues) == [1, 1, 0]
        here.clock.sleep(60)
        ticked = here.run(*command, "--json")
        assert held(ticked, issues[2]) == ("max_in_flight", "max_in_flight=2 is at 2")
        assert starts(here, issues) == [1, 1, 0]


@on_both_forges
def test_provider__a_run_waits_for_its_limit__nothing_starts_on_its_instance(kind: Forge) -> None:
    with world(kind) as here:
        limited = here.issue(here.repository("r0"), "Do", "[[limit=5000]] [[push]]")
        polled(here)
        polled(here)
        assert "limited_at" in record(here, limited)["pauses"]
        same = here.issue(here.repository("r1"), "Do", BODY)
        elsewhere = here.issue(here.repository("r2", instance="claudeAgent"), "Do", BODY)
        ticked = polled(here)
        pauses = record(here, limited)["pauses"]
        times = (datetime.fromisoformat(pauses[name]) for name in ("limited_at", "next_try"))
        met, over = map(minutes, times)
        why = f"the provider's usage is limited, as the run of owner/r0#1 found, until {over} "
        assert held(ticked, same) == ("provider-open", f"{why}(1 h 22 min from {met})")
        told = why.replace("owner/r0#1", link(here, "owner/r0#1", "owner/r0#1"))
        assert told in same.comments[0].body
        assert held(ticked, elsewhere) == STARTED
        assert starts(here, [limited, same, elsewhere]) == [1, 0, 1]


@pytest.mark.protocol_1
@on_both_forges
def test_provider__two_starts_in_a_row_failed__one_probe_an_hour(kind: Forge) -> None:
    """``grok`` has no CLI on this host: its turns never start."""
    with world(kind) as here:
        assert not Host({}).instances["grok"]
        here.settings["t3"]["instance"] = "grok"
        issues = several(here, 4, "[[idle]]")
        here.settings["max_dispatch_per_tick"] = 2
        polled(here)
        assert starts(here, issues) == [1, 1, 0, 0]
        ticked = polled(here)
        assert held(ticked, issues[2]).gate == "provider-open"
        polled(here, after=HOUR - 180)
        assert starts(here, issues) == [1, 1, 0, 0]
        ticked = polled(here, after=180)
        assert (
            "not started after all: the last two runs failed to start or met a usage limit"
            in said(ticked)
        )
        assert starts(here, issues) == [1, 1, 1, 0]
        polled(here, after=HOUR - 180)
        assert starts(here, issues) == [1, 1, 1, 0]
        polled(here, after=240)
        assert starts(here, issues) == [1, 1, 1, 1]


@on_both_forges
def test_ceilings__t3_not_read__count_as_reached(kind: Forge) -> None:
    """Every one that T3 counts: `explain` shows them all."""
    with world(kind) as here:
        issue = several(here, 1)[0]
        tokens = here.t3.tokens.copy()
        here.t3.tokens.clear()
        here.clock.sleep(60)
        ticked = here.run("explain", issue.ref, "--json")
        answers = {one["gate"]: one for one in ticked.document["gates"]}
        assert not answers["agent-seen"]["passed"]
        assert answers["runs_per_day"] == {
            "gate": "runs_per_day",
            "passed": False,
            "evidence": "runs_per_day=24 could not be read",
        }
        assert ticked.exit_code == 2
        here.t3.tokens.update(tokens)
        polled(here)
        assert_started(here, issue)


@on_both_forges
def test_approvals_that_wait__more_than_a_tick_may_record__the_rest_by_the_next(
    kind: Forge,
) -> None:
    """A comment each: GitHub allows 80 a minute, and other jobs comment, too."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        repo = here.repository("shop")
        issues = [here.issue(repo, f"Do {n}", BODY) for n in range(PINS_PER_TICK + 2)]
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert [len(records(here, one)) for one in issues] == [1] * PINS_PER_TICK + [0, 0]
        assert said(ticked).count("approval recorded") == PINS_PER_TICK
        polled(here)
        assert [len(records(here, one)) for one in issues] == [1] * (PINS_PER_TICK + 2)
        forget(here)
        polled(here)
        assert writes(here) == []
        assert threads(here) == []
