"""Schedules: the same seed plays the same, what fails is found, and shrinks to what matters."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schedules.__main__ import keep
from schedules.deeds import DEEDS
from schedules.draw import draw
from schedules.oracles import kind_of
from schedules.play import play
from schedules.schedule import Deed, Schedule, Step, from_json, to_json
from schedules.shrink import smallest
from schedules.workers import Outcome, outcome, play_all
from support.loops import tick

from afk.types import Forge
from afk_sandbox.world import world

ROOT = Path(__file__).resolve().parents[2]
STORIES = Path(__file__).with_name("stories")


@pytest.mark.parametrize("seed", range(6))
def test_schedule__of_a_seed__everything_holds(seed: int) -> None:
    """``make sim`` plays a thousand of them."""
    assert play(draw(seed)).violations == []


@pytest.mark.parametrize("story", sorted(STORIES.glob("*.json")), ids=lambda one: one.stem)
def test_schedule__that_failed_once__holds(story: Path) -> None:
    """Each is what was left of a seed; its name says what went wrong."""
    assert play(from_json(story.read_text(encoding="utf-8"))).violations == []


def test_schedules__that_hang_or_break__are_findings_and_the_others_are_played() -> None:
    def played(seed: int) -> Outcome:
        if seed == 2:
            time.sleep(600)
        if seed == 3:
            os._exit(1)
        return outcome(-1) if seed == 4 else Outcome(seed=seed, ticks=1)

    found = {one.seed: one for one in play_all(range(1, 7), 2, limit=2, play_one=played)}

    assert sorted(found) == [-1, 1, 2, 3, 5, 6]
    assert found[2].violations == ["it goes on and on"]
    assert found[3].violations == ["the process that played it died"]
    assert found[-1].violations == ["the simulation failed: ValueError: no seed"]
    assert all(found[seed] == Outcome(seed=seed, ticks=1) for seed in (1, 5, 6))
    assert from_json(found[2].schedule) == draw(2)


def test_found__is_kept__as_what_can_be_played_again(tmp_path: Path) -> None:
    keep(replace(outcome(-1), schedule=to_json(draw(7))), tmp_path / "found")
    assert from_json((tmp_path / "found" / "-1.json").read_text()) == draw(7)
    assert "no seed" in (tmp_path / "found" / "-1.txt").read_text()


def test_schedule__in_another_process__is_played_the_same() -> None:
    def told(hash_seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "schedules", "--replay", "5"],
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert told("1") == told("2")


@given(st.integers(min_value=0))
def test_schedule__as_text__comes_back(seed: int) -> None:
    assert from_json(to_json(draw(seed))) == draw(seed)


def test_schedule__that_fails__shrinks_to_what_matters() -> None:
    def fails(schedule: Schedule) -> bool:
        return any(one.does == "talks" for step in schedule.steps for one in step.deeds)

    last = Step(seconds=5, deeds=(Deed(does="closes it"), Deed(does="talks")))
    short = smallest(replace(draw(7), steps=(*draw(7).steps, last)), fails)

    assert [[one.does for one in step.deeds] for step in short.steps] == [["talks"]]
    assert [len(step.ticks) for step in short.steps] == [1]


def test_violations__of_one_kind__are_told_apart_by_no_name() -> None:
    one, other = "4: owner/shop0#1: run 5d765c71 stays", "4: owner/shop1#3: run 0123abcd stays"
    assert kind_of(one) == kind_of(other)


def test_deeds__each__does_something_or_leaves_it() -> None:
    """In a world where a run is at work, and in one where nothing is."""
    for body in ("[[hang]]", "[[push]]"):
        for does, kind in DEEDS.items():
            with world(Forge.FORGEJO, t3_version="0.0.32") as here:
                issue = here.issue(here.repository("shop"), does, body)
                tick(here)
                kind.do(here, issue)
                kind.do(here, issue)
