"""How long ago the event happened that woke this tick: shown, and nothing rests on it.

Of the event's payload one time is read and nothing else: a stranger can cause an event, and it
proves nothing. Payloads: https://docs.github.com/en/webhooks/webhook-events-and-payloads ; Forgejo
has the same (recordings ``forgejo-actions/{14.0.0,11.0.15}/event-*``). A schedule, and a run by
hand, carry no time, and nothing is remembered of the tick before: then nothing is told.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from afk.adapters.runner.actions import Runner

_TIMES: Final[Mapping[str, tuple[str, str]]] = {
    "issues": ("issue", "updated_at"),
    "issue_comment": ("comment", "updated_at"),
    "pull_request": ("pull_request", "updated_at"),
    "pull_request_review": ("review", "submitted_at"),
    "workflow_run": ("workflow_run", "updated_at"),
}
_MOST_BYTES: Final = 4 * 1024 * 1024
_LONGEST: Final = timedelta(days=1)
"""What is older is another's clock, or a run that somebody started again."""


def lag(runner: Runner, began: datetime) -> str:
    """Return how late the tick is after its event, in words; "" where that cannot be told."""
    happened = _happened(runner)
    if happened is None or not timedelta() <= began - happened < _LONGEST:
        return ""
    seconds = round((began - happened).total_seconds())
    return f"This tick began {seconds} s after the event that woke it ({runner.event})."


def _happened(runner: Runner) -> datetime | None:
    subject, field = _TIMES.get(runner.event, ("", ""))
    if not (subject and runner.event_path):
        return None
    try:
        with Path(runner.event_path).open("rb") as file:
            payload = json.loads(file.read(_MOST_BYTES))
        at = datetime.fromisoformat(payload[subject][field])
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None
    return at if at.tzinfo is not None else None
