"""Run records that somebody touched: never believed, never acted on, handed to a person."""

import re

import pytest
from support.loops import (
    BROKEN,
    HOUR,
    assert_ended,
    at_work,
    both,
    come_to_rest,
    comment,
    labels,
    only,
    parse,
    record,
    record_comments,
    records,
    said,
    start,
    t3_down,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.record.codec import _mac
from afk.text.messages import SPOILT_COMMENT
from afk.types import Forge
from afk_sandbox.forge.records import Comment, Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world


def edit(here: World, which: Comment, old: str, new: str) -> None:
    """Let the owner change a record's text, as anybody with write can on Forgejo."""
    assert old in which.body
    here.forge.edit_comment(which, here.owner, which.body.replace(old, new, 1))


def believed(here: World, issue: Issue) -> list[dict[str, object]]:
    """Return the records that afk wrote last, in whatever comment."""
    mine = [one for one in record_comments(here, issue) if here.owner not in _editors(one)]
    return [parse(one.body) for one in mine]


def _editors(which: Comment) -> set[object]:
    return {which.history[-1].editor} if which.history else set()


def sign(here: World, json: str, version: int) -> str:
    """Return a marker line with this JSON, signed with the key that is configured."""
    mac = _mac(here.environ["AFK_STATE_KEY"].encode(), json)
    return f"<!-- afk:run:v{version} {json} mac={mac} -->\n**afk**\n"


def json_of(which: Comment) -> str:
    found = re.search(r"\{.*\}", which.body.split("\n", 1)[0])
    assert found is not None
    return found[0]


@pytest.mark.protocol_1
@both
@pytest.mark.parametrize(
    ("body", "tampering"),
    [
        ("[[slow=4000]] [[push]]", ('"stage":"running"', '"stage":"approved"')),
        ("[[slow=4000]] [[push]]", ('"stage":"running"', '"stage":"ended"')),
        ("[[push=slow]]", ('"stage":"running"', '"verdict":"done","stage":"ending"')),
        ("[[push]]", ('"turns":[', '"turns" :[')),
        ("[[push=red]]", ("mac=", "mac=0")),
        ("[[push=red]]", ("<!-- afk:run:v1 {", "<!-- afk:run:v1 {{")),
    ],
    ids=["never-started", "over", "ending-as-done", "green", "red", "broken"],
)
def test_record__edited_by_hand__parked_without_a_turn_or_a_close(
    kind: Forge, body: str, tampering: tuple[str, str]
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, body)
        edited = record_comments(here, issue)[0]
        edit(here, edited, *tampering)
        before = Mark(here)

        tick(here)

        [found] = believed(here, issue)
        assert (found["stage"], found["verdict"]) == ("ended", "needs-human")
        assert found["reason"] == "record-edited"
        assert before.commands == ["thread.session.stop"]
        assert labels(issue) == {HUMAN}
        assert issue.closed_at is None
        assert at_work(here) == []
        assert len(said(here, issue)) == 1
        assert len(bell.rings) == 1
        tick(here)
        assert edited.body == SPOILT_COMMENT, "nobody takes it for afk's word any more"
        come_to_rest(here, issue)
        after = Mark(here)
        for _ in range(2):
            tick(here, after=HOUR)
        assert (after.writes, after.commands) == ([], [])


@both
def test_record__edited_before_the_start__never_started(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        blocker = here.forge.open_issue(repo, "Choose a printer", here.owner)
        issue = here.issue(repo, "Add a till", f"Blocked by #{blocker.number}. [[push]]")
        tick(here)
        digest = record(here, issue)["approval"]["digest"]
        edit(here, record_comments(here, issue)[0], digest, "0" * 64)
        here.forge.close(blocker, here.owner)

        tick(here)

        assert believed(here, issue)[0]["reason"] == "record-edited"
        assert said(here, issue) == []
        assert labels(issue) == {HUMAN}


@both
def test_record__edited_while_t3_is_away__lock_and_agent_stay_until_it_is_back(kind: Forge) -> None:
    """Nothing ends while it cannot be told whether an agent is at work."""
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        edit(here, record_comments(here, issue)[0], '"stage":"running"', '"stage":"ended"')
        t3_down(here)
        before = Mark(here)

        tick(here, code=1)
        tick(here, after=HOUR, code=1)

        assert before.writes == []
        assert labels(issue) == {READY, IN_PROGRESS}
        here.faults.clear()
        tick(here)
        [found] = believed(here, issue)
        assert (found["stage"], found["reason"]) == ("ended", "record-edited")
        assert at_work(here) == []


@pytest.mark.protocol_1
@both
def test_record__edited_while_its_end_waits_for_a_stop__ended_once(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        here.faults["t3"] = only("POST", "/dispatch", BROKEN)
        tick(here, code=1)
        edit(here, record_comments(here, issue)[0], '"needs-human"', '"done"')
        here.faults.clear()

        tick(here)
        tick(here)

        [found] = believed(here, issue)
        assert (found["stage"], found["verdict"]) == ("ended", "needs-human")
        assert labels(issue) == {HUMAN}
        assert issue.closed_at is None
        assert at_work(here) == []


@both
def test_record__only_the_part_for_people_edited__believed_and_mended(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push]]")
        edit(
            here,
            record_comments(here, issue)[0],
            "The agent is at work",
            "Broken, do not believe it",
        )

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert "Broken" not in comment(here, issue)


@both
def test_record__signature_taken_off__not_believed(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=4000]] [[push]]")
        which = record_comments(here, issue)[0]
        unsigned = re.sub("mac=[0-9a-f]+", "mac=none", which.body)
        here.forge.edit_comment(which, here.owner, unsigned)

        tick(here)

        assert believed(here, issue)[0]["reason"] == "record-edited"
        assert at_work(here) == []


@both
def test_record__of_another_issue_pasted_over_it__not_believed(kind: Forge) -> None:
    """A signature binds a record to its issue: another one's says nothing here."""
    with world(kind) as here:
        first = start(here, "[[push]]")
        until(here, first)
        second = here.issue(first.repo, "Add a drawer", "[[slow=4000]] [[push]]")
        tick(here)
        which = record_comments(here, second)[0]
        here.forge.edit_comment(which, here.owner, record_comments(here, first)[0].body)
        before = Mark(here)

        tick(here)

        assert believed(here, second)[0]["reason"] == "record-edited"
        assert before.commands == ["thread.session.stop"]
        assert second.closed_at is None
        assert record(here, first)["verdict"] == "done"


@both
def test_record__of_a_newer_version__hands_off_and_exit_code_2(kind: Forge) -> None:
    """Nothing is written there, nothing starts in its repository, others go on."""
    with world(kind) as here:
        issue = start(here, "[[slow=4000]] [[push]]")
        which = record_comments(here, issue)[0]
        json = json_of(which).replace('"schema":1,', '"schema":2,"mood":"good",')
        here.forge.edit_comment(which, here.bot, sign(here, json, 2))
        beside = here.issue(issue.repo, "Add a drawer", "[[push]]")
        elsewhere = here.issue(here.repository("other"), "Add a lamp", "[[push]]")
        body = which.body
        before = Mark(here)

        output = tick(here, code=2)

        assert "upgrade" in output
        assert which.body == body
        assert len(record_comments(here, issue)) == 1
        assert labels(issue) == {READY, IN_PROGRESS}
        assert not any("owner/shop/issues/1" in one.path for one in before.writes)
        assert said(here, beside) == []
        assert len(said(here, elsewhere)) == 1
        assert len(records(here, elsewhere)) == 1


@pytest.mark.parametrize("kind", [Forge.GITHUB])
def test_record__without_keys__last_editor_decides(kind: Forge) -> None:
    """GitHub says who edited a comment last, so there it can do without a key, with a warning."""
    with world(kind) as here:
        del here.environ["AFK_STATE_KEY"]
        issue = start(here, "[[slow=4000]] [[push]]")
        assert "mac=none" in record_comments(here, issue)[0].body
        assert "not signed" in tick(here)
        edit(here, record_comments(here, issue)[0], '"stage":"running"', '"stage":"approved"')

        tick(here)

        assert believed(here, issue)[0]["reason"] == "record-edited"
        assert at_work(here) == []
