"""Landing by pull request while a person or another tick acts at that very moment."""

import httpx
from support.landing import begin, go_on, how, purposes, the_pull, to_the_end
from support.loops import both, record, record_comments, said, tick
from support.overheard import Mark
from support.poll_rig import Between

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.github import ids
from afk_sandbox.world import World, world


@both
def test_made_a_draft_right_before_the_merge__undone__is_merged_by_the_next_tick(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green*]]", merge="green")
        go_on(here, lambda: here.people.pull_for(issue))
        pull = the_pull(here, issue)
        go_on(here, lambda: not here.forge.is_draft(pull))
        here.clock.sleep(120)

        def meddle(request: httpx.Request) -> None:
            if request.url.path.endswith("/merge"):
                here.people.draft(pull, here.owner)

        ticked = here.run("tick", transport=Between(meddle))
        assert "merge of #2: try-again" in ticked.output
        assert pull.open
        tick(here)
        assert pull.open
        here.forge.set_draft(pull, here.owner, draft=False)
        tick(here)

        assert pull.merge is not None
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")


@both
def test_pull_request_opened__another_tick_answers_red_at_once__its_turn_is_kept(
    kind: Forge,
) -> None:
    """The other tick comes between the request that opens it and the answer."""
    with world(kind) as here:
        issue = begin(here, "[[ci=red,green*]]", merge="green", ci={"reruns": 0})
        here.clock.sleep(120)
        here.t3.advance()
        others: list[str] = []

        def meddle(_request: httpx.Request) -> None:
            opened = here.people.pull_for(issue) is not None
            if opened and not others:
                others.append("")
                others.append(here.run("tick").output)

        here.run("tick", transport=Between(meddle))
        here.run("tick", transport=Between(meddle))
        tick(here)

        assert purposes(here, issue)[:2] == ["first", "fix-forward"]
        assert len(said(here, issue)) == 2
        assert "reason" not in record(here, issue)
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")
        assert purposes(here, issue) == ["first", "fix-forward"]


def dropped(here: World, issue: Issue) -> None:
    """Tick while somebody else has the record for the length of the last look at it."""
    [found] = record_comments(here, issue)
    name = f"/comments/{found.id}" if here.kind is Forge.FORGEJO else ids.comment(found)
    there = found.body

    def meddle(request: httpx.Request) -> None:
        if found.body == there and name in request.url.path + request.content.decode():
            here.forge.edit_comment(found, here.bot, "Gone.")

    ticked = here.run("tick", transport=Between(meddle))
    assert found.body == "Gone."
    assert "dropped: another tick wrote the record first" in ticked.output
    assert ticked.exit_code == 0, ticked.output
    here.forge.edit_comment(found, here.bot, there)


@both
def test_pull_request_to_be_opened__record_written_by_somebody_else_just_then__is_not(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green*]]", merge="green")
        here.clock.sleep(120)
        here.t3.advance()
        before = Mark(here)

        dropped(here, issue)

        assert (before.commands, before.writes) == ([], [])
        assert here.people.pull_for(issue) is None
        to_the_end(here, issue)
        assert how(here, issue) == ("done", "landed")


def test_rerun__record_written_by_somebody_else_just_then__is_not_asked_for() -> None:
    with world(Forge.GITHUB) as here:
        issue = begin(here, "[[ci=red,green]]", merge="green")
        go_on(here, lambda: here.people.pull_for(issue))
        here.clock.sleep(120)
        before = Mark(here)

        dropped(here, issue)

        assert (before.commands, before.writes) == ([], [])
        assert "reruns" not in record(here, issue)["landing"]
        go_on(here, lambda: "reruns" in record(here, issue)["landing"])
        assert any(one.path.endswith("/rerun-failed-jobs") for one in before.writes)
        assert purposes(here, issue) == ["first"]
