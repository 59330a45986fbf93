"""Every gate before the approval, in its order, holds an issue and says so; nothing is written."""

from collections.abc import Callable

import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    assert_started,
    assert_untouched,
    forget,
    held,
    on_both_forges,
    polled,
    ready,
    said,
    writes,
)

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, READY, World, world


def closed(here: World, issue: Issue) -> None:
    here.forge.close(issue, here.owner)


def locked(here: World, issue: Issue) -> None:
    here.forge.lock(issue, here.owner)


def handed_back(here: World, issue: Issue) -> None:
    here.clock.sleep(60)
    here.forge.add_label(issue, HUMAN, here.owner)


def pull_request(_here: World, issue: Issue) -> None:
    issue.is_pull = True


@on_both_forges
def test_tick__nothing_in_the_way__starts_and_takes_ready_for_human_off(kind: Forge) -> None:
    """The baseline of this file: what the gates hold back here would otherwise start."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert held(ticked, issue) == STARTED
        assert_started(here, issue)


@on_both_forges
def test_tick__kill_switch_on__sends_nothing_anywhere(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.settings["kill_switch"] = True
        ticked = polled(here)
        assert ticked.exit_code == 0
        told = "nothing to do: the kill switch is on (kill_switch: true in AFK_CONFIG:1). To arm "
        assert said(ticked).startswith(f"{told}afk, write kill_switch: false in AFK_CONFIG; ")
        assert here.requests() == (0, 0)
        assert_untouched(here, issue)


@on_both_forges
def test_tick__kill_switch_off_in_the_file_and_on_outside__stays_on(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.environ["AFK_KILL_SWITCH"] = "true"
        assert polled(here).exit_code == 0
        assert here.requests() == (0, 0)
        assert_untouched(here, issue)


@on_both_forges
def test_tick__empty_allowlist__sends_nothing_anywhere(kind: Forge) -> None:
    with world(kind) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        here.settings["allowlist"] = []
        ticked = polled(here)
        assert ticked.exit_code == 0
        told = (
            "nothing to do: the allowlist is empty (allowlist in AFK_CONFIG:1 names no repository"
        )
        assert said(ticked).startswith(f"{told}). To arm afk, name a repository (owner/name) in ")
        assert here.requests() == (0, 0)


@on_both_forges
def test_tick__repository_not_in_the_allowlist__is_neither_asked_for_nor_written_to(
    kind: Forge,
) -> None:
    with world(kind) as here:
        here.repository("shop")
        issue = here.issue(here.repository("bank"), "Add a till", BODY)
        here.settings["allowlist"].remove("owner/bank")
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert ticked.document["decisions"] == []
        assert writes(here) == []
        assert not any("owner/bank" in one.path for one in here.log.exchanges)
        assert_untouched(here, issue)


@on_both_forges
def test_tick__allowlist_in_another_case__names_both_and_writes_nothing(kind: Forge) -> None:
    """``owner/name`` exactly as the forge shows it."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.settings["allowlist"] = ["owner/Shop"]
        here.settings["repositories"] = {"owner/Shop": {"workspace": "/srv/shop"}}
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert "repository owner/Shop is now owner/shop" in said(ticked, "error")
        assert writes(here) == []
        assert_untouched(here, issue)


@on_both_forges
def test_tick__draining_repository__starts_nothing_new(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("shop")
        issue = here.issue(here.repository("bank"), "Add a till", BODY)
        here.settings["allowlist"].remove("owner/bank")
        here.settings["draining"] = ["owner/bank"]
        ticked = polled(here)
        assert (ticked.exit_code, ticked.document["decisions"]) == (0, [])
        assert writes(here) == []
        assert_untouched(here, issue)


@pytest.mark.parametrize("act", [closed, pull_request])
@on_both_forges
def test_tick__no_open_issue__is_not_even_considered(
    kind: Forge, act: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        act(here, issue)
        ticked = polled(here)
        assert (ticked.exit_code, ticked.document["decisions"]) == (0, [])
        assert writes(here) == []
        assert_untouched(here, issue)


@pytest.mark.parametrize(
    ("act", "gate", "evidence"),
    [
        (locked, "not-locked", "the conversation is locked"),
        (handed_back, "not-handed-back", f"{HUMAN} is newer than {READY}"),
    ],
)
@on_both_forges
def test_tick__held_before_the_approval__asks_for_nobody_and_writes_nothing(
    kind: Forge, act: Callable[[World, Issue], None], gate: str, evidence: str
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        act(here, issue)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert held(ticked, issue) == (gate, evidence)
        assert f"held: {evidence}" in said(ticked, "event")
        assert here.log.count("GET", "/permission") == 0
        assert writes(here) == []
        assert_untouched(here, issue)


@on_both_forges
def test_tick__several_gates_shut__the_first_of_the_order_answers(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", f"Blocked by #99. {BODY}")
        handed_back(here, issue)
        locked(here, issue)
        assert held(polled(here), issue).gate == "not-locked"
        issue.locked = False
        assert held(polled(here), issue).gate == "not-handed-back"
        here.forge.remove_label(issue, HUMAN, here.owner)
        assert held(polled(here), issue).gate == "no-open-blocker"


@on_both_forges
def test_tick__labelled_ready_again_after_being_handed_back__starts_and_takes_it_off(
    kind: Forge,
) -> None:
    """A ready label applied after the newest ready-for-human event is the way back."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        handed_back(here, issue)
        assert held(polled(here), issue).gate == "not-handed-back"
        here.forge.remove_label(issue, READY, here.owner)
        ready(here, issue)
        forget(here)
        assert held(polled(here), issue) == STARTED
        assert_started(here, issue)
        assert HUMAN not in {label.name for label in issue.labels}


@on_both_forges
def test_tick__archived_repository__says_so_and_takes_no_slot_of_another(kind: Forge) -> None:
    """Forgejo's search lists what is archived like anything else."""
    with world(kind) as here:
        here.settings["max_dispatch_per_tick"] = 1
        archived = here.issue(here.repository("attic"), "Add a till", BODY)
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.forge.archive(archived.repo)
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert "owner/attic is archived" in said(ticked, "error")
        assert held(ticked, archived)[0] == "not-archived"
        assert held(ticked, issue) == STARTED
        assert not any("owner/attic" in one for one in writes(here))
        assert_untouched(here, archived)
        assert_started(here, issue)
