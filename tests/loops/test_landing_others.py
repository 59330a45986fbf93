"""Other people's pull requests that close the issue: they hold a start, and are told of later."""

import httpx
import pytest
from support.landing import begin, go_on, how, the_pull, to_people, to_the_end
from support.loops import both, comment
from support.poll_rig import (
    BODY,
    STARTED,
    Between,
    commands,
    held,
    on_both_forges,
    polled,
    records,
    threads,
)

from afk.types import Forge
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.records import Account, Issue
from afk_sandbox.world import World, world

GATE = "no-other-pull-request"


def opened(here: World, issue: Issue, by: Account, branch: str = "patch") -> Pull:
    """Somebody with rights opens a pull request that says it closes the issue."""
    here.people.push(issue.repo, branch, by, "mine\n\nCI: none")
    body = f"Closes #{issue.number}"
    return here.forge.open_pull(issue.repo, by, branch, title="By hand", body=body)


@pytest.mark.parametrize("landing", ["push", "pull-request"])
@on_both_forges
def test_others_pull__that_closes_the_issue__holds_the_start_and_is_named(
    kind: Forge, landing: str
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop", landing=landing), "Add a till", BODY)
        pull = opened(here, issue, here.owner)

        gate, evidence = held(polled(here), issue)

        assert gate == GATE
        where = f"pull request owner/shop#{pull.number}"
        assert evidence == f"{where} would close the issue and is still open"
        assert (threads(here), commands(here)) == ([], [])
        assert [one["stage"] for one in records(here, issue)] == ["approved"]
        assert f"[`#{pull.number}`]" in issue.comments[0].body
        here.people.close(pull, here.owner)
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_others_pull__of_a_stranger_from_a_fork__holds_it_too(kind: Forge) -> None:
    """Two people on one issue; whoever wants the agent's work closes theirs."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        pull = here.people.from_fork(issue.repo, "patch", body=f"Fixes #{issue.number}")
        assert held(polled(here), issue).gate == GATE
        assert threads(here) == []
        here.people.close(pull, here.owner)
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_others_pull__that_closes_another_issue_or_is_afks_own__holds_nothing(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        other = here.forge.open_issue(issue.repo, "Add a sink", here.owner)
        opened(here, other, here.owner)
        opened(here, issue, here.bot, "own")
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_others_pull__held__the_next_issue_takes_its_place(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        issue, other = (here.issue(repo, title, BODY) for title in ("Add a till", "Add a sink"))
        opened(here, issue, here.owner)
        ticked = polled(here)
        assert held(ticked, issue).gate == GATE
        assert held(ticked, other) == STARTED
        assert len(threads(here)) == 1


@on_both_forges
def test_explain__others_pull__names_it(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        pull = opened(here, issue, here.owner)
        told = here.run("explain", issue.ref).output
        where = f"pull request owner/shop#{pull.number}"
        assert f"NO {GATE}: {where} would close the issue and is still open" in told


@both
def test_others_pull__opened_during_the_run__is_said_in_the_comment_and_stops_nothing(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=slow]]")
        theirs = opened(here, issue, here.people.reviewer(issue.repo), "theirs")

        go_on(here, lambda: "[Pull request #" in comment(here, issue))
        told = comment(here, issue)
        assert "Other pull requests for this issue: [`#" in told
        assert f"/issues/{theirs.number})" in told
        here.people.close(theirs, here.owner)
        pull = to_people(here, issue)

        assert "Other pull requests" not in comment(here, issue)
        here.people.merge(pull, here.owner)
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")


@both
def test_others_pulls__that_cannot_be_read__keep_nothing_from_being_opened(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=slow]]")
        opened(here, issue, here.people.reviewer(issue.repo), "theirs")
        here.t3.advance()
        here.clock.sleep(60)
        read: list[str] = []

        def refuse(request: httpx.Request) -> httpx.Response | None:
            """Answer nothing that asks whose pull requests close the issue.

            On Forgejo that is the issue's timeline once more, after both looks at the issue.
            """
            asks = b"closedByPullRequestsReferences(" in request.content
            if request.url.path.endswith(f"/issues/{issue.number}/timeline"):
                read.append(request.url.path)
                asks = len(read) > 2
            return httpx.Response(403) if asks else None

        ticked = here.run("tick", transport=Between(refuse))

        assert ticked.exit_code == 0
        assert the_pull(here, issue).issue.author is here.bot
        assert "Other pull requests" not in comment(here, issue)
        to_people(here, issue)
        assert "Other pull requests" in comment(here, issue)
