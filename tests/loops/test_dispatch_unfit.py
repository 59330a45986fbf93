"""Repositories in which nothing can start: named, and in nobody's way."""

from support.poll_rig import BODY, STARTED, held, on_both_forges, polled, said, threads

from afk.types import Forge
from afk_sandbox.world import world


@on_both_forges
def test_branch_that_does_not_exist__is_named_and_takes_nobody_s_place(kind: Forge) -> None:
    """Tried first in every tick, they would hold everybody else for ever."""
    with world(kind) as here:
        here.settings["max_dispatch_per_tick"] = 1
        lost = [
            here.issue(here.repository(name, branch="mian"), "Add a till", BODY)
            for name in ("first", "second")
        ]
        good = here.issue(here.repository("third"), "Add a till", BODY)
        ticked = polled(here)
        assert ticked.exit_code == 1
        assert held(ticked, good) == STARTED
        assert [held(ticked, one).gate for one in lost] == ["repository-free"] * 2
        for name in ("first", "second"):
            assert f"owner/{name} has no branch mian" in said(ticked, "error")
            assert f"set the branch of owner/{name}" in said(ticked, "error")
        assert len(threads(here)) == 1


@on_both_forges
def test_branch_that_does_not_exist__is_named_in_a_dry_run_too(kind: Forge) -> None:
    with world(kind) as here:
        here.issue(here.repository("shop", branch="mian"), "Add a till", BODY)
        ticked = polled(here, "--dry-run")
        assert "owner/shop has no branch mian" in said(ticked, "error")
        assert threads(here) == []
