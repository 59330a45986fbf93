"""A label that is renamed to the ready label approves nothing: what was said under another name."""

import re

import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    assert_started,
    assert_untouched,
    commands,
    forget,
    held,
    labels,
    on_both_forges,
    polled,
    ready,
    record,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.forge.records import Issue, Label, Repository
from afk_sandbox.world import READY, World, world

AGAIN = "takes `ready-for-agent` off and puts it on again"
GATE = "the label was renamed, or is new to afk, since it was put on: take it off and put it on"


def harmless(here: World, repo: Repository, name: str = "nice to have") -> tuple[Issue, Label]:
    """An issue on which its owner put a label that has nothing to do with agents."""
    issue = here.issue(repo, "Add a till", BODY, ready=False)
    label = here.forge.define_label(repo, name)
    here.clock.sleep(60)
    here.forge.add_label(issue, label, here.owner)
    return issue, label


def label_of(here: World, repo: Repository) -> Label:
    [found] = here.forge.labels_named(repo, [READY])
    return found


def again(here: World, issue: Issue) -> None:
    """Take the label off and put it on, as the comment asks."""
    here.forge.remove_label(issue, READY, here.owner)
    here.clock.sleep(60)
    ready(here, issue)


def asked(issue: Issue) -> int:
    """Count the comments that ask for the label once more."""
    return sum(AGAIN in one.body for one in issue.comments)


@on_both_forges
def test_rename__of_a_label_that_the_owner_put_on__starts_nothing_and_says_so_once(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue, label = harmless(here, here.repository("shop"))
        here.forge.rename_label(label_of(here, issue.repo), "formerly ready")
        here.forge.rename_label(label, READY)

        found = [held(polled(here), issue) for _ in range(3)]

        assert [one.gate for one in found] == ["approved"] * 3
        assert found[0].evidence.startswith(GATE)
        assert commands(here) == []
        assert asked(issue) == 1
        assert labels(issue) == {READY}, "it may be on many issues: none is stripped"
        again(here, issue)
        assert held(polled(here), issue) == STARTED
        assert_started(here, issue)


@pytest.mark.parametrize("text", ["none", "copied from the ready label"])
def test_rename__beside_the_ready_label__starts_nothing(text: str) -> None:
    """Forgejo allows two labels of one name; what afk wrote into one says nothing of another."""
    with world(Forge.FORGEJO) as here:
        issue, label = harmless(here, here.repository("shop"))
        if text != "none":
            label.description = label_of(here, issue.repo).description
        here.forge.rename_label(label, READY)

        assert held(polled(here), issue).gate == "approved"
        assert commands(here) == []
        assert asked(issue) == 1


@on_both_forges
def test_rename__there_and_back_while_it_waits__is_over_and_has_to_be_put_on_again(
    kind: Forge,
) -> None:
    """Under another name it asks for nothing: what waits is ended, and the comment says so."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        label = label_of(here, issue.repo)
        here.forge.rename_label(label, "ready")
        here.tick("--json")
        here.forge.rename_label(label, READY)
        del here.settings["max_in_flight"]
        assert held(polled(here), issue).gate == "not-run-yet"
        assert record(here, issue)["verdict"] == "stopped"
        again(here, issue)
        assert held(polled(here), issue) == STARTED


def test_rename__on_github_taken_off_and_another_renamed__the_former_application_is_over() -> None:
    with world(Forge.GITHUB) as here:
        here.settings["allowlist"] = []
        issue, label = harmless(here, here.repository("shop"))
        ready(here, issue)
        here.forge.remove_label(issue, READY, here.owner)
        here.forge.rename_label(label_of(here, issue.repo), "formerly ready")
        here.forge.rename_label(label, READY)

        assert held(polled(here), issue).evidence.startswith(GATE)
        assert (commands(here), asked(issue)) == ([], 1)


def test_first_label__that_afk_never_saw__is_asked_for_once_and_then_never_again() -> None:
    with world(Forge.FORGEJO) as here:
        repo = here.repository("shop")
        label = label_of(here, repo)
        label.description = "Words of their own"
        first, second = (here.issue(repo, title, BODY) for title in ("Add a till", "Add a bin"))

        ticked = polled(here)

        assert [held(ticked, one).gate for one in (first, second)] == ["approved"] * 2
        assert (asked(first), asked(second)) == (1, 1)
        assert sum("PATCH" in one and "/labels/" in one for one in writes(here)) == 1
        assert re.fullmatch(r"Words of their own \[afk \S+ [0-9a-f]{32}\]", label.description)
        forget(here)
        polled(here)
        assert writes(here) == []
        third = here.issue(repo, "Add a lamp", BODY)
        assert held(polled(here), third) == STARTED


def test_first_label__in_numbers__is_asked_for_a_few_at_a_time() -> None:
    with world(Forge.FORGEJO) as here:
        repo = here.repository("shop")
        label_of(here, repo).description = ""
        issues = [here.issue(repo, f"Add {n}", BODY) for n in range(7)]
        polled(here)
        assert sum(map(asked, issues)) == 5
        polled(here)
        assert sum(map(asked, issues)) == 7


def test_first_label__the_answer_to_the_comment_is_lost__the_next_tick_vouches() -> None:
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        label = label_of(here, issue.repo)
        label.description = ""
        ready_text = polled(here, "--dry-run")
        assert "would ask for the label once more" in said(ready_text)
        assert (writes(here), label.description) == ([], "")
        polled(here)
        label.description = ""  # as if the tick had died between the two
        polled(here)
        assert "[afk " in label.description
        assert asked(issue) == 1
        again(here, issue)
        assert held(polled(here), issue) == STARTED


def test_label__of_an_organisation__needs_nobody_to_vouch() -> None:
    """Only the organisation's owners can rename it, and they may approve anything."""
    with world(Forge.FORGEJO) as here:
        repo = here.repository("shop")
        here.forge.delete_label(label_of(here, repo))
        here.forge.define_label(here.owner, READY)
        issue = here.issue(repo, "Add a till", BODY)
        assert held(polled(here), issue) == STARTED


def test_label__vouched_for_by_the_former_key__is_signed_anew_at_the_next_start() -> None:
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        label = label_of(here, issue.repo)
        before = label.description
        here.environ["AFK_STATE_KEY_PREVIOUS"] = here.environ["AFK_STATE_KEY"]
        here.environ["AFK_STATE_KEY"] = "another-state-key-0123456789abcdef"
        assert held(polled(here), issue) == STARTED
        assert label.description != before
        del here.environ["AFK_STATE_KEY_PREVIOUS"]
        other = here.issue(here.repository("site"), "Add a page", BODY)
        assert held(polled(here), other) == STARTED


@on_both_forges
def test_rename__there_and_back_after_an_edit__ends_the_run_once(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        assert held(polled(here), issue) == STARTED
        label = label_of(here, issue.repo)
        here.forge.rename_label(label, "ready")
        polled(here)
        first = record(here, issue)
        assert (first["stage"], first["verdict"]) == ("ended", "stopped")
        here.forge.edit_body(issue, here.owner, "Better words.")
        here.forge.rename_label(label, READY)

        polled(here)
        polled(here)

        assert record(here, issue) == first
        assert labels(issue) == set()
        assert len(threads(here, issue)) == 1


@on_both_forges
def test_label__by_a_stranger_the_answer_is_lost__they_are_told_once(kind: Forge) -> None:
    """The tick dies between the two writes, or the second one's answer is lost: told already."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        here.forge.add_label(issue, READY, here.stranger)
        forget(here)
        polled(here)
        kinds = [one.split()[0] for one in writes(here)]
        assert kinds == ["POST", "DELETE"], "told first: without the label no tick finds the issue"
        polled(here)
        assert len(issue.comments) == 1
        assert labels(issue) == set()


@on_both_forges
def test_label__nobody_put_on__is_left_alone(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        issue.labels.append(label_of(here, issue.repo))
        assert held(polled(here), issue).evidence.startswith("no event shows who")
        assert_untouched(here, issue)
