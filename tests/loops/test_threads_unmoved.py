"""T3's bodies are read of threads that moved since the record was written, and before any act.

What happens in a thread is noticed in the next tick as before, whoever did it.
"""

from dataclasses import replace

import httpx
from support.loops import (
    assert_ended,
    both,
    command,
    record,
    record_comments,
    start,
    threads,
    tick,
    write_in_thread,
)
from support.overheard import Mark
from support.poll_rig import Between

from afk.record.codec import decode, encode
from afk.record.groups import SeenThread
from afk.record.state import Keys, RunRecord
from afk.types import Forge, ThreadStatus
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

SILENT = "[[ci=none*]]"


def bodies(mark: Mark) -> int:
    """How often a thread was read by itself."""
    return sum("/orchestration/threads/" in one.path for one in mark.t3)


def pushed(here: World) -> Issue:
    """A run whose agent has pushed and is done, and whose CI says nothing."""
    issue = start(here, SILENT)
    tick(here)
    assert record(here, issue)["thread"]["seen"]["status"] == "idle"
    return issue


@both
def test_thread__at_rest__not_read_again_and_nothing_written(kind: Forge) -> None:
    with world(kind) as here:
        issue = pushed(here)
        mark = Mark(here)
        for _ in range(3):
            tick(here)

        assert (bodies(mark), len(mark.t3)) == (0, 6)
        assert (mark.writes, mark.commands) == ([], [])
        assert record(here, issue)["stage"] == "running"


@both
def test_thread__moved__read_once_more_in_every_tick_until_the_record_is_written(
    kind: Forge,
) -> None:
    """A session that T3 puts away by itself; an hour later that is written down, once."""
    with world(kind) as here:
        issue = pushed(here)
        before = record(here, issue)
        command(here, "thread.session.stop", threads(here, issue)[0])
        mark = Mark(here)
        tick(here)
        tick(here)
        assert (bodies(mark), mark.writes) == (2, [])

        here.clock.sleep(20 * 60)
        mark = Mark(here)
        tick(here, after=35 * 60)
        tick(here)
        assert record(here, issue)["thread"]["seen"] == before["thread"]["seen"], "not an hour yet"
        tick(here, after=5 * 60)
        assert record(here, issue)["thread"]["seen"] != before["thread"]["seen"]
        noted = Mark(here)
        tick(here)
        assert (bodies(noted), noted.writes) == (0, [])


@both
def test_thread__somebody_writes_into_it_while_at_rest__no_more_turns(kind: Forge) -> None:
    with world(kind) as here:
        issue = pushed(here)
        write_in_thread(here, threads(here, issue)[0], "leave it, please")
        mark = Mark(here)
        tick(here)
        assert bodies(mark) == 1
        sha = record(here, issue)["commits"]["pushed"][-1]
        here.forge.post_status(issue.repo, sha, "failure", here.owner, context="by hand")
        for _ in range(4):
            tick(here, after=120)

        assert "thread.turn.start" not in mark.commands
        assert_ended(here, issue, "frozen", "foreign-message", turns=2)


@both
def test_thread__about_to_act__is_read_whatever_the_record_knows(kind: Forge) -> None:
    """The issue is closed by a person: the session is stopped after a second look."""
    with world(kind) as here:
        issue = pushed(here)
        here.forge.close(issue, here.owner)
        mark = Mark(here)
        tick(here)

        assert bodies(mark) >= 1
        assert record(here, issue)["verdict"] == "stopped"


@both
def test_thread__record_without_what_was_seen__read_as_ever(kind: Forge) -> None:
    """As an older version wrote it: nothing is written because of that alone."""
    with world(kind) as here:
        issue = pushed(here)
        rewrite(here, issue, seen=None)
        mark = Mark(here)
        tick(here)

        assert (bodies(mark), mark.writes) == (1, [])


@both
def test_thread__line_of_another_moment__read_as_ever(kind: Forge) -> None:
    with world(kind) as here:
        issue = pushed(here)
        rewrite(here, issue, seen=SeenThread(line="0" * 32, status=ThreadStatus.RUNNING))
        mark = Mark(here)
        tick(here)

        assert (bodies(mark), mark.writes) == (1, [])


def rewrite(here: World, issue: Issue, *, seen: SeenThread | None) -> None:
    """Put another word of what was seen of the thread into the record, and sign it."""
    keys = Keys(current=here.environ["AFK_STATE_KEY"].encode())
    (comment,) = record_comments(here, issue)
    before = decode(comment.body, keys)
    assert isinstance(before, RunRecord)
    after = replace(before, thread=replace(before.thread, seen=seen))
    comment.body = encode(after, comment.body.split("\n", 1)[1], keys)


@both
def test_thread__ends_between_overview_and_bodies__is_not_taken_for_ended_with_nothing(
    kind: Forge,
) -> None:
    """It stood still for a while, so it is read after the issue, with which the branch came."""
    with world(kind) as here:
        issue = start(here, "[[slow=600]] [[ci=slow]]")
        tick(here, after=500)
        rewrite(here, issue, seen=None)
        (thread,) = threads(here, issue)

        def meddle(request: httpx.Request) -> None:
            if request.url.path.endswith(f"/threads/{thread.id}") and not pushes(here, issue):
                here.clock.sleep(60)
                here.t3.advance()

        here.clock.sleep(70)
        mark = Mark(here)
        ticked = here.run("tick", transport=Between(meddle))

        assert ticked.exit_code == 0
        assert pushes(here, issue), "the agent pushed and was done while afk looked"
        assert "dropped" not in ticked.output
        assert mark.commands == []
        assert record(here, issue)["stage"] == "running"

        tick(here)
        assert record(here, issue)["commits"]["pushed"]


def pushes(here: World, issue: Issue) -> bool:
    """Say whether the agent has pushed."""
    tip = issue.repo.branches[issue.repo.default_branch]
    return len(list(here.forge.history(issue.repo, tip))) > 1
