"""An issue waits for what it says it is blocked by, until that is readable and closed."""

from collections.abc import Callable

import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    assert_started,
    held,
    link,
    on_both_forges,
    polled,
    record,
    threads,
)

from afk.decide.blocker_references import ELSEWHERE, UNNAMED
from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world


def named(here: World) -> tuple[Issue, Issue]:
    """``Blocked by #N`` in the text, of the same repository."""
    repo = here.repository("shop")
    blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
    return here.issue(repo, "Add a till", f"Blocked by #{blocker.number}. {BODY}"), blocker


def named_elsewhere(here: World) -> tuple[Issue, Issue]:
    """The same in a repository that afk is not allowed to work on."""
    other = here.forge.add_repository(here.owner, "hardware")
    blocker = here.forge.open_issue(other, "Choose a printer", here.owner)
    text = f"Blocked by owner/hardware#{blocker.number}. {BODY}"
    return here.issue(here.repository("shop"), "Add a till", text), blocker


def native(here: World) -> tuple[Issue, Issue]:
    """The forge's own dependency."""
    repo = here.repository("shop")
    blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
    issue = here.issue(repo, "Add a till", BODY)
    here.forge.add_dependency(issue, blocker, here.owner)
    return issue, blocker


@pytest.mark.parametrize("given", [named, named_elsewhere, native])
@on_both_forges
def test_blocker__open__is_waited_for_by_name_until_it_is_closed(
    kind: Forge, given: Callable[[World], tuple[Issue, Issue]]
) -> None:
    with world(kind) as here:
        issue, blocker = given(here)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert held(ticked, issue) == ("no-open-blocker", f"waiting for {blocker.ref}")
        assert threads(here) == []
        assert record(here, issue)["stage"] == "approved"
        text = issue.comments[0].body
        name = f"#{blocker.number}" if blocker.repo is issue.repo else blocker.ref
        assert f"**Waiting:** {link(here, name, blocker.ref)} to be closed" in text
        here.forge.close(blocker, here.owner)
        assert held(polled(here), issue) == STARTED
        assert_started(here, issue)


@pytest.mark.parametrize(
    "text", ["Blocked by #99", "Blocked by owner/secret#1", "Blocked by nobody/nothing#3"]
)
@on_both_forges
def test_blocker__that_cannot_be_read__counts_as_open(kind: Forge, text: str) -> None:
    """A private repository, a deleted issue, a typing error: none of them is a readable closed."""
    with world(kind) as here:
        hidden = here.forge.add_repository(here.stranger, "secret", private=True)
        here.forge.close(here.forge.open_issue(hidden, "Hidden", here.stranger), here.stranger)
        issue = here.issue(here.repository("shop"), "Add a till", f"{text}. {BODY}")
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert held(ticked, issue).gate == "no-open-blocker"
        assert threads(here) == []


@on_both_forges
def test_blocker__added_between_decision_and_claim__is_seen_in_time(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
        issue = here.issue(repo, "Add a till", BODY)

        def hook(_method: str, path: str) -> Fault | None:
            if path.endswith(("/permission", "/assignees")) and blocker not in issue.blockers:
                here.forge.add_dependency(issue, blocker, here.owner)
            return None

        here.faults["forge"] = hook
        assert held(polled(here), issue) == STARTED
        assert blocker in issue.blockers
        assert threads(here) == []
        assert held(polled(here), issue).gate == "no-open-blocker"
        assert threads(here) == []


def test_sub_issues__open__are_waited_for() -> None:
    """GitHub only: Forgejo has none."""
    with world(Forge.GITHUB) as here:
        repo = here.repository("shop")
        issue = here.issue(repo, "Add a till", BODY)
        parts = [here.forge.open_issue(repo, f"Part {n}", here.owner) for n in (1, 2)]
        for part in parts:
            here.forge.add_sub_issue(issue, part)
        assert held(polled(here), issue).gate == "no-open-blocker"
        here.forge.close(parts[0], here.owner)
        assert held(polled(here), issue).gate == "no-open-blocker"
        assert threads(here) == []
        here.forge.close(parts[1], here.owner)
        assert held(polled(here), issue) == STARTED


def test_dependency__in_a_repository_the_reader_may_not_see__is_not_named() -> None:
    """The bot may read more than those who read its comment."""
    with world(Forge.FORGEJO) as here:
        hidden = here.forge.add_repository(here.owner, "secret", private=True)
        here.forge.set_access(hidden, here.bot, "read")
        blocker = here.forge.open_issue(hidden, "Fire somebody", here.owner)
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.forge.add_dependency(issue, blocker, here.owner)
        ticked = polled(here)
        assert held(ticked, issue) == ("no-open-blocker", "waiting for an issue elsewhere")
        assert "secret" not in issue.comments[0].body


@on_both_forges
def test_blockers__more_than_afk_looks_up__hold_the_issue(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        for _ in range(60):
            here.forge.close(here.forge.open_issue(repo, "x", here.owner), here.owner)
        text = "Blocked by " + ", ".join(f"#{n}" for n in range(1, 61))
        issue = here.issue(repo, "Add a till", f"{text}\n\n{BODY}")
        assert held(polled(here), issue).gate == "no-open-blocker"
        assert threads(here) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Blocked by the release", UNNAMED),
        ("## Blocked by\n\n- design sign-off\n\n##", UNNAMED),
        ("Blocked by https://tracker.example.org/o/r/issues/1", ELSEWHERE),
    ],
)
@on_both_forges
def test_blocker__stated_that_is_no_issue_here__is_waited_for(
    kind: Forge, text: str, reason: str
) -> None:
    """Said in afk's words; `explain` says what was read."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", f"{text} {BODY}")
        gate, evidence = held(polled(here), issue)
        assert gate == "no-open-blocker"
        assert evidence.startswith(f"waiting for {reason}; to go on, write an issue's number")
        assert threads(here) == []
        assert f"**Waiting:** {reason} to be closed; to go on" in issue.comments[0].body
        assert "sign-off" not in issue.comments[0].body
        told = here.run("explain", issue.ref).output
        assert f"blockers found: {reason} (open, or cannot be seen to be closed)" in told


@on_both_forges
def test_blocker__as_a_link_in_a_titled_list__is_waited_for_until_it_is_closed(
    kind: Forge,
) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
        link = f"https://git.example.org/{repo.full_name}/issues/{blocker.number}"
        text = f"## Blocked by\n\n- [Choose a printer]({link})\n\n## What\n\n{BODY}"
        issue = here.issue(repo, "Add a till", text)
        assert held(polled(here), issue) == ("no-open-blocker", f"waiting for {blocker.ref}")
        here.forge.close(blocker, here.owner)
        told = here.run("explain", issue.ref).output
        assert f"blockers found: {blocker.ref} (closed)" in told
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_blocker__only_in_code_comments_or_struck__starts_at_once(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
        says = f"Blocked by #{blocker.number}"
        text = f"```\n{says}\n```\n<!-- {says} -->\n~~{says}~~\n\n{BODY}"
        issue = here.issue(repo, "Add a till", text)
        assert held(polled(here), issue) == STARTED
        told = here.run("explain", issue.ref).output
        assert "blockers found: none" in told
