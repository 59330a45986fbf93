"""T3 shows less than it did: a shell that lags, a projection put back, an old record.

Absence is believed only of both of T3's sources, at a sequence that is not older than what the
record has seen. Until then the thread is not seen: nothing is replaced, deleted, or ended.
"""

from typing import Any

import httpx
import pytest
from support.chaos import Killed
from support.loops import (
    CI_GRACE,
    assert_ended,
    at_work,
    both,
    command,
    record,
    record_comments,
    said,
    start,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell
from support.poll_rig import Between

from afk.types import Forge
from afk_sandbox.world import World, world

SHELL, SNAPSHOT = "/api/orchestration/shell", "/api/orchestration/snapshot"


def lagging(here: World, *sources: str, **shown: Any) -> Between:
    """Let these sources of T3 show no threads, and what else is said otherwise."""

    def meddle(request: httpx.Request) -> httpx.Response | None:
        path = request.url.path
        if path not in sources:
            return None
        whole = here.t3.shell() if path == SHELL else here.t3.snapshot()
        return httpx.Response(200, json={**whole, "threads": [], **shown})

    return Between(meddle)


@both
def test_shell__without_threads_while_the_snapshot_shows_them__is_no_absence(kind: Forge) -> None:
    """One agent, and it is seen again when the shell catches up."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[slow=20000]] [[push]]")
        before = Mark(here)
        for _ in range(4):
            here.clock.sleep(60)
            assert here.run("tick", transport=lagging(here, SHELL)).exit_code == 0
        assert before.commands == []
        assert record(here, issue)["stage"] == "running"

        tick(here)

        assert len(threads(here, issue)) == 1
        assert len(at_work(here)) == 1
        assert len(said(here, issue)) == 1
        assert bell.rings == []


@both
def test_sequence__older_than_what_the_record_has_seen__is_no_absence(kind: Forge) -> None:
    """T3 was put back from a backup, or a projection is made anew: both sources forget."""
    with world(kind) as here:
        issue = start(here, "[[slow=20000]] [[push]]")
        assert record(here, issue)["thread"]["seen_sequence"] > 1
        before = Mark(here)
        for _ in range(3):
            here.clock.sleep(60)
            gone_back = lagging(here, SHELL, SNAPSHOT, snapshotSequence=1)
            here.run("tick", transport=gone_back)
        assert before.commands == []
        assert record(here, issue)["stage"] == "running"

        tick(here)

        assert len(at_work(here)) == 1
        assert len(said(here, issue)) == 1


@both
def test_claim__whose_thread_the_shell_does_not_show__is_not_returned(kind: Forge) -> None:
    """The gates say no, an agent is at work: the claim stays until it is seen."""
    with world(kind) as here:
        repo = here.repository("shop", **CI_GRACE)
        blocker = here.issue(repo, "Blocker", "x", ready=False)
        issue = here.issue(repo, "Add a till", "[[slow=3000]] [[push]]")

        def dies(request: httpx.Request) -> None:
            if request.method == "PATCH" and "/comments/" in request.url.path:
                raise Killed

        here.clock.sleep(60)
        with pytest.raises(Killed):
            here.run("tick", transport=Between(dies))
        here.forge.add_dependency(issue, blocker, here.owner)
        here.clock.sleep(60)
        before = Mark(here)
        here.run("tick", transport=lagging(here, SHELL))
        assert record(here, issue)["stage"] == "claimed"
        assert before.commands == []

        tick(here)

        assert record(here, issue)["stage"] == "running"
        [thread] = threads(here, issue)
        assert thread.deleted_at is None
        assert len(said(here, issue)) == 1


@both
def test_record__its_first_text_put_back_after_its_thread_was_replaced__starts_no_turn(
    kind: Forge,
) -> None:
    """Invariant 7: not a second first turn beside a running one."""
    with world(kind) as here:
        issue = start(here, "[[slow=20000]] [[push]]")
        [thread] = threads(here, issue)
        command(here, "thread.session.stop", thread)
        del here.t3.state.threads[thread.id]
        here.t3.state.sequence += 1
        tick(here)
        assert record(here, issue)["thread"]["attempt"] == 2
        [written] = record_comments(here, issue)
        here.forge.edit_comment(written, here.owner, written.history[0].text)
        before = Mark(here)

        until(here, issue, after=60)

        assert_ended(here, issue, "needs-human", "record-regressed")
        assert "thread.turn.start" not in before.commands
        assert "thread.create" not in before.commands
