"""``afk stop`` succeeds only when no agent is left that T3 shows at work."""

import pytest
from support.loops import at_work
from support.poll_rig import BODY, assert_started, on_both_forges, polled, said

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world


def at_work_on(here: World, name: str) -> Issue:
    issue = here.issue(here.repository(name), "Add it", BODY)
    polled(here)
    assert_started(here, issue)
    here.clock.sleep(60)
    return issue


@pytest.mark.parametrize("named", [True, False])
@on_both_forges
def test_stop__of_an_issue_that_was_deleted__stops_its_agent(kind: Forge, named: bool) -> None:
    with world(kind) as here:
        issue = at_work_on(here, "shop")
        here.forge.delete_issue(issue)
        ticked = here.run("stop", issue.ref if named else "--all", "--json")
        assert ticked.exit_code == 0
        assert "stopped: the issue is gone" in said(ticked)
        assert "no such run" not in said(ticked)
        assert (at_work(here), ticked.document["still_at_work"]) == ([], [])


@pytest.mark.protocol_1
@on_both_forges
def test_stop__what_t3_goes_on_showing_at_work__is_named_and_fails(kind: Forge) -> None:
    """T3 takes the stop and the session lives on."""
    with world(kind) as here:
        issue = at_work_on(here, "shop")
        other = at_work_on(here, "site")
        here.t3._reactor.wedged = True
        ticked = here.run("stop", issue.ref, "--json")
        assert ticked.exit_code == 1
        assert ticked.document["still_at_work"] == [issue.ref]
        assert f"may still be at work: {issue.ref}. " in said(ticked, "error")
        assert other.ref not in said(ticked, "error")


@on_both_forges
def test_stop__t3_falls_silent_after_the_stop__is_no_success(kind: Forge) -> None:
    with world(kind) as here:
        issue = at_work_on(here, "shop")
        asked: list[str] = []

        def silent(_method: str, path: str) -> Fault | None:
            asked.append(path)
            shell = path.endswith(("/shell", "/snapshot"))
            return Fault("before", 503, b"no") if shell and len(asked) > 3 else None

        here.faults["t3"] = silent
        ticked = here.run("stop", issue.ref, "--json")
        assert ticked.exit_code == 1
        assert ticked.document["still_at_work"] == [issue.ref]
