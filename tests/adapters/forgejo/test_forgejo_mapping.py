"""Forgejo's JSON as afk's types: pure, on recorded bodies of both versions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from support.forgejo import VERSIONS, body_of

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.wire import (
    BLOCKERS,
    COMPARE,
    HISTORY,
    ISSUE,
    ITEM,
    REPOSITORY,
    WireHistory,
    WireLabel,
    WireUser,
    parse,
)
from afk.types import GHOST, Account, AccountKind, Blocker, Event, EventKind, Repository


def _events(version: str, name: str, index: int = 0) -> tuple[Event, ...]:
    return mapping.events(mapping.timeline(body_of(version, name, index), "reading"))


def _on_an_issue(version: str, name: str, *labels: tuple[int, str]) -> list[bool]:
    """Return whether each event is of another label, with these on the issue."""
    items = mapping.timeline(body_of(version, name), "reading")
    today = tuple(WireLabel(id=number, name=called) for number, called in labels)
    return [event.of_other_label for event in mapping.events(items, today)]


def _kinds(events: tuple[Event, ...]) -> list[EventKind]:
    return [event.kind for event in events]


@pytest.mark.parametrize("version", VERSIONS)
def test_timeline__empty__is_null(version: str) -> None:
    assert body_of(version, "035-timeline-empty") is None
    assert _events(version, "035-timeline-empty") == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_events__label_added_and_removed__are_told_by_the_body(version: str) -> None:
    """Body "1" is added, an empty body removed; the user is the actor."""
    added, removed = _events(version, "043-timeline-label-removed")
    assert (added.kind, removed.kind) == (EventKind.LABELED, EventKind.UNLABELED)
    assert added.label == removed.label == "ready-for-agent"
    assert added.actor == Account(2, "owner")
    assert removed.actor == Account(3, "writer")
    assert (added.key, added.order) == (str(added.order), int(added.key))
    assert added.order < removed.order
    assert added.at.tzinfo is UTC


@pytest.mark.parametrize("version", VERSIONS)
def test_events__repeated_add__leaves_one(version: str) -> None:
    assert _kinds(_events(version, "039-timeline-after-repeated-add")) == [EventKind.LABELED]


@pytest.mark.parametrize("version", VERSIONS)
def test_events__label_renamed__keep_the_id_under_todays_name(version: str) -> None:
    """One that has the new name, too, and is on the issue instead, was never applied by it."""
    name = "061-timeline-label-renamed"
    (event,) = _events(version, name)
    assert event.label == "ready-renamed"
    assert _on_an_issue(version, name) == [False]
    assert _on_an_issue(version, name, (56, "ready-renamed")) == [False]
    assert _on_an_issue(version, name, (57, "ready-renamed")) == [True]
    assert _on_an_issue(version, name, (57, "ready-renamed"), (56, "ready-renamed")) == [False]
    assert _on_an_issue(version, name, (57, "another")) == [False]


@pytest.mark.parametrize("version", VERSIONS)
def test_events__added_and_removed__both_told_from_another_labels(version: str) -> None:
    name = "043-timeline-label-removed"
    assert _on_an_issue(version, name, (6, "ready-for-agent")) == [False, False]
    assert _on_an_issue(version, name, (7, "ready-for-agent")) == [True, True]


@pytest.mark.parametrize("version", VERSIONS)
def test_events__label_deleted__are_gone(version: str) -> None:
    assert _events(version, "062-timeline-label-deleted") == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_events__owner_readds_a_strangers_label__stays_the_strangers(version: str) -> None:
    events = _events(version, "060-timeline-owner-readds-strangers-label")
    ready = [event for event in events if event.label == "ready-for-agent"]
    assert [event.actor.login for event in ready] == ["stranger"]
    assert EventKind.RENAMED in _kinds(events)


@pytest.mark.parametrize("version", VERSIONS)
def test_events__other_types__are_left_out(version: str) -> None:
    """``change_issue_ref`` and ``pull_ref`` are in these recordings and decide nothing."""
    for name in ("060-timeline-owner-readds-strangers-label", "170-timeline-closed-by-merge"):
        types = [entry["type"] for entry in body_of(version, name)]
        assert len(_events(version, name)) == len(types) - 1


@pytest.mark.parametrize("version", VERSIONS)
def test_events__close_keyword__is_a_reference_then_a_close_without_commit(version: str) -> None:
    referenced, closed = _events(version, "133-timeline-closed-by-commit")
    assert (referenced.kind, closed.kind) == (EventKind.REFERENCED, EventKind.CLOSED)
    assert (
        referenced.commit == body_of(version, "133-timeline-closed-by-commit")[0]["ref_commit_sha"]
    )
    assert closed.commit == ""
    assert (closed.at, closed.actor) == (referenced.at, referenced.actor)


@pytest.mark.parametrize("version", VERSIONS)
def test_events__closed_and_reopened__are_both_kept(version: str) -> None:
    assert _kinds(_events(version, "106-timeline-close-reopen")) == [
        EventKind.CLOSED,
        EventKind.REOPENED,
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["113-timeline-dependencies", "114-timeline-blocker"])
def test_events__dependency__carries_nothing_of_the_foreign_issue(version: str, name: str) -> None:
    """``dependent_issue`` may be a private issue: not its title, body or names are kept."""
    body = body_of(version, name)
    events = _events(version, name)
    foreign = [entry["dependent_issue"] for entry in body if entry["dependent_issue"]]
    assert foreign
    assert EventKind.DEPENDENCY in _kinds(events)
    kept = repr(mapping.timeline(body, "reading")) + repr(events)
    for issue in foreign:
        assert issue["title"] not in kept
        assert issue["html_url"] not in kept


@pytest.mark.parametrize("version", VERSIONS)
def test_timeline__deleted_actor__is_a_ghost(version: str) -> None:
    items = mapping.timeline(body_of(version, "121-timeline-deleted-actor"), "reading")
    (event,), (comment,) = mapping.events(items), mapping.comments(items)
    assert event.actor == GHOST
    assert comment.author == GHOST
    assert comment.body == "by ghost"
    assert comment.edited_by is None


def _entry(number: int, created: str, **more: Any) -> dict[str, Any]:
    entry = {"id": number, "type": "close", "created_at": created, "updated_at": created}
    return {**entry, **more}


def test_timeline__backdated_event__comes_last_by_id() -> None:
    """A repository admin may date a label back; the server then lists it first."""
    entries = [_entry(9, "2026-11-23T04:00:00Z"), _entry(3, "2026-11-23T05:00:00Z")]
    assert [item.id for item in mapping.timeline(entries, "reading")] == [3, 9]


def test_timeline__label_event_without_label__matches_no_name() -> None:
    entry = _entry(1, "2026-11-23T05:00:00Z", type="label", body="1", label=None, user=None)
    (event,) = mapping.events(mapping.timeline([entry], "reading"))
    assert (event.label, event.of_other_label, event.actor) == ("", False, GHOST)


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        (WireUser(id=6, login="bot"), AccountKind.USER),
        (WireUser(id=-1, login="Ghost"), AccountKind.GHOST),
        (WireUser(id=-2, login="forgejo-actions"), AccountKind.BOT),
        (None, AccountKind.GHOST),
    ],
)
def test_account__by_id__is_a_person_a_ghost_or_a_job(
    user: WireUser | None, kind: AccountKind
) -> None:
    """Forgejo says of no account whether a person is behind it; only negative ids are special."""
    assert mapping.account(user).kind is kind


@pytest.mark.parametrize("version", VERSIONS)
def test_issue__recorded__keeps_labels_and_the_lock(version: str) -> None:
    labelled = mapping.issue(
        parse(ISSUE, body_of(version, "063-seq-stranger-labels-by-web-form", 2), "reading")
    )
    assert [label.name for label in labelled.labels] == ["agent-in-progress", "ready-for-agent"]
    assert labelled.repo == Repository(2, "owner/api-main")
    assert labelled.author == Account(5, "stranger")
    assert (labelled.open, labelled.is_pull, labelled.locked) == (True, False, False)
    assert (labelled.body_edited_at, labelled.body_edits_known) == (None, False)
    assert mapping.issue(parse(ISSUE, body_of(version, "103-issue-locked"), "reading")).locked


@pytest.mark.parametrize("version", VERSIONS)
def test_issue__pull_request_in_a_list__is_told_by_its_key(version: str) -> None:
    listed = body_of(version, "018-list-all-types")
    pulls = [mapping.issue(parse(ISSUE, one, "reading")).is_pull for one in listed]
    assert any(pulls)
    assert not all(pulls)


@pytest.mark.parametrize("version", VERSIONS)
def test_comment__any_text__is_kept_as_sent(version: str) -> None:
    """NUL, bidirectional marks and CRLF come back: cleaning is not the adapter's business."""
    comment = mapping.comment(parse(ITEM, body_of(version, "100-comment-unicode"), "reading"))
    assert comment.body == "a\u0000b \u202e \U0001f600 <script>x</script>\r\n--"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "name", ["111-dependencies-hidden-blocker", "112-dependencies-hidden-blocker-writer"]
)
def test_blocker__hidden__counts_as_open(version: str, name: str) -> None:
    """Number 0: HIDDEN and open for a reader, without title and state for a writer."""
    hidden, closed = (
        mapping.blocker(one) for one in parse(BLOCKERS, body_of(version, name), "reading")
    )
    assert hidden == Blocker(mapping.HIDDEN, closed=False)
    assert closed == Blocker("owner/api-dep#1", closed=True)


@pytest.mark.parametrize("state", ["", "open", "Closed", "merged"])
def test_blocker__any_state_but_closed__counts_as_open(state: str) -> None:
    shown = {"number": 3, "state": state, "repository": {"id": 1, "full_name": "o/r"}}
    (one,) = parse(BLOCKERS, [shown], "reading")
    assert mapping.blocker(one) == Blocker("o/r#3", closed=False)


@pytest.mark.parametrize("version", VERSIONS)
def test_repository__recorded__has_branch_and_archive(version: str) -> None:
    plain = mapping.repository(parse(REPOSITORY, body_of(version, "013-repo"), "reading"))
    assert plain == Repository(2, "owner/api-main", "main", archived=False)
    archived = mapping.repository(
        parse(REPOSITORY, body_of(version, "132-archived-repo"), "reading")
    )
    assert archived.archived


@pytest.mark.parametrize("version", VERSIONS)
def test_commits__compared__are_newest_first_and_verbatim(version: str) -> None:
    compared = parse(COMPARE, body_of(version, "138-compare-slim"), "reading")
    commits = mapping.commits(compared.commits or ())
    assert len(commits) == compared.total_commits == 6
    assert commits[0].message == "foreign closes owner/api-dep#2\n\nCloses owner/api-dep#2\n"
    assert "\n\nAFK-Run: 0f8fad5b-d9cb-469f-a165-70867728950e\n" in commits[1].message


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("070-content-history-list-anonymous", ["04:05:03", "04:05:03"]),
        ("074-content-history-edited-in-label-second", None),
        ("078-content-history-list-after-soft-delete", None),
    ],
)
def test_edit_times__recorded__has_every_row(
    version: str, name: str, seconds: list[str] | None
) -> None:
    """Also the row of the creation, and a row whose text the author deleted."""
    times = mapping.edit_times(parse(HISTORY, body_of(version, name), "reading"))
    assert times is not None
    assert len(times) == 2
    assert all(at.tzinfo is UTC for at in times)
    if seconds:
        assert [at.strftime("%H:%M:%S") for at in times] == seconds
    else:
        assert times[0] - times[1] == timedelta(seconds=2)


def _row(time: str, user: str = "somebody") -> dict[str, str]:
    return {"name": f"<strong>{user}</strong> edited <relative-time datetime={time}>"}


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (None, ()),
        ([], ()),
        ([_row('"2026-11-23T04:00:00+01:00"')], (datetime(2026, 11, 23, 3, tzinfo=UTC),)),
        ([_row('"2026-11-23T04:00:00Z"'), {"name": "no time"}], None),
        ([_row('"2026-11-23T04:00:00"')], None),
        ([_row('"soon"')], None),
        ([{"value": 7}], None),
    ],
)
def test_edit_times__by_row__is_its_time_or_unknown(
    results: list[dict[str, str]] | None, expected: tuple[datetime, ...] | None
) -> None:
    history = TypeAdapter(WireHistory).validate_python({"results": results})
    assert mapping.edit_times(history) == expected


def test_edit_times__a_name_that_looks_like_a_time__is_not_read() -> None:
    """A user's name stands in the row, escaped; only the time's own tag counts."""
    row = _row('"2026-11-23T04:00:00Z"', user='&lt;relative-time datetime="2020-01-01T00:00:00Z"')
    history = TypeAdapter(WireHistory).validate_python({"results": [row]})
    assert mapping.edit_times(history) == (datetime(2026, 11, 23, 4, tzinfo=UTC),)
