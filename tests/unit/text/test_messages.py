"""Every sentence a person reads: complete, with the configured names, and a way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import NOW, PUSHED, config, issue, record

from afk.record.groups import SeenVerdict
from afk.text.messages import (
    REASONS,
    headline,
    label_again,
    minutes,
    oversized_notice,
    refused_label,
    ring_text,
    ring_title,
    unread_record,
    waits_for,
    way_back,
    why,
)
from afk.types import CIStatus, Reason, Verdict

NAMED = config(ready_label="go", human_label="mine", in_progress_label="busy")
NO_WAY_BACK = {Reason.LANDED, Reason.LABELLED_AGAIN}


def test_reasons__every_reason__has_a_sentence() -> None:
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_why__each_reason__is_whole_sentences_with_the_configured_labels(reason: Reason) -> None:
    text = why(reason, NAMED)
    assert text[0].isupper() or text[0] == "`"
    assert text.endswith(".")
    assert not {"{", "}"} & set(text)
    assert "ready-for-" not in text


@pytest.mark.parametrize("reason", Reason)
def test_way_back__each_reason__names_the_next_step_unless_there_is_none(reason: Reason) -> None:
    text = way_back(reason, NAMED)
    assert (text == "") == (reason in NO_WAY_BACK)
    assert not {"{", "}"} & set(text)
    assert text == "" or text.endswith(".")
    if text and reason is not Reason.FOREIGN_MESSAGE:
        assert "`go` " in text


def test_why__label_with_braces__is_shown_as_it_is() -> None:
    assert "`{0}`" in why(Reason.READY_REMOVED, config(ready_label="{0}"))


@pytest.mark.parametrize("verdict", Verdict)
def test_headline__each_verdict__has_one_of_its_own(verdict: Verdict) -> None:
    others = {headline(other) for other in Verdict if other is not verdict}
    assert headline(verdict)
    assert headline(verdict) not in others
    red = SeenVerdict(sha=PUSHED, status=CIStatus.RED, at=NOW)
    run = record(pushed=(PUSHED,), seen_verdict=red)
    assert ring_title(run, verdict) == f"{headline(verdict)}: acme/app#7"


def test_ring_text__a_verdict__is_title_why_and_the_way_back() -> None:
    run = record(reason=Reason.NOTHING_PUSHED)
    text = ring_text(run, "Add a  greeting\n", NAMED, stopped=True)
    assert text == (
        "Add a greeting The agent finished without pushing a commit. "
        "Read the agent's conversation in T3, then put `go` on again, or finish it by hand."
    )


def test_ring_text__landed_but_blocked_and_perhaps_still_running__says_both() -> None:
    run = record(reason=Reason.LANDED, close_blocked=True)
    text = ring_text(run, "T", NAMED, stopped=False)
    assert "cannot be closed while a blocker is open" in text
    assert text.endswith("The agent may still be running.")


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ((), "while a blocker is open"),
        (("#4",), "while #4 is open"),
        (("#4", "acme/other#5"), "while #4, acme/other#5 are open"),
    ],
)
def test_ring_text__landed_but_blocked__names_the_blockers(by: tuple[str, ...], words: str) -> None:
    run = record(reason=Reason.LANDED, close_blocked=True, blocked_by=by)
    told = ring_text(run, "T", NAMED, stopped=True)
    assert told.endswith(f"{words}; close it by hand after that.")


def test_ring_text__a_setting_decided__is_named_with_its_value() -> None:
    run = record(reason=Reason.PREPUSH_DEADLINE, detail="prepush_seconds=14400")
    assert "was stopped. (prepush_seconds=14400, 4 h) Read" in ring_text(
        run, "T", NAMED, stopped=True
    )


def test_ring_text__no_reason__is_the_title_alone() -> None:
    assert ring_text(record(), "T", NAMED, stopped=True) == "T"


@given(st.text())
def test_ring_text__any_title__stays_on_one_bounded_line(title: str) -> None:
    text = ring_text(record(), title, NAMED, stopped=True)
    assert len(text.splitlines()) <= 1
    assert len(text) <= 120


def test_minutes__a_time__is_read_without_guessing_the_zone() -> None:
    assert minutes(NOW) == "2026-11-23 12:00 UTC"


def test_refused_label__a_stranger_s_label__is_named() -> None:
    assert refused_label("go").startswith("`go` was put on by an account without write permission")


def test_oversized_notice__says_what_is_too_large_and_the_way_back() -> None:
    text = oversized_notice(NAMED)
    assert "larger than afk reads" in text
    assert "`go`" in text


def test_unread_record__names_the_issue_what_is_huge_and_the_way_on() -> None:
    error = unread_record(issue(oversized="its timeline exceeds 8 bytes"))
    assert "acme/app#7" in error.what
    assert error.cause == "its timeline exceeds 8 bytes"
    assert "delete or shorten" in error.next_step


@pytest.mark.parametrize(
    ("gate", "evidence", "says"),
    [
        ("no-open-blocker", "waiting for a/b#3", "a/b#3 to be closed"),
        (
            "max_in_flight",
            "max_in_flight=1 is at 1",
            "a free place: 1 at work in all, max_in_flight=1",
        ),
    ],
)
def test_waits_for__a_gate__says_what_for_and_which(gate: str, evidence: str, says: str) -> None:
    assert waits_for(gate, evidence) == says


def test_label_again__names_the_configured_label() -> None:
    text = label_again(NAMED)
    assert text.startswith("`go` starts nothing here yet")
    assert text.endswith("takes `go` off and puts it on again.")
