"""One repository or owner that refuses: its own trouble, and the rest is served.

What GitHub says of a repository behind an IP allow list, single sign-on or a token's policy is not
recorded: the form is a FORBIDDEN error's (recording 143), the text its documentation's.
"""

import pytest
from support.loops import BROKEN, at_work, only
from support.poll_rig import assert_started, on_both_forges, polled, record, said, writes
from support.shut import IP_LIST, SAML, Shut, two_owners

from afk.types import Forge
from afk_sandbox.faults import Fault


@pytest.mark.parametrize(
    ("status", "message", "cause"),
    [
        (403, IP_LIST, "IP allow list"),
        (403, SAML, "SAML"),
        (451, "Repository access blocked", ""),
        (503, "down", ""),
    ],
)
@on_both_forges
def test_tick__one_owner_refuses__the_other_is_worked_on(
    kind: Forge, status: int, message: str, cause: str
) -> None:
    with two_owners(kind) as (here, calm, shut):
        ticked = here.run("tick", "--json", transport=Shut("vault", status, message))
        here.t3.advance()
        assert_started(here, calm)
        assert shut.comments == []
        assert not any("vault/" in one for one in writes(here))
        told = [one["text"] for one in ticked.document["said"] if one["kind"] == "error"]
        assert len(told) == 1
        assert told[0].startswith("vault/safe cannot be read: ")
        assert cause in told[0]
        assert ticked.exit_code == (1 if status == 503 and kind is Forge.FORGEJO else 2)
        assert polled(here).exit_code == 0
        assert_started(here, shut)


@pytest.mark.parametrize("command", ["status", "explain"])
@on_both_forges
def test_command__one_owner_refuses__answers_for_the_rest(kind: Forge, command: str) -> None:
    with two_owners(kind) as (here, calm, _):
        polled(here)
        arguments = [command, calm.ref] if command == "explain" else [command]
        ticked = here.run(*arguments, "--json", transport=Shut("vault"))
        assert "vault/safe cannot be read" in said(ticked)
        assert [run["issue"] for run in ticked.document["runs"]] == [calm.number]
        assert ticked.exit_code == 2


@on_both_forges
def test_stop__one_owner_refuses__the_rest_is_ended_and_its_agent_stopped_all_the_same(
    kind: Forge,
) -> None:
    """An emergency: what goes with it on the forge can wait until the forge answers."""
    with two_owners(kind) as (here, calm, shut):
        polled(here)
        assert len(at_work(here)) == 2
        here.clock.sleep(60)
        ticked = here.run("stop", "--all", "--json", transport=Shut("vault"))
        assert ticked.document["stopped"] == [calm.ref]
        assert ticked.exit_code == 2
        assert at_work(here) == []
        assert record(here, calm)["verdict"] == "stopped"
        assert record(here, shut)["stage"] == "running"
        assert "agent stopped; the forge does not show its issue" in said(ticked)
        assert here.run("stop", "--all", "--json").document["stopped"] == [shut.ref]
        assert record(here, shut)["verdict"] == "stopped"


@on_both_forges
def test_stop__one_by_name_that_is_shut__stops_its_agent_and_no_other(kind: Forge) -> None:
    with two_owners(kind) as (here, calm, shut):
        polled(here)
        here.clock.sleep(60)
        ticked = here.run("stop", shut.ref, "--json", transport=Shut("vault"))
        assert at_work(here) == [record(here, calm)["thread"]["id"]]
        assert ticked.exit_code == 2
        assert "no such run" not in said(ticked)


def test_tick__issues_of_one_owner_refused_after_the_listing__the_other_is_worked_on() -> None:
    """A token that one owner stops taking is no dead token."""
    with two_owners(Forge.GITHUB) as (here, calm, shut):
        ticked = here.run("tick", transport=Shut("vault", message=SAML, after=1))
        here.t3.advance()
        assert_started(here, calm)
        assert shut.comments == []
        assert "vault/safe cannot be read: " in ticked.output
        assert ticked.exit_code == 2


def test_tick__issues_of_all_owners_refused_after_the_listing__says_so_once() -> None:
    with two_owners(Forge.GITHUB) as (here, calm, shut):
        ticked = here.run("tick", transport=Shut("*", message=SAML, after=1))
        assert calm.comments == shut.comments == []
        assert ticked.output.count("error: ") == 1
        assert "single sign-on" in ticked.output
        assert ticked.exit_code == 2


@on_both_forges
def test_stop__owner_refuses_and_t3_takes_no_stop__says_which_agents_are_still_at_work(
    kind: Forge,
) -> None:
    with two_owners(kind) as (here, calm, shut):
        polled(here)
        here.clock.sleep(60)
        here.faults["t3"] = only("POST", "dispatch", BROKEN)
        ticked = here.run("stop", "--all", "--json", transport=Shut("vault"))
        assert len(at_work(here)) == 2
        assert ticked.document["stopped"] == []
        assert f"may still be at work: {calm.ref}, {shut.ref}" in said(ticked)
        assert "agent stopped" not in said(ticked)
        assert ticked.exit_code == 2


@pytest.mark.protocol_1
@on_both_forges
def test_stop__owner_refuses_and_the_session_goes_on__says_so(kind: Forge) -> None:
    """Accepted is not stopped."""
    with two_owners(kind) as (here, calm, shut):
        polled(here)
        here.clock.sleep(60)
        accepted = Fault("before", 200, b'{"sequence": 1}', "application/json")
        here.faults["t3"] = only("POST", "dispatch", accepted)
        ticked = here.run("stop", shut.ref, "--json", transport=Shut("vault"))
        assert len(at_work(here)) == 2
        assert f"may still be at work: {shut.ref}" in said(ticked)
        assert calm.ref not in said(ticked)
        assert "agent stopped" not in said(ticked)
