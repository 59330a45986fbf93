"""``afk explain``, ``afk status`` and ``afk tick --dry-run`` say the same, and the tick does it.

A seed is a world; ``AFK_SIM_ALL=1`` plays more of them.
"""

import re
from typing import Any, Final

import pytest
from support.any_world import any_world
from support.poll_rig import forget, threads, writes
from support.sampling import seeds

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

_ROOM: Final = {"repository-free", "provider-open", "max_in_flight", "no-open-blocker"}
"""Gates that what ends in a tick may open before the tick starts anything."""

_MOVES: Final = re.compile("would (put in order|go on|resume|.* by rule)")
"""What a tick does before it starts anything, and what may change what starts."""


def first_hold(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the first gate that decides, and what it says."""
    shut = [one for one in told["gates"] if not one["passed"] and one.get("asked", True)]
    return [(one["gate"], one["evidence"]) for one in shut[:1]]


def assert_same(told: dict[str, Any], dry: dict[str, Any], issue: Issue) -> None:
    """What explain says of an issue is what a tick that writes nothing decides of it.

    Explain reads an issue that the tick leaves unread: it may know of more that holds it.
    """
    of_it = [one for one in dry["decisions"] if one["issue"] == issue.ref]
    for one in of_it:
        assert told["starts"] is one["start"]
        if "unread" in one:
            shut = [(no["gate"], no["evidence"]) for no in told["gates"] if not no["passed"]]
            assert told["runs"] or (one["gate"], one["evidence"]) in shut
            continue
        held = [] if one["start"] else [(one["gate"], one["evidence"])]
        assert first_hold(told) == held
        assert one["evidence"] in told["verdict"]
    assert of_it or not told["starts"]
    said = [one["text"] for one in dry["said"] if one["issue"] == issue.ref]
    for then in told["next"]:
        if then["action"] == "wait":
            assert {f"waits: {then['detail']}", f"nothing is sent now: {then['detail']}"} & {*said}
        elif then["action"] == "go-on":
            assert any(line.startswith("would ") for line in said) or said == []
        else:
            assert f"would {then['action']} by rule {then['rule']}" in said


def groups(document: dict[str, Any]) -> dict[str, str]:
    return {one["issue"]: one["group"] for one in document["issues"] if one["since"] == ""}


@pytest.mark.parametrize("seed", seeds(4, 300))
def test_explain__in_any_world__says_what_a_tick_decides_and_does(seed: int) -> None:
    with world(list(Forge)[seed % 2]) as here:
        issues = any_world(here, seed)
        if seed % 4 > 1:
            here.clock.sleep(3 * 3600)  # so that who waits does so quietly
        forget(here)
        told = {one.ref: here.run("explain", one.ref, "--json").document for one in issues}
        status = here.run("status", "--json").document
        dry = here.run("tick", "--dry-run", "--json").document
        assert writes(here) == []

        for issue in issues:
            assert_same(told[issue.ref], dry, issue)
            assert told[issue.ref]["verdict"]
        starting = {one for one, group in groups(status).items() if group == "next"}
        assert starting == {one for one in told if told[one]["starts"]}
        assert {one["run_id"] for one in status["runs"]} == {one["run_id"] for one in dry["runs"]}

        assert_done(here, issues, told, dry)


def assert_done(
    here: World, issues: list[Issue], told: dict[str, Any], dry: dict[str, Any]
) -> None:
    """Tick, and compare with what was said; what ends or is mended first may change more."""
    before = {one.ref: len(threads(here, one)) for one in issues}
    done = here.run("tick", "--json").document
    begun = {one.ref for one in issues if len(threads(here, one)) > before[one.ref]}
    decided = {one["issue"] for one in done["decisions"] if one["start"]}
    said = {one for one in told if told[one]["starts"]}
    moved = any(_MOVES.match(one["text"]) for one in dry["said"])
    if not moved:
        assert begun & decided == said
    for ref in (begun & decided) - said:
        assert told[ref]["runs"] or {gate for gate, _ in first_hold(told[ref])} <= _ROOM
