"""A T3 Code server that speaks a protocol afk does not: refused by name, and nothing is lost."""

import pytest
from support.loops import lose_thread, only
from support.loops import threads as threads_of
from support.poll_rig import (
    BODY,
    assert_refused,
    assert_started,
    forget,
    labels,
    on_both_forges,
    polled,
    record,
    said,
    threads,
    writes,
)
from support.t3_protocol_2 import protocol_2

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import IN_PROGRESS, READY, world

SHELL = "04-shell-empty"
SUPPORTED = "afk speaks orchestration protocols 1 and 2 (T3 Code 0.0.26 and later)"


@pytest.mark.parametrize("version", [0, 3])
@on_both_forges
def test_tick__t3_that_names_another_protocol__is_refused_before_its_shell_is_read(
    kind: Forge, version: int
) -> None:
    """The field is in no recorded descriptor; it is published for builds after the merge."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        newer = protocol_2(here, SHELL, {"orchestrationProtocolVersion": version})
        ticked = here.run("tick", "--json", transport=newer)
        parts = [f"T3 speaks orchestration protocol {version}", SUPPORTED]
        assert_refused(here, ticked, issue, code=2, parts=parts)
        assert ticked.document["requests"]["T3"] == 1
        ((said_why,),) = [[one["gate"]] for one in ticked.document["decisions"]]
        assert said_why == "agent-seen"


@pytest.mark.parametrize("command", ["explain", "status"])
@on_both_forges
def test_command__t3_of_another_protocol__says_so_with_exit_code_2(
    kind: Forge, command: str
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        arguments = [command, *([issue.ref] if command == "explain" else []), "--json"]
        newer = protocol_2(here, SHELL, {"orchestrationProtocolVersion": 3})
        ticked = here.run(*arguments, transport=newer)
        assert_refused(here, ticked, issue, code=2, parts=[SUPPORTED])


@on_both_forges
def test_run_in_flight__t3_upgraded_to_another_protocol__gets_no_turn_and_goes_on_once_it_is_back(
    kind: Forge,
) -> None:
    """It may well be at work still: nobody stops it, closes it or starts another."""
    with world(kind, t3_version="0.0.32") as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[ci=red,green]]")
        polled(here)
        here.t3.advance()
        forget(here)
        for _ in range(2):
            here.clock.sleep(300)
            newer = protocol_2(here, SHELL, {"orchestrationProtocolVersion": 3})
            ticked = here.run("tick", "--json", transport=newer)
            assert ticked.exit_code == 2
            assert SUPPORTED in said(ticked, "error")
        assert not any("dispatch" in one for one in writes(here))
        assert record(here, issue)["stage"] == "running"
        assert labels(issue) == {READY, IN_PROGRESS}
        assert issue.open
        polled(here)
        assert_started(here, issue, turns=2)
        assert len(threads(here, issue)) == 1


@pytest.mark.protocol_1
@on_both_forges
def test_run_in_flight__t3_shows_half_of_itself__nothing_is_concluded_from_it(kind: Forge) -> None:
    """The thread is missing in the shell; what says whether it was removed cannot be read."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        lose_thread(here, threads_of(here, issue)[0])
        here.faults["t3"] = only("GET", "/snapshot", Fault("before", 502))
        forget(here)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert "T3 does not show the thread" in said(ticked, "warning")
        assert not any("dispatch" in one for one in writes(here))
        assert record(here, issue)["stage"] == "running"
        del here.faults["t3"]
        polled(here)
        assert len(threads(here, issue)) == 1, "its replacement"
