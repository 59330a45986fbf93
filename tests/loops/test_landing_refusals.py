"""What a forge refuses on the way of a pull request, and what comes of it."""

import json
from collections.abc import Callable

import httpx
import pytest
from support.landing import begin, go_on, how, purposes, the_pull, to_people, to_the_end
from support.loops import both, comment, record, said, tick
from support.overheard import doorbell
from support.poll_rig import Between

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import World, world

_DOWN = Fault("before", 500)


def opening(request: httpx.Request) -> bool:
    """Say whether a request is to open a run's pull request."""
    if request.method != "POST" or not request.url.path.endswith("/pulls"):
        return False
    return bool(json.loads(request.content)["head"].startswith("afk/"))


def refusing(here: World, status: int) -> str:
    """Tick while the forge refuses to open one; returns what was said."""
    here.t3.advance()
    here.clock.sleep(120)
    answer = {"message": "Validation Failed: no more of them"}
    between = Between(lambda one: httpx.Response(status, json=answer) if opening(one) else None)
    return here.run("tick", transport=between).output


@both
@pytest.mark.parametrize("status", [403, 422])
def test_open__refused_for_good__freezes_and_the_branch_stays(kind: Forge, status: int) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = begin(here, "[[ci=green]]")
        told = refusing(here, status)

        assert "pulls was answered 403" in told or "opening a pull request" in told
        to_the_end(here, issue)
        assert how(here, issue) == ("frozen", "pull-refused")
        assert here.people.pull_for(issue) is None
        assert record(here, issue)["landing"]["branch"] in issue.repo.branches
        assert "open one by hand" in comment(here, issue)
        assert [one["title"] for one in bell.rings] == [
            "No pull request could be opened: owner/shop#1"
        ]


@both
def test_open__refused_for_now__is_tried_again(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]")
        told = refusing(here, 400)

        assert "answered 400" in told
        assert here.people.pull_for(issue) is None
        assert record(here, issue)["stage"] == "running"
        to_people(here, issue)


@both
def test_behind__where_the_rules_want_it_up_to_date__the_forge_brings_the_base_in(
    kind: Forge,
) -> None:
    """No agent is asked for that, and CI runs again."""
    with world(kind) as here:
        issue = begin(here, "[[ci=slow]]", merge="green")
        required = ("build",) if kind is Forge.GITHUB else ()  # no other way to say so there
        here.people.protect(issue.repo, up_to_date=True, required=required)
        go_on(here, lambda: here.people.pull_for(issue))
        pull = the_pull(here, issue)
        before = pull.head_sha
        theirs = here.people.push(issue.repo, "main", here.owner, "theirs\n\nCI: none")

        to_the_end(here, issue, ticks=40)

        assert how(here, issue) == ("done", "landed")
        assert purposes(here, issue) == ["first"]
        assert pull.head_sha != before
        assert here.forge.contains(issue.repo, pull.head_sha, theirs)


@both
def test_conflict__t3_out_of_sight__waits_and_says_so(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green*]] [[touch=app.py:3]]", merge="green")
        here.people.protect(issue.repo, approvals=1)
        to_people(here, issue)
        here.people.push(issue.repo, "main", here.owner, "theirs", "app.py:3=theirs")
        here.faults["t3"] = lambda _method, path: _DOWN if "orchestration" in path else None
        here.clock.sleep(3700)
        for _ in range(3):
            here.tick(after=120)
        assert purposes(here, issue) == ["first"]
        here.faults.clear()
        go_on(here, lambda: "rebase" in purposes(here, issue), after=1200)


@both
def test_base_renamed__is_followed_and_lands_there(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]")
        pull = to_people(here, issue)
        here.forge.rename_branch(issue.repo, "main", "trunk", here.owner)
        for _ in range(3):
            tick(here, after=600)
        assert not pull.merge
        assert record(here, issue)["stage"] == "running"
        here.people.merge(pull, here.owner)
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")
        assert len(said(here, issue)) == 1


@pytest.mark.parametrize("forge", list(Forge))
def test_merged_by_hand__the_very_commits_on_the_base__lands(forge: Forge) -> None:
    """Forgejo leaves such a pull request open; afk closes it. GitHub notices by itself."""
    with world(forge) as here:
        issue = begin(here, "[[ci=green*]]")
        pull = to_people(here, issue)
        here.forge.move_branch(issue.repo, "main", pull.head_sha, here.owner)

        to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")
        assert not pull.open
        assert the_pull(here, issue) is pull


def first(act: Callable[[], object], *asks: str) -> Between:
    """Act right before the first request whose path ends so reaches the forge."""
    done: list[str] = []

    def meddle(request: httpx.Request) -> None:
        if not done and request.method != "GET" and request.url.path.endswith(asks):
            done.append(request.url.path)
            act()

    return Between(meddle)


@both
def test_merge__the_base_gets_in_the_way_at_that_moment__is_a_conflict(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green*]] [[touch=app.py:3]]", merge="approved")
        pull = to_people(here, issue)
        here.people.approve(pull, here.owner)
        here.clock.sleep(120)

        def theirs() -> None:
            here.people.push(issue.repo, "main", here.owner, "theirs", "app.py:3=theirs")

        here.run("tick", transport=first(theirs, "/merge"))

        assert pull.open
        go_on(here, lambda: "rebase" in purposes(here, issue))
        go_on(here, lambda: "Waiting for people" in comment(here, issue))
        here.people.approve(pull, here.owner)
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")


@both
def test_merge__somebody_pushes_at_that_moment__nothing_of_theirs_is_merged(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green*]]", merge="approved")
        pull = to_people(here, issue)
        here.people.approve(pull, here.owner)
        here.clock.sleep(120)

        def theirs() -> None:
            here.people.push(issue.repo, pull.head_ref, here.owner, "mine")

        here.run("tick", transport=first(theirs, "/merge"))
        for _ in range(3):
            tick(here, after=600)

        assert pull.open
        assert "somebody else pushed to its branch" in comment(here, issue)


@pytest.mark.parametrize("forge", list(Forge))
def test_update__somebody_pushes_at_that_moment__is_decided_again(forge: Forge) -> None:
    """Forgejo's request names no head: it brings the base into whatever is there by then."""
    with world(forge) as here:
        issue = begin(here, "[[ci=slow]]", merge="green")
        required = ("build",) if forge is Forge.GITHUB else ()
        ruleset = forge is Forge.GITHUB  # which GitHub shows to whoever may write
        here.people.protect(issue.repo, up_to_date=True, required=required, ruleset=ruleset)
        go_on(here, lambda: here.people.pull_for(issue))
        pull = the_pull(here, issue)
        here.people.push(issue.repo, "main", here.owner, "theirs\n\nCI: none")
        pushed: list[str] = []

        def mine() -> None:
            pushed.append(here.people.push(issue.repo, pull.head_ref, here.owner, "mine"))

        for _ in range(8):
            here.clock.sleep(120)
            here.t3.advance()
            here.run("tick", transport=first(mine, "/update", "/update-branch"))
            if pushed:
                break
        for _ in range(3):
            tick(here, after=600)

        assert here.forge.contains(issue.repo, pull.head_sha, pushed[0])
        assert pull.open
        assert "somebody else pushed to its branch" in comment(here, issue)


@both
def test_reminder__two_ticks_at_once__is_one(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]")
        to_people(here, issue)
        here.clock.sleep(3 * 86_400)
        ran: list[str] = []

        def beside(request: httpx.Request) -> None:
            """Let another tick go first as soon as this one looks at its comment again."""
            alone = b"query Afk($id: ID!)" in request.content
            if not ran and (alone or "/issues/comments/" in request.url.path):
                ran.append(request.url.path)
                ran.append(here.run("tick").output)

        told = here.run("tick", transport=Between(beside)).output

        assert "reminded of the pull request" in ran[1]
        assert "another tick wrote the record first" in told
        reminders = [one for one in issue.comments if "has waited for people" in one.body]
        assert len(reminders) == 1


@both
def test_approved_by_the_agents_own_account__is_no_approval(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]", merge="approved")
        pull = to_people(here, issue)
        agent = here.forge.account("agent")
        assert agent is not None
        here.settings["agent_accounts"] = [agent.id]
        here.people.approve(pull, agent)
        for _ in range(3):
            tick(here, after=600)
        assert pull.open

        here.people.approve(pull, here.owner)
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")
