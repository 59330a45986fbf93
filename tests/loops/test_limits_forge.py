"""The forge's own limits, met while a run is looked at: the tick stops there, and is no failure."""

from collections.abc import Callable

import pytest
from support import troubles
from support.loops import (
    BROKEN,
    assert_ended,
    both,
    labels,
    only,
    record,
    record_comments,
    records,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world

WORKING = "[[slow=4000]] [[push]]"


def released_by_a_helper(here: World, issue: Issue) -> None:
    """Let somebody who is not the owner say that nobody is at work; T3 takes no stop."""
    helper = here.forge.add_account("helper")
    here.forge.set_access(issue.repo, helper, "write")
    here.faults["t3"] = only("POST", "/dispatch", BROKEN)
    here.forge.remove_label(issue, READY, here.owner)
    tick(here, code=1)
    here.forge.remove_label(issue, IN_PROGRESS, helper)
    limit = troubles.forbidden(here, "forge")
    asks = ("/permission", "/assignees")
    here.faults["forge"] = lambda _, path: limit if path.endswith(asks) else None


def without_a_label(here: World, issue: Issue) -> None:
    """Let T3 alone know of the issue."""
    for name in (READY, IN_PROGRESS):
        here.forge.remove_label(issue, name, here.owner)
    at_second = here.kind is Forge.GITHUB  # its listing is asked at the same address
    _limit(here, f"/issues/{issue.number}", "/graphql", skipping=1 if at_second else 0)


def posted_twice(here: World, issue: Issue) -> None:
    here.forge.comment(issue, here.bot, record_comments(here, issue)[0].body)
    here.faults["forge"] = only("DELETE", "/comments/", troubles.forbidden(here, "forge"))


def unreadable_at_first(here: World, _issue: Issue) -> None:
    """Fail what reads all issues at once; they are asked one by one, and that is too fast."""
    broken = troubles.page(502, "502 Bad Gateway")
    at_second = here.kind is Forge.GITHUB
    skipping = 1 if at_second else 0
    _limit(here, "/timeline", "/graphql", skipping=skipping, first=[broken] * 3)


def _limit(here: World, *parts: str, skipping: int, first: list[Fault] | None = None) -> None:
    """Refuse requests to these addresses, some let through or failed before."""
    limit = troubles.forbidden(here, "forge")
    script: list[Fault | None] = [*([None] * skipping), *(first or [])]

    def hook(method: str, path: str) -> Fault | None:
        del method
        if not path.endswith(parts):
            return None
        return script.pop(0) if script else limit

    here.faults["forge"] = hook


@both
@pytest.mark.parametrize(
    "prepare", [released_by_a_helper, without_a_label, posted_twice, unreadable_at_first]
)
def test_tick__limited_while_it_looks__stops_and_resumes(
    kind: Forge, prepare: Callable[[World, Issue], None]
) -> None:
    """Nothing is concluded from what was not said, nothing written; the next tick goes on."""
    with world(kind) as here:
        issue = start(here, WORKING)
        prepare(here, issue)
        stage = record(here, issue)["stage"]
        before = Mark(here)

        ticked = here.tick()

        assert ticked.output.count("resumes next tick") == 1
        assert [one.method for one in before.writes] in ([], ["DELETE"])
        assert len(said(here, issue)) == 1
        assert record(here, issue)["stage"] == stage
        here.faults.clear()
        until(here, issue, after=1800)
        assert len(records(here, issue)) == 1
        assert IN_PROGRESS not in labels(issue)


@both
def test_permission__limited_when_a_turn_is_due__sent_by_the_next_tick(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop", ci={"grace_seconds": 60})
        helper = here.forge.add_account("helper")
        here.forge.set_access(repo, helper, "write")
        issue = here.issue(repo, "Add a till", "[[push=red,green]]", ready=False)
        here.forge.add_label(issue, READY, helper)
        tick(here)
        limit = troubles.forbidden(here, "forge")
        asks = ("/permission", "/assignees")
        here.faults["forge"] = lambda _, path: limit if path.endswith(asks) else None
        before = Mark(here)

        assert "resumes next tick" in tick(here)

        assert before.commands == []
        here.faults.clear()
        until(here, issue)
        assert_ended(here, issue, "done", "landed", turns=2)
