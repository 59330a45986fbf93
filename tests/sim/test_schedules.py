"""Schedules: the same seed plays the same, what fails is found, and shrinks to what matters."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schedules.deeds import DEEDS
from schedules.draw import draw
from schedules.oracles import ALWAYS, CALM, broken, kind_of
from schedules.play import play
from schedules.schedule import Deed, Schedule, Step, from_json, to_json
from schedules.seen import Seen
from schedules.shrink import smallest
from support.loops import record_comments, tick, until
from support.overheard import doorbell

from afk.types import Forge
from afk_sandbox.t3.state import Message
from afk_sandbox.world import IN_PROGRESS, READY, world

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", range(6))
def test_schedule__of_a_seed__everything_holds(seed: int) -> None:
    """``make sim`` plays a thousand of them."""
    assert play(draw(seed)).violations == []


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
        here.settings["runs_per_repository"] = 0
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
