"""Ready issues that are too large to read, or change while a tick decides about them."""

import httpx
import pytest
from support.poll_rig import (
    BODY,
    Between,
    assert_untouched,
    commands,
    forget,
    held,
    labels,
    on_both_forges,
    polled,
    ready,
    record,
    records,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world

HUGE = 9_000_000
"""More than afk reads of one answer; Forgejo takes any comment, GitHub 65,536 characters."""


def flood(here: World, issue: Issue) -> None:
    """Let a stranger say more on an issue than afk reads."""
    if here.kind is Forge.FORGEJO:
        here.forge.comment(issue, here.stranger, "me too").body = "x" * HUGE
    else:
        for _ in range(1_001):
            here.forge.comment(issue, here.stranger, "me too")


@on_both_forges
def test_oversized__ready_issue__is_handed_over_once_and_starts_when_it_was_mended(
    kind: Forge,
) -> None:
    """Its approval cannot be read, so there is no run to record: one comment says why."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        flood(here, issue)
        assert held(polled(here, "--dry-run"), issue).gate == "readable"
        assert writes(here) == []
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert held(ticked, issue).gate == "readable"
        assert "parked: larger than afk reads" in said(ticked, "event")
        assert labels(issue) == {HUMAN}
        (notice,) = [one for one in issue.comments if one.author is here.bot]
        assert "larger than afk reads" in notice.body
        assert threads(here) == []
        issue.comments = [notice]
        ready(here, issue)
        polled(here)
        assert record(here, issue)["stage"] == "running"
        assert labels(issue) == {READY, IN_PROGRESS}


@on_both_forges
def test_oversized__handed_over_already__is_left_alone(kind: Forge) -> None:
    """A person's lock lists it; whether it was said before cannot be read either."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        here.forge.add_label(issue, HUMAN, here.owner)
        here.forge.add_label(issue, IN_PROGRESS, here.owner)
        flood(here, issue)
        ticked = polled(here)
        assert held(ticked, issue).gate == "readable"
        assert ticked.exit_code == 0
        assert writes(here) == []


def test_archived__repository_of_an_issue_that_has_to_wait__nothing_is_written_there() -> None:
    """Forgejo only: GitHub's listing leaves archived repositories out by itself."""
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", f"Blocked by #99. {BODY}")
        here.forge.archive(issue.repo)
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert held(ticked, issue).gate == "no-open-blocker"
        assert "owner/shop is archived" in said(ticked, "error")
        assert writes(here) == []
        assert_untouched(here, issue)


@on_both_forges
def test_label__that_nobody_is_on_record_for__starts_nothing(kind: Forge) -> None:
    """Somebody restored a backup, say: without an application there is no approval."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        issue.labels += here.forge.labels_named(issue.repo, [READY])
        ticked = polled(here)
        assert held(ticked, issue).gate == "approved"
        assert writes(here) == []
        assert_untouched(here, issue)


@pytest.mark.parametrize("text", ["edited", "unchanged"])
@on_both_forges
def test_two_ticks__write_about_a_waiting_issue__one_record_stands(kind: Forge, text: str) -> None:
    """The inner tick records first, or parks first; the outer one drops what it was to write."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        if text == "edited":
            polled(here)
            here.clock.sleep(60)
            here.forge.edit_body(issue, here.owner, "Something else")
        ran: list[int] = []

        def meddle(request: httpx.Request) -> None:
            writing = request.method in ("POST", "PATCH") and "/comments" in request.url.path
            reading = request.method == "GET" and "/comments/" in request.url.path
            asked = b"IssueComment" in request.content and b"node(id" in request.content
            if not ran and (writing or reading or asked):
                ran.append(0)
                ran[0] = here.run("tick").exit_code

        here.clock.sleep(60)
        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert (ran, ticked.exit_code) == ([0], 0)
        (only,) = records(here, issue)
        assert only["stage"] == ("ended" if text == "edited" else "approved")
        assert labels(issue) == ({HUMAN} if text == "edited" else {READY})
        assert threads(here) == []


@on_both_forges
def test_issue__deleted_while_its_claim_is_written__gets_no_thread(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        posted: list[str] = []

        def meddle(request: httpx.Request) -> None:
            if posted:
                issue.repo.issues.pop(issue.number, None)
            if request.method == "POST" and request.url.path.endswith("/comments"):
                posted.append(request.url.path)

        here.clock.sleep(60)
        ticked = here.run("tick", "--json", transport=Between(meddle))
        assert ticked.exit_code == 0
        assert len(posted) == 1
        assert ticked.document["runs"] == []
        assert threads(here) == []


@on_both_forges
def test_issue__deleted_under_a_running_agent__is_left_by_a_tick_pointed_elsewhere(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.repository("site")
        polled(here)
        here.forge.delete_issue(issue)
        forget(here)
        assert polled(here, "--repo", "owner/site").exit_code == 0
        assert writes(here) == []
        polled(here, "--repo", "owner/shop")
        assert commands(here) == ["thread.session.stop"]
