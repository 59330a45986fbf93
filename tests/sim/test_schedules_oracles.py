"""The schedules' oracles: each sees what must not be, in a world in which that one thing is so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest
from schedules.oracles import ALWAYS, CALM, broken
from schedules.seen import Seen
from support.loops import record_comments, tick, until
from support.overheard import doorbell

from afk.types import Forge
from afk_sandbox.t3.state import Message
from afk_sandbox.world import IN_PROGRESS, READY, world


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


def _at_work_again(seen: Seen) -> None:
    (thread,) = seen.threads(seen.issues[0])
    assert thread.session is not None
    thread.session.status = "running"


def _replaced(seen: Seen) -> None:
    (thread,) = seen.threads(seen.issues[0])
    seen.here.t3.state.threads |= {name: replace(thread, id=name) for name in ("2", "3")}


def _locked_at_rest(seen: Seen) -> None:
    seen.quiet += [0, 0]
    _locked(seen)


def _open(seen: Seen) -> None:
    seen.issues[0].closed_at = None


def _asked_anew(seen: Seen) -> None:
    forge, (issue, *_) = seen.here.forge, seen.issues
    forge.add_label(issue, READY, seen.here.owner)
    seen.here.clock.sleep(3600)
    forge.remove_label(issue, READY, seen.here.bot)


def _closed_again(seen: Seen) -> None:
    forge, (issue, *_) = seen.here.forge, seen.issues
    forge.reopen(issue, seen.here.owner)
    forge.close(issue, seen.here.bot)


def _closed_by_commit(seen: Seen) -> None:
    _handed_back(seen)
    seen.here.forge.push(seen.issues[0].repo, "main", "x\n\nCloses #1", seen.here.owner)


def _waiting(seen: Seen) -> None:
    _record(seen, '"ended"', '"approved"')


def _too_often(seen: Seen) -> None:
    seen.here.settings["runs_per_issue"] = 0


def _opened_again(seen: Seen) -> None:
    """Afk opened another pull request after somebody had closed its first one."""
    forge, repo = seen.here.forge, seen.issues[0].repo
    forge.push(repo, "wish", "wish", seen.here.owner)
    pull = forge.open_pull(repo, seen.here.bot, "wish", title="wish")
    forge.close(pull.issue, seen.here.owner)
    seen.here.clock.sleep(3600)
    forge.open_pull(repo, seen.here.bot, "wish", title="wish")


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
    "what_people_closed_stays_closed": (_opened_again, "5: afk opened #3 after a person closed"),
    "starts_are_bounded": (_too_often, "4: 1 runs of owner/shop#1, and it may have 0"),
    "one_record_a_run": (_twice, "4: 2 records of run"),
    "turns_are_bounded": (_too_many, "5: 4 corrective turns"),
    "replaced_only_when_gone": (_replaced, "1: run "),
    "ended_only_when_stopped": (_at_work_again, "4: run "),
    "locks_are_in_use": (_locked_at_rest, "3: owner/shop#1 is locked by afk"),
    "what_is_asked_anew_is_kept": (_asked_anew, "4: owner/shop#1 was asked for at"),
    "closed_once_a_run": (_closed_again, "4: owner/shop#1 was opened again"),
    "handed_back_is_open": (_closed_by_commit, "4: owner/shop#1 was handed back"),
    "nothing_waits_in_vain": (_waiting, "4: owner/shop#1 waits in vain"),
    "landed_is_closed": (_open, "4: owner/shop#1 has landed"),
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


def test_oracles__too_many_started_in_a_day__are_seen() -> None:
    """Ticks that had a part of the repositories have ceilings of their own."""
    (looks,) = [one for one in ALWAYS if one.__name__ == "starts_are_bounded"]
    with landed() as seen:
        seen.here.settings["runs_per_day"] = 0
        assert broken(seen, [looks]) == ["4: 1 runs in a day, and there may be 0"]
        seen.here.settings["runs_per_day"] = 1
        assert broken(seen, [looks]) == []


def test_oracles__another_title_than_the_approved_one__is_seen() -> None:
    (looks,) = [one for one in ALWAYS if one.__name__ == "only_what_was_approved"]
    with landed() as seen:
        _message(seen).text = _message(seen).text.replace("Add a till", "Add a tile")
        (found,) = broken(seen, [looks])
    assert "another text than the approved one" in found


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
    assert known == {*SPOILT, "one_agent_a_place", "every_gate_was_open"}
