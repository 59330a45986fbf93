"""Schedules: the same seed plays the same, what fails is found, and shrinks to what matters."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schedules.__main__ import keep
from schedules.deeds import DEEDS
from schedules.draw import draw
from schedules.oracles import ALWAYS, CALM, broken, kind_of
from schedules.play import play
from schedules.schedule import Deed, Schedule, Step, from_json, to_json
from schedules.seen import Seen
from schedules.shrink import smallest
from schedules.workers import Outcome, outcome, play_all
from support.loops import record_comments, tick, until
from support.overheard import doorbell

from afk.types import Forge
from afk_sandbox.t3.state import Message
from afk_sandbox.world import IN_PROGRESS, READY, world

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


@contextmanager
def landed() -> Iterator[Seen]:
    """A world in which one run has landed."""
    with world(Forge.GITHUB, t3_version="0.0.32") as here, doorbell(here) as bell:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        tick(here)
        until(here, issue)
        yield Seen(here, [issue], rings=bell.rings)


def test_oracles__an_ordinary_run__nothing_is_wrong() -> None:
    with landed() as seen:
        assert broken(seen, (*ALWAYS, *CALM)) == []


def _commits_gone(seen: Seen) -> None:
    seen.issues[0].repo.commits.clear()


def _record(seen: Seen, old: str, new: str) -> None:
    comment = record_comments(seen.here, seen.issues[0])[-1]
    comment.body = comment.body.replace(old, new)
    comment.history.clear()


def _running(seen: Seen) -> None:
    _record(seen, '"ended"', '"running"')


def _handed_back(seen: Seen) -> None:
    _record(seen, '"verdict":"done"', '"verdict":"needs-human"')
    seen.here.forge.reopen(seen.issues[0], seen.here.owner)


def _locked(seen: Seen) -> None:
    seen.here.forge.add_label(seen.issues[0], IN_PROGRESS, seen.here.bot)


def _ready(seen: Seen) -> None:
    seen.here.forge.reopen(seen.issues[0], seen.here.owner)
    seen.here.forge.add_label(seen.issues[0], READY, seen.here.owner)


def _another_text(seen: Seen) -> None:
    _message(seen).text = _message(seen).text.replace("[[push]]", "something else")


def _message(seen: Seen) -> Message:
    (thread,) = seen.threads(seen.issues[0])
    return next(iter(thread.messages.values()))


def _again(seen: Seen) -> None:
    (thread,) = seen.threads(seen.issues[0])
    thread.messages["again"] = _message(seen)


def _too_many(seen: Seen) -> None:
    seen.here.settings["fix_forward_max_attempts"] = 3
    seen.obeyed()
    (thread,) = seen.threads(seen.issues[0])
    _message(seen).text += "CI is red on commit"
    thread.messages |= {str(n): _message(seen) for n in range(3)}


def _secret(seen: Seen) -> None:
    seen.here.forge.comment(seen.issues[0], seen.here.bot, seen.here.environ["AFK_TOKEN"])


def _bug(seen: Seen) -> None:
    seen.outputs.append((3, "error: this is a bug in afk"))


def _moving(seen: Seen) -> None:
    seen.quiet.append(1)


def _twice(seen: Seen) -> None:
    body = record_comments(seen.here, seen.issues[0])[-1].body
    seen.here.forge.comment(seen.issues[0], seen.here.bot, body)


def _unheard(seen: Seen) -> None:
    seen.rings.clear()


def _stranger_heard(seen: Seen) -> None:
    said = seen.here.forge.comment(seen.issues[0], seen.here.stranger, "/afk stop")
    seen.here.forge.react(said, seen.here.bot, "eyes")


def _answered_twice(seen: Seen) -> None:
    _record(seen, '"stage"', '"answers":{"heard":[{"comment":9}]},"stage"')
    body = record_comments(seen.here, seen.issues[0])[-1].body
    other = body.replace('"run_id":"', '"run_id":"another-')
    seen.here.forge.comment(seen.issues[0], seen.here.bot, other)


def _unreviewed(seen: Seen) -> None:
    """Afk merged something, and nobody had allowed it to."""
    forge, repo = seen.here.forge, seen.issues[0].repo
    forge.push(repo, "wish", "wish", seen.here.owner)
    pull = forge.open_pull(repo, seen.here.bot, "wish", title="wish")
    seen.here.clock.sleep(3600)
    forge.merge(pull, seen.here.bot)


SPOILT: Final[dict[str, tuple[Callable[[Seen], None], str]]] = {
    "closed_only_when_landed": (_commits_gone, "6: afk closed"),
    "everything_is_over": (_running, "4: owner/shop#1: its run is running"),
    "locks_are_backed": (_locked, "3: owner/shop#1 is locked"),
    "nothing_is_silent": (_ready, "8: owner/shop#1 is ready and free"),
    "only_what_was_approved": (_another_text, "2: "),
    "one_first_turn_a_thread": (_again, "1: a second first turn"),
    "strangers_have_no_say": (_stranger_heard, "7: a stranger was heard"),
    "each_word_is_taken_once": (_answered_twice, "7: comment 9 on owner/shop#1 was answered 2"),
    "no_secret": (_secret, "9: a secret"),
    "no_bug": (_bug, "exit 3: "),
    "nothing_goes_on_moving": (_moving, "at rest, and still written to"),
    "everybody_was_told": (_unheard, "4: owner/shop#1: done rang 0 times"),
    "merged_as_asked": (_unreviewed, "6: afk merged owner/shop#2 where the policy"),
    "one_record_a_run": (_twice, "4: 2 records of run"),
    "turns_are_bounded": (_too_many, "5: 4 corrective turns"),
    "handed_back_where_it_failed": (_handed_back, "4: owner/shop#1 ended as needs-human"),
}


@pytest.mark.parametrize("oracle", SPOILT)
def test_oracles__what_must_not_be__is_seen(oracle: str) -> None:
    """Each of them by a world in which that one thing is so."""
    (looks,) = [one for one in (*ALWAYS, *CALM) if one.__name__ == oracle]
    with landed() as seen:
        spoil, told = SPOILT[oracle]
        assert broken(seen, [looks]) == []
        spoil(seen)
        (found, *_) = broken(seen, [looks])

    assert found.startswith(told)


def test_oracles__two_at_work_in_one_place__are_seen() -> None:
    (looks,) = [one for one in ALWAYS if one.__name__ == "one_agent_a_place"]
    with world(Forge.GITHUB, t3_version="0.0.32") as here:
        repo = here.repository("shop")
        issues = [here.issue(repo, name, "[[hang]]") for name in ("Add a till", "Add a sink")]
        tick(here)
        here.clock.sleep(5)
        here.t3.advance()
        seen = Seen(here, issues)
        assert broken(seen, [looks]) == []
        seen.room = 0
        assert len(broken(seen, [looks])) == 1


def test_oracles__all_of_them__are_tried_here() -> None:
    known = {one.__name__ for one in (*ALWAYS, *CALM)}
    assert known == {*SPOILT, "one_agent_a_place"}


def test_deeds__each__does_something_or_leaves_it() -> None:
    """In a world where a run is at work, and in one where nothing is."""
    for body in ("[[hang]]", "[[push]]"):
        for does, kind in DEEDS.items():
            with world(Forge.FORGEJO, t3_version="0.0.32") as here:
                issue = here.issue(here.repository("shop"), does, body)
                tick(here)
                kind.do(here, issue)
                kind.do(here, issue)
