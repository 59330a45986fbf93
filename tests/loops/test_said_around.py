"""What goes on around comments to afk: other ticks, claims, crowds, and what cannot be read."""

import httpx
import pytest
from support.chaos import Killed, KillingTransport
from support.loops import both, labels, record, records, start, threads, tick, until
from support.overheard import Mark
from support.poll_rig import Between
from support.saying import handed_back, named, reactions, replies, say, short_answers

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world


def reacts(request: httpx.Request) -> bool:
    return request.method == "POST" and request.url.path.endswith("/reactions")


def meanwhile(here: World) -> Between:
    """Let a whole other tick go by before this one's first reaction is sent."""
    went: list[str] = []

    def meddle(request: httpx.Request) -> None:
        if reacts(request) and not went:
            went.append(request.url.path)
            here.run("tick")

    return Between(meddle)


@both
@pytest.mark.parametrize("word", ["retry", "stop", "why"])
def test_comment__another_tick_is_faster__is_answered_once(kind: Forge, word: str) -> None:
    """Whatever it is: where the record was written meanwhile, this tick changes nothing."""
    with world(kind) as here:
        if word == "retry":
            issue = handed_back(here)
            issue.body = "[[slow=40000]]"
        else:
            here.settings["max_in_flight"] = 0
            issue = here.issue(here.repository("shop"), "Add a till", "x")
        tick(here)
        told = say(here, issue, f"/afk {word}")

        ticked = here.run("tick", transport=meanwhile(here))
        tick(here)

        assert ticked.exit_code == 0, ticked.output
        assert replies(here, issue) == [
            (word, {"retry": "retried", "stop": "stopped", "why": "shown"}[word])
        ]
        assert reactions(told) == ["eyes"]
        assert len(threads(here, issue)) == (2 if word == "retry" else 0)
        assert len(records(here, issue)) == (2 if word == "retry" else 1)


@both
def test_retry__recorded_by_another_tick_just_before__gives_way(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        issue.body = "[[slow=40000]]"
        say(here, issue, "/afk retry")
        went: list[str] = []

        def meddle(request: httpx.Request) -> None:
            posts = request.method == "POST" and request.url.path.endswith("/comments")
            if posts and not went:
                went.append(request.url.path)
                here.run("tick")

        here.clock.sleep(60)
        here.run("tick", transport=Between(meddle))
        tick(here)

        assert len(went) == 1
        assert len(records(here, issue)) == 2
        assert len(threads(here, issue)) == 2
        assert replies(here, issue) == [("retry", "retried")]


@both
@pytest.mark.parametrize("word", ["why", "stop"])
def test_comment__claim_that_a_dead_tick_left__waits_for_it_or_ends_it(
    kind: Forge, word: str
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[slow=40000]]")
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(2, after=True))
        assert record(here, issue)["stage"] == "claimed"
        say(here, issue, f"/afk {word}")

        tick(here)
        tick(here)

        if word == "why":
            assert record(here, issue)["stage"] == "running"
            assert replies(here, issue) == [("why", "shown")]
        else:
            assert record(here, issue)["reason"] == "stop-command"
            assert labels(issue) == set()
            assert threads(here, issue) == []


@both
def test_stop__a_claim_that_another_tick_ends_meanwhile__stays_as_that_one_left_it(
    kind: Forge,
) -> None:
    """Who read the claim first, and the issue again for the word on it, sees the end there."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[slow=40000]]")
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(2, after=True))
        say(here, issue, "/afk stop")
        others: list[str] = []

        def meddle(request: httpx.Request) -> None:
            if request.url.path.endswith("/permission") and not others:
                others.append(request.url.path)
                others.append(here.run("tick").output)

        here.clock.sleep(60)
        ticked = here.run("tick", transport=Between(meddle))

        assert "ended: stopped" in others[1]
        assert "returning the claim" not in ticked.output
        assert record(here, issue)["stage"] == "ended"
        said = [one.body for one in issue.comments]
        tick(here)
        assert [one.body for one in issue.comments] == said


@both
def test_comments__a_crowd_of_them__are_answered_by_and_by(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "x", ready=False)
        named(here, issue)
        for _ in range(11):
            here.forge.comment(issue, here.owner, "/afk")
        tick(here)
        assert len(short_answers(here, issue)) == 10
        tick(here)
        tick(here)
        assert len(short_answers(here, issue)) == 11


@both
def test_comment__behind_a_crowd_of_strangers__is_heard_all_the_same(kind: Forge) -> None:
    """Whoever approved the run is asked about first: five accounts cost nothing."""
    with world(kind) as here:
        issue = start(here, "[[hang]]")
        for number in range(12):
            here.forge.comment(issue, here.forge.add_account(f"crowd{number}"), "/afk why")
        say(here, issue, "/afk stop")

        tick(here)
        tick(here)

        assert record(here, issue)["verdict"] == "stopped"
        assert replies(here, issue) == [("stop", "stopped")]


@both
def test_comment__whoever_approved_cannot_be_asked_about__others_wait_behind(kind: Forge) -> None:
    """What is answered is passed by: an earlier comment would never be heard."""
    with world(kind) as here:
        issue = start(here, "[[hang]]")
        writer = here.forge.add_account("writer")
        here.forge.set_access(issue.repo, writer, "write")
        told = say(here, issue, "/afk stop"), say(here, issue, "/afk why", by=writer)

        def spoil(request: httpx.Request) -> httpx.Response | None:
            asked = request.url.path.endswith("/collaborators/owner/permission")
            return httpx.Response(502) if asked else None

        here.run("tick", transport=Between(spoil))
        assert [reactions(one) for one in told] == [[], []]
        assert replies(here, issue) == []
        tick(here)
        tick(here)

        assert record(here, issue)["verdict"] == "stopped"
        assert replies(here, issue)[0] == ("stop", "stopped")


@both
def test_comment__by_somebody_who_is_listed__needs_no_right(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["trusted"] = [here.stranger.id]
        issue = handed_back(here)
        say(here, issue, "/afk retry", by=here.stranger)
        tick(here)
        assert record(here, issue)["approval"]["actor_id"] == here.stranger.id
        assert labels(issue) == {READY, IN_PROGRESS}


@both
def test_comment__archived_repository__is_not_answered(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        told = say(here, issue, "/afk retry")
        here.forge.archive(issue.repo)
        before = Mark(here)
        here.tick()
        assert before.writes == []
        assert told.reactions == {}


@both
def test_comment__event_of_another_repository_or_of_nothing__names_no_issue(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]]")
        tick(here)
        for repo, number in (("other/shop", "1"), ("owner/shop", "x"), ("owner/shop", "1")):
            here.environ |= {"GITHUB_REPOSITORY": repo, "AFK_COMMENTED": number}
            before = Mark(here)
            tick(here)
            assert before.writes == []
        here.environ["AFK_COMMENTED"] = "99"
        tick(here)
        assert record(here, issue)["stage"] == "running"


@pytest.mark.parametrize("forge", list(Forge))
def test_comment__on_a_pull_request__is_not_heard(forge: Forge) -> None:
    """Forgejo shows one as an issue, GitHub does not."""
    with world(forge) as here:
        repo = here.repository("shop")
        here.people.push(repo, "topic", here.owner)
        pull = here.forge.open_pull(repo, here.owner, "topic", title="x", body="")
        say(here, pull.issue, "/afk why")
        named(here, pull.issue)
        before = Mark(here)
        tick(here)
        assert before.writes == []


def test_retry__who_afk_is_cannot_be_asked__nothing_starts_in_its_repository() -> None:
    """A recorded retry cannot be told from somebody's comment then."""
    with world(Forge.FORGEJO) as here:
        issue = asked_again(here)
        here.settings["max_in_flight"] = 4
        before = Mark(here)

        def spoil(request: httpx.Request) -> httpx.Response | None:
            return httpx.Response(502) if request.url.path.endswith("/user") else None

        here.clock.sleep(60)
        ticked = here.run("tick", transport=Between(spoil))

        assert ticked.exit_code == 1
        assert before.writes == []
        assert before.commands == []
        until(here, issue, "running")


def asked_again(here: World) -> Issue:
    """Return an issue that a comment approved again, and that has to wait."""
    issue = handed_back(here)
    here.settings["max_in_flight"] = 0
    issue.body = "[[slow=40000]]"
    say(here, issue, "/afk retry")
    tick(here)
    assert labels(issue) == {READY}
    return issue


def test_comment__issue_deleted_while_it_is_heard__nothing_is_said() -> None:
    with world(Forge.FORGEJO) as here:
        issue = handed_back(here)
        say(here, issue, "/afk retry")
        assert labels(issue) == {HUMAN}

        def delete(request: httpx.Request) -> None:
            alone = request.url.path.endswith(f"/issues/{issue.number}")
            if alone and issue.number in issue.repo.issues:
                here.forge.delete_issue(issue)

        here.clock.sleep(60)
        before = Mark(here)
        ticked = here.run("tick", transport=Between(delete))
        assert ticked.exit_code == 0, ticked.output
        assert before.writes == []
