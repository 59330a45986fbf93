"""One run in flight per repository: what counts as one, and what only looks like it."""

import httpx
import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    assert_started,
    assert_untouched,
    held,
    labels,
    on_both_forges,
    polled,
    ready,
    record,
    said,
    spoiling,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import IN_PROGRESS, READY, world

BUSY = "another run is in flight in owner/shop: that of owner/shop#1"


@on_both_forges
def test_run_in_flight__its_repository_waits_and_another_does_not(kind: Forge) -> None:
    with world(kind) as here:
        shop, site = here.repository("shop"), here.repository("site")
        first = here.issue(shop, "Add a till", BODY)
        polled(here)
        assert_started(here, first)
        second = here.issue(shop, "Add a sink", BODY)
        elsewhere = here.issue(site, "Add a page", BODY)
        ticked = polled(here)
        assert held(ticked, second) == ("repository-free", BUSY)
        assert held(ticked, elsewhere) == STARTED
        assert [len(threads(here, one)) for one in (first, second, elsewhere)] == [1, 0, 1]
        assert READY in labels(first)


@on_both_forges
def test_run_in_flight__on_a_closed_issue__still_takes_the_repository(kind: Forge) -> None:
    """``Closes #N`` in a pushed commit closes the issue before CI has spoken."""
    with world(kind) as here:
        repo = here.repository("shop")
        first = here.issue(repo, "Add a till", "[[close]] [[ci=slow]]")
        polled(here)
        second = here.issue(repo, "Add a sink", BODY)
        ticked = polled(here, after=0)
        assert not first.open
        assert held(ticked, second) == ("repository-free", BUSY)
        assert threads(here, second) == []


@on_both_forges
def test_in_progress_by_a_trusted_person__is_their_lock_and_is_respected(kind: Forge) -> None:
    """Never parked, never taken off; it is nobody's run."""
    with world(kind) as here:
        repo = here.repository("shop")
        theirs = here.forge.open_issue(repo, "Repaint", here.owner)
        here.forge.add_label(theirs, IN_PROGRESS, here.owner)
        issue = here.issue(repo, "Add a till", BODY)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert held(ticked, issue) == ("repository-free", f"{theirs.ref} carries {IN_PROGRESS}")
        assert ticked.document["runs"] == []
        assert labels(theirs) == {IN_PROGRESS}
        assert theirs.comments == []
        assert threads(here) == []
        here.forge.remove_label(theirs, IN_PROGRESS, here.owner)
        assert held(polled(here), issue) == STARTED


@pytest.mark.parametrize("command", ["tick", "poll"])
@on_both_forges
def test_in_progress_by_a_stranger__locks_nothing_and_is_taken_off(
    kind: Forge, command: str
) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        bare = here.forge.web_form_issue(repo, here.stranger, [IN_PROGRESS])
        issue = here.issue(repo, "Add a till", BODY)
        here.clock.sleep(60)
        ticked = here.run(command, "--json")
        assert held(ticked, issue) == STARTED
        assert labels(bare) == set()
        (comment,) = bare.comments
        assert f"`{IN_PROGRESS}` was put on by an account without write permission" in comment.body
        assert_started(here, issue)


@on_both_forges
def test_in_progress_whose_author_cannot_be_told__locks_and_stays(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        bare = here.forge.web_form_issue(repo, here.stranger, [IN_PROGRESS])
        issue = here.issue(repo, "Add a till", BODY)

        def hook(method: str, path: str) -> Fault | None:
            asked = path.endswith(("/collaborators/stranger/permission", "/assignees"))
            refusal = Fault("before", 403, b'{"message":"no"}', "application/json")
            return refusal if asked and method == "GET" else None

        here.settings["trusted"] = ["owner"]
        here.faults["forge"] = hook
        assert held(polled(here), issue).gate == "repository-free"
        assert labels(bare) == {IN_PROGRESS}
        assert threads(here) == []


@on_both_forges
def test_own_in_progress_without_a_run__is_taken_off_and_locks_nothing(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        phantom = here.forge.open_issue(repo, "Repaint", here.owner)
        here.forge.add_label(phantom, IN_PROGRESS, here.bot)
        issue = here.issue(repo, "Add a till", BODY)
        assert held(polled(here), issue) == STARTED
        assert labels(phantom) == set()
        assert phantom.comments == []


@on_both_forges
def test_issues_that_cannot_be_read__keep_their_repository_busy_and_no_other(kind: Forge) -> None:
    """They are read one by one once all together failed, so that one spoils no other."""
    with world(kind) as here:
        shop, site = here.repository("shop"), here.repository("site")
        first = here.issue(shop, "Add a till", BODY)
        polled(here)
        second = here.issue(shop, "Add a sink", BODY)
        elsewhere = here.issue(site, "Add a page", BODY)

        def spoils(request: httpx.Request) -> bool:
            github = b"timelineItems" in request.content and b'"shop"' in request.content
            return github or request.url.path.endswith(f"/shop/issues/{first.number}/timeline")

        here.clock.sleep(60)
        ticked = here.run("tick", "--json", transport=spoiling(spoils))
        assert ticked.exit_code == 1
        assert held(ticked, elsewhere) == STARTED
        if kind is Forge.FORGEJO:
            evidence = f"{first.ref} could not be read"
            assert held(ticked, second) == ("repository-free", evidence)
        assert len(threads(here, first)) == 1
        assert threads(here, second) == []
        assert labels(first) == {READY, IN_PROGRESS}


@on_both_forges
def test_t3_unreadable__nothing_starts_and_nothing_is_written(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.faults["t3"] = lambda _method, _path: Fault("before", 502)
        ticked = polled(here)
        assert ticked.exit_code == 1
        assert held(ticked, issue) == ("agent-seen", "T3 was not read in this tick")
        assert "T3 Code answered 502" in said(ticked, "error")
        assert writes(here) == []
        assert_untouched(here, issue)
        del here.faults["t3"]
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_t3_another_server__nothing_starts_anywhere_while_a_run_names_the_old_one(
    kind: Forge,
) -> None:
    """Not even in another repository: what runs on the old one is not known."""
    with world(kind) as here:
        first = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        old, here.t3.environment_id = here.t3.environment_id, "another-environment"
        issue = here.issue(here.repository("site"), "Add a page", BODY)
        assert held(polled(here), issue) == (
            "repository-free",
            "T3 is another server than a run in flight was started on",
        )
        assert threads(here, issue) == []
        assert record(here, first)["thread"]["environment_id"] == old
        here.t3.environment_id = old
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_approval__that_had_its_run__starts_nothing_even_with_the_label_back_on(
    kind: Forge,
) -> None:
    """A label that came back without a new application: somebody restored a backup, say."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[idle]]")
        polled(here)
        polled(here)
        assert record(here, issue)["stage"] == "ended"
        issue.labels += here.forge.labels_named(issue.repo, [READY])
        issue.labels = [one for one in issue.labels if one.name == READY]
        ticked = polled(here)
        assert held(ticked, issue) == ("not-run-yet", "this approval has had its run")
        assert len(threads(here, issue)) == 1
        here.forge.remove_label(issue, READY, here.owner)
        ready(here, issue)
        assert held(polled(here), issue) == STARTED
