"""Which comment of an issue is the record, and which only claim to be."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from support.factories import (
    AFK,
    KEYS,
    LABELLED,
    MARA,
    OWN,
    RUN_ID,
    approval,
    comment,
    issue,
    record,
    repository,
    turn,
)

from afk.record import names
from afk.record.codec import Flaw, Records, _mac, collect, decode, encode, key_id
from afk.record.groups import SeenHead, SeenVerdict
from afk.record.state import Approval, Keys, Stop
from afk.types import Account, CIStatus, Comment, Forge, Phase

UNSIGNED = Keys()
OTHER_KEY = Keys(current=b"somebody else's key")
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  the point of it
VISIBLE = "**afk: At work**\n"


def own(body: str, **changes: Any) -> Comment:
    """Return a comment of afk's own with this text."""
    return comment(author=AFK, body=body, **changes)


def collected(*comments: Comment, keys: Keys = KEYS, **changes: Any) -> Records:
    return collect(issue(comments=comments, **changes), Forge.GITHUB, OWN, keys, host="github.com")


BODY = encode(record(), VISIBLE, KEYS)
PLAIN = encode(record(), VISIBLE, UNSIGNED)


def test_collect__no_comments__is_nothing() -> None:
    assert collected() == Records()
    assert collected().of(RUN_ID) is None
    assert not collected().newer


def test_collect__our_comment__is_the_record() -> None:
    found = collected(own(BODY)).of(RUN_ID)
    assert found is not None
    assert found.record == record(key_id=key_id(KEYS.current))
    assert found.comment == own(BODY)
    assert collected(own(BODY)).of("another run") is None


@pytest.mark.parametrize("body", [f" {BODY}", f"Text\n{BODY}", f"> {BODY}", "", VISIBLE])
def test_collect__our_comment_without_the_marker_first__is_no_record(body: str) -> None:
    """A quoted or moved marker claims nothing."""
    assert collected(own(body)) == Records()


def test_collect__the_same_text_by_anybody_else__is_ignored() -> None:
    """Anybody can write the marker, so only our own accounts are read."""
    assert collected(comment(author=MARA, body=BODY)) == Records()
    assert collected(comment(author=replace(MARA, login="afk"), body=BODY)) == Records()


def test_collect__two_comments_at_the_same_number__the_first_is_the_record() -> None:
    """Two ticks posted at the same time."""
    shown = collected(own(BODY, id=502), own(BODY, id=501))
    assert [found.comment.id for found in shown.runs] == [501]
    assert [one.id for one in shown.duplicates] == [502]


def test_collect__old_record_pasted_into_an_older_comment__the_furthest_is_the_record() -> None:
    """Anybody who may write can put an old signed text into an old comment of afk's."""
    later = encode(record(sequence=9), VISIBLE, KEYS)
    shown = collected(own(later, id=502), own(BODY, id=501))
    assert [found.comment.id for found in shown.runs] == [502]
    assert [one.id for one in shown.duplicates] == [501]


@pytest.mark.parametrize(
    "changes",
    [
        {"approval": Approval(actor_id=1, at=NAIVE)},
        {"claimed_at": NAIVE},
        {"phases": {Phase.GREEN: NAIVE}},
        {"turns": (turn(outcome_at=NAIVE),)},
        {"first_red_at": NAIVE},
        {"seen_verdict": SeenVerdict(sha="s", status=CIStatus.RED, at=NAIVE)},
        {"seen_head": SeenHead(sha="s", at=NAIVE)},
        {"held_at": NAIVE},
        {"ended_at": NAIVE},
        {"stops": (Stop(at=NAIVE, rule="zombie"),)},
    ],
)
def test_decode__time_without_a_zone__malformed(changes: dict[str, Any]) -> None:
    """It could not be compared with any other."""
    unsigned = Keys()
    assert decode(encode(record(**changes), VISIBLE, unsigned), unsigned) is Flaw.MALFORMED


def test_collect__two_runs__are_both_there_oldest_first() -> None:
    earlier = approval(at=LABELLED - timedelta(hours=1))
    run = names.run_id(
        host="github.com",
        repository_id=100,
        issue=7,
        at=earlier.at,
        actor_id=earlier.actor_id,
        event="",
    )
    other = encode(record(run_id=run, approval=earlier), VISIBLE, KEYS)
    shown = collected(own(BODY, id=502), own(other, id=501))
    assert [found.record.run_id for found in shown.runs] == [run, RUN_ID]
    assert shown.duplicates == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 8},
        {"repo": repository(id=101)},
        {"repo": repository(id=101, name="acme/fork"), "number": 7},
    ],
)
def test_collect__record_copied_to_another_issue__is_not_believed(changes: dict[str, Any]) -> None:
    shown = collected(own(BODY), **changes)
    assert shown.runs == ()
    assert shown.flawed == ((own(BODY), Flaw.OTHER_ISSUE),)


def test_collect__record_of_the_other_forge__is_not_believed() -> None:
    shown = collect(issue(comments=(own(BODY),)), Forge.FORGEJO, OWN, KEYS, host="github.com")
    assert shown.flawed == ((own(BODY), Flaw.OTHER_ISSUE),)


def test_collect__record_of_another_host__is_not_believed() -> None:
    """Two forges may share key, repository id and number; the run id tells them apart."""
    shown = collect(issue(comments=(own(BODY),)), Forge.GITHUB, OWN, KEYS, host="ghes.example")
    assert shown.flawed == ((own(BODY), Flaw.OTHER_ISSUE),)


def test_collect__renamed_repository__is_the_same_run_under_the_new_name() -> None:
    found = collected(own(BODY), repo=repository(name="acme/renamed")).of(RUN_ID)
    assert found is not None
    assert found.record.repository == "acme/renamed"


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (BODY.replace('"issue":7', '"issue":8'), Flaw.BAD_MAC),
        (BODY.replace('"issue":7', '"half \ud83d":7'), Flaw.BAD_MAC),
        (PLAIN, Flaw.UNSIGNED),
        (encode(record(), VISIBLE, OTHER_KEY), Flaw.UNKNOWN_KEY),
        ("<!-- afk:run:v1 gone -->", Flaw.MALFORMED),
    ],
)
def test_collect__comment_that_is_not_believed__is_flawed_and_no_run(body: str, flaw: Flaw) -> None:
    shown = collected(own(body))
    assert shown.runs == ()
    assert shown.flawed == ((own(body), flaw),)
    assert not shown.newer


def test_collect__ours_behind_other_comments__is_found() -> None:
    shown = collected(comment(id=400), own("Thanks.", id=401), own(BODY, id=501))
    assert [found.comment.id for found in shown.runs] == [501]


def test_collect__newer_version__says_so_beside_what_is_readable() -> None:
    text = '{"schema":2,"what":"ever"}'
    newer = f"<!-- afk:run:v2 {text} mac={_mac(KEYS.current, text)} -->\n"
    shown = collected(own(BODY, id=501), own(newer, id=502))
    assert shown.newer
    assert [found.comment.id for found in shown.runs] == [501]


@pytest.mark.parametrize("editor", [None, AFK])
def test_collect__unsigned_and_edited_by_nobody_else__is_believed(editor: Account | None) -> None:
    shown = collected(own(PLAIN, edited_by=editor), keys=UNSIGNED)
    assert shown.of(RUN_ID) is not None


def test_collect__edited_by_somebody_else__is_believed_only_if_signed() -> None:
    """The signature proves the text, whoever sent it; without one the editor decides."""
    shown = collected(own(PLAIN, edited_by=MARA), keys=UNSIGNED)
    assert shown.runs == ()
    assert shown.flawed == ((own(PLAIN, edited_by=MARA), Flaw.EDITED),)
    assert collected(own(BODY, edited_by=MARA)).of(RUN_ID) is not None
