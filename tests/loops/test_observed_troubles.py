"""What cannot be observed, or is dated wrongly, is one issue's trouble, and nothing follows."""

from datetime import timedelta

from support.loops import BROKEN, at_work, only, record, records, said, start, tick
from support.overheard import Mark
from support.poll_rig import held, polled

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import world

WORKING = "[[slow=40000]] [[push]]"


def test_run__whose_branch_cannot_be_read__is_reported_and_left_as_it_is() -> None:
    with world(Forge.FORGEJO) as here:
        issue = start(here, WORKING)
        working, before = at_work(here), record(here, issue)
        here.faults["forge"] = only("GET", "/compare/", BROKEN)
        seen = Mark(here)

        tick(here, code=1)

        assert (seen.writes, seen.commands) == ([], [])
        assert at_work(here) == working
        assert record(here, issue) == before


def test_run__whose_account_cannot_be_asked_for__is_reported_and_left_as_it_is() -> None:
    """Whoever needs to know who afk is hears that it could not be asked; it is asked once more."""
    with world(Forge.FORGEJO) as here:
        issue = start(here, WORKING)
        working, before = at_work(here), record(here, issue)
        here.faults["forge"] = only("GET", "/api/v1/user", Fault("before", status=500))
        seen = Mark(here)

        told = tick(here, code=1)

        assert f"{issue.repo.full_name}#{issue.number} asking who the token is failed" in told
        assert (seen.writes, seen.commands) == ([], [])
        assert at_work(here) == working
        here.faults.clear()
        assert "asking who the token is" not in tick(here)
        assert record(here, issue)["run_id"] == before["run_id"]


def test_approval__dated_ahead__is_held_and_starts_nothing() -> None:
    """A clock far off, or a history that was imported: it would outlive its time to start."""
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        for one in issue.events:
            one.at += timedelta(hours=3)

        assert held(polled(here), issue).gate == "approved"
        assert (said(here, issue), records(here, issue)) == ([], [])


def test_issues__one_repository_and_its_token_is_refused__the_user_is_told() -> None:
    refused = Fault("before", 401, b'{"message": "invalid token"}', "application/json")
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        here.faults["forge"] = only("GET", "/timeline", refused)

        tick(here, code=2)

        assert (said(here, issue), issue.comments) == ([], [])
