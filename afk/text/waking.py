"""The short new comment that wakes a person, since an edited one wakes nobody. Pure.

Its last line is a marker, by which afk knows that it has said so. It is no record.
"""

from typing import Final

from afk.config import Config
from afk.record.state import RunRecord
from afk.text.messages import why
from afk.text.outcomes import outcome
from afk.types import Verdict

_MARK: Final = "<!-- afk:woken {run} {verdict} -->"


def wake_text(
    record: RunRecord, verdict: Verdict, config: Config, *, mention: str, link: str
) -> str:
    """Return the comment; ``mention`` is ``@login`` or "", ``link`` the run's comment's address."""
    to = f"{mention}: " if mention else ""
    told = f" {why(record.reason, config)}" if record.reason is not None else ""
    where = f"[afk's comment]({link})" if link else "afk's comment above"
    return (
        f"{to}**{outcome(record, verdict)}.**{told} What happened, and what you can do, is in "
        f"{where}.\n\n{_mark(record, verdict)}\n"
    )


def is_wake(body: str, record: RunRecord, verdict: Verdict) -> bool:
    """Say whether a comment has told of this verdict of this run."""
    return body.rstrip().endswith(_mark(record, verdict))


def _mark(record: RunRecord, verdict: Verdict) -> str:
    return _MARK.format(run=record.run_id, verdict=verdict.value)
