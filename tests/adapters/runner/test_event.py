"""How late a tick is after the event that woke it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from afk.adapters.runner.actions import Runner
from afk.adapters.runner.event import lag

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATE = AT + timedelta(seconds=14)


FOLDER = Path(__file__).resolve().parents[2] / "recordings/forgejo-actions"


def runner(path: Path, event: str, payload: Any) -> Runner:
    path.write_text(payload if isinstance(payload, str) else json.dumps(payload))
    return Runner.from_environ({"GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(path)})


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("issues", {"issue": {"updated_at": "2026-03-02T09:00:00Z"}}),
        ("issue_comment", {"comment": {"updated_at": "2026-03-02T10:00:00+01:00"}}),
        ("workflow_run", {"workflow_run": {"updated_at": "2026-03-02T09:00:00Z"}}),
        ("pull_request_review", {"review": {"submitted_at": "2026-03-02T09:00:00Z"}}),
    ],
)
def test_lag__event_with_a_time__is_told(tmp_path: Path, event: str, payload: Any) -> None:
    told = lag(runner(tmp_path / "event.json", event, payload), LATE)
    assert told == f"This tick began 14 s after the event that woke it ({event})."


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("schedule", {"schedule": "*/5 * * * *"}),
        ("workflow_dispatch", {"inputs": {}}),
        ("issues", {"issue": {}}),
        ("issues", {"issue": None}),
        ("issues", []),
        ("issues", "no json"),
        ("issues", "[" * 99_999),
        ("issues", {"issue": {"updated_at": "yesterday"}}),
        ("issues", {"issue": {"updated_at": 7}}),
        ("issues", {"issue": {"updated_at": "2026-03-02T09:00:00"}}),
        ("issues", {"issue": {"updated_at": "2026-02-02T09:00:00Z"}}),
        ("issues", {"issue": {"updated_at": "2026-03-02T09:00:15Z"}}),
    ],
)
def test_lag__no_time_that_could_be__is_left_out(tmp_path: Path, event: str, payload: Any) -> None:
    assert lag(runner(tmp_path / "event.json", event, payload), LATE) == ""


def test_lag__no_event_or_no_file__is_left_out(tmp_path: Path) -> None:
    assert lag(Runner(), LATE) == ""
    assert lag(Runner(event="issues"), LATE) == ""
    assert lag(Runner(event="issues", event_path=str(tmp_path / "gone")), LATE) == ""


@pytest.mark.parametrize("name", ["issues-labeled", "issue_comment-created"])
@pytest.mark.parametrize("version", ["11.0.15", "14.0.0"])
def test_lag__payloads_recorded_on_forgejo__have_the_time(version: str, name: str) -> None:
    path = FOLDER / version / f"event-{name}.json"
    if not path.exists():  # the older server was recorded with fewer events
        assert version == "11.0.15"
        return
    event, _, _ = name.partition("-")
    payload = json.loads(path.read_text())
    at = datetime.fromisoformat(payload["comment" if "comment" in name else "issue"]["updated_at"])
    woken = Runner(event=event, event_path=str(path))
    assert lag(woken, at + timedelta(seconds=3)).startswith("This tick began 3 s after ")


def test_lag__a_schedule_recorded_on_forgejo__has_none() -> None:
    path = FOLDER / "14.0.0" / "event-schedule.json"
    assert lag(Runner(event="schedule", event_path=str(path)), LATE) == ""
