"""What the run's comment shows beside the record. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Addresses, names, other people's words, and what the run waits for.

    ``waiting_for`` is a sentence of afk's own; ``until`` the next time something is due.
    ``questions``: what the agent asked, by digest. ``look_alikes``: who wrote a comment that passes
    for afk's own, and its address. ``error``: what T3 says went wrong in the last turn, as T3 says
    it, "" where it says nothing. ``taken_out``: what the agent did not get of the issue's text, in
    afk's words. ``others``: other people's pull requests for the issue, ``blockers``: what keeps it
    from being closed, both as Markdown. ``failed``: lines of failed checks, by digest.
    ``approver``: the login of whoever approved, "" where their account is gone.
    """

    thread_url: str = ""
    commit_url: str = ""
    issue_url: str = ""
    pull_url: str = ""
    waiting_for: str = ""
    until: datetime | None = None
    questions: Mapping[str, str] = field(default_factory=dict)
    look_alikes: tuple[tuple[str, str], ...] = ()
    error: str = ""
    taken_out: str = ""
    others: str = ""
    blockers: str = ""
    failed: Mapping[str, str] = field(default_factory=dict)
    approver: str = ""
    agent_may_run: bool = False
    doorbell_failed: bool = False
