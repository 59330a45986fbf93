"""The record as it stands in comments already written: later versions must go on reading it."""

from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, datetime

import pytest
from support.factories import KEYS, record

from afk.record.codec import MAX_COMMENT, decode, encode, says
from afk.record.groups import Commits, Ending, SeenHead, SeenThread, SeenVerdict, ThreadState
from afk.record.pauses import Pauses
from afk.record.state import Approval, Asked, Dialogue, Keys, RunRecord, Stage, Stop, Turn

SMALLEST = (
    '<!-- afk:run:v1 {"schema":1,"forge":"github","repository_id":100,"repository":"acme/app",'
    '"issue":7,"run_id":"r","approval":{"actor_id":10,"at":"2026-11-23T11:00:00Z"},'
    '"dialogue":{"turns":[{"number":1,"purpose":"first","message_id":"m"}]}} mac=none -->\n'
)
PLAIN = {str, int, bool, tuple, dict, type(None)}


def test_decode__smallest_record__what_it_leaves_out_means_this() -> None:
    """Defaults are not written, so they are part of the format and may never change."""
    record = decode(SMALLEST, Keys())
    assert isinstance(record, RunRecord)
    shown = asdict(record)
    assert shown.pop("approval") == {
        "actor_id": 10,
        "at": datetime(2026, 11, 23, 11, 0, tzinfo=UTC),
        "event": "",
        "digest": "",
    }
    assert shown["dialogue"].pop("turns") == (
        {
            "number": 1,
            "purpose": "first",
            "message_id": "m",
            "attempt": 1,
            "thread": 1,
            "sent_at": None,
            "requested_at": None,
            "outcome": None,
            "outcome_at": None,
            "red_commit": "",
            "told": (),
            "tokens_in": 0,
            "tokens_out": 0,
        },
    )
    written = {"forge": "github", "repository_id": 100, "repository": "acme/app", "issue": 7}
    assert {name: shown.pop(name) for name in written} == written
    assert shown.pop("run_id") == "r"
    assert shown.pop("schema") == 1
    assert shown["thread"].pop("attempt") == 1
    assert shown.pop("stage") is Stage.APPROVED
    for group in ("thread", "dialogue", "commits", "pauses", "landing", "ending", "answers"):
        shown |= {f"{group}.{name}": value for name, value in shown.pop(group).items()}
    assert {name: value for name, value in shown.items() if value} == {}
    assert {type(value) for value in shown.values()} <= PLAIN


def names(part: object) -> set[str]:
    assert is_dataclass(part)
    return {item.name for item in fields(part)}


def test_record__its_fields__are_the_ones_the_format_has() -> None:
    """A field taken out or renamed needs a new schema: old records would be lost."""
    assert names(RunRecord) >= {
        *("schema", "key_id", "forge", "repository_id", "repository", "issue", "run_id"),
        *("sequence", "stage", "verdict", "reason", "detail", "approval", "thread"),
        *("dialogue", "commits", "phases", "pauses", "ending"),
    }
    assert names(Approval) >= {"actor_id", "at", "event", "digest"}
    assert names(ThreadState) >= {
        *("environment_id", "id", "attempt", "replacements", "dispatch_failures"),
        *("claimed_at", "started_at", "rebuilt", "seen"),
    }
    assert names(SeenThread) >= {"line", "status"}
    assert names(Dialogue) >= {"turns", "asked", "answered", "stops"}
    assert names(Asked) >= {"id", "at", "digest"}
    assert names(Turn) >= {
        *("number", "purpose", "message_id", "attempt", "thread", "sent_at", "requested_at"),
        *("outcome", "outcome_at", "red_commit"),
    }
    assert names(Stop) >= {"at", "rule"}
    assert names(Commits) >= {
        *("base", "branch", "pushed", "pushed_at", "first_red_at", "seen_verdict", "seen_head"),
    }
    assert names(SeenVerdict) >= {"sha", "status", "at"}
    assert names(SeenHead) >= {"sha", "at"}
    assert names(Pauses) >= {
        *("times_limited", "limited_at", "first_reset", "next_try", "held_at", "waited_seconds"),
        *("paused_seconds", "unseen_at", "unseen_seconds", "rang_other_server"),
    }
    assert names(Ending) >= {
        *("at", "ended_at", "settled", "close_blocked", "blocked_by", "notified"),
        "notify_failures",
    }


@pytest.mark.parametrize("visible", ["### afk: Done\n\nlast\n", "", "\n", "x" * 2 * MAX_COMMENT])
def test_says__what_encode_wrote__and_nothing_else(visible: str) -> None:
    body = encode(record(), visible, KEYS)
    assert says(body, visible)
    assert not says(body, f"more {visible}")
    assert not says(f"{body}\n", visible)
    assert not says(body.replace("\n", "\r\n"), visible or "\n")


def test_says__where_the_marker_leaves_room_for_nothing__nothing_is_said() -> None:
    body = encode(record(branch="x" * 200_000), "lost", KEYS)
    assert says(body, "lost")
    assert says(body, "")
    assert not says(f"{body}something", "lost")
