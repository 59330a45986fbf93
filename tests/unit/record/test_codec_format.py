"""The record as it stands in comments already written: later versions must go on reading it."""

from dataclasses import asdict, fields
from datetime import UTC, datetime

from afk.record.codec import decode
from afk.record.state import Keys, RunRecord, Stage

SMALLEST = (
    '<!-- afk:run:v1 {"schema":1,"forge":"github","repository_id":100,"repository":"acme/app",'
    '"issue":7,"run_id":"r","approval":{"actor_id":10,"at":"2026-11-23T11:00:00Z"},'
    '"turns":[{"number":1,"purpose":"first","message_id":"m"}]} mac=none -->\n'
)


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
    assert shown.pop("turns") == (
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
        },
    )
    written = {"forge": "github", "repository_id": 100, "repository": "acme/app", "issue": 7}
    assert {name: shown.pop(name) for name in written} == written
    assert shown.pop("run_id") == "r"
    assert shown.pop("schema") == 1
    assert shown.pop("attempt") == 1
    assert shown.pop("stage") is Stage.APPROVED
    assert {name: value for name, value in shown.items() if value} == {}
    assert {type(value) for value in shown.values()} <= {str, int, bool, tuple, dict, type(None)}


def test_record__its_fields__are_the_ones_the_format_has() -> None:
    """A field taken out or renamed needs a new schema: old records would be lost."""
    assert {item.name for item in fields(RunRecord)} >= {
        *("schema", "key_id", "forge", "repository_id", "repository", "issue", "run_id"),
        *("sequence", "stage", "verdict", "reason", "environment_id", "thread_id", "turns"),
        *("approval", "base_commit", "branch", "pushed", "phases", "first_reset", "next_try"),
        *("paused_seconds", "unseen_seconds", "waited_seconds", "stops", "answered", "attempt"),
        *("replacements", "dispatch_failures", "notified", "last_command", "rebuilt"),
    }
