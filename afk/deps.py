"""What a loop is given: every port, the configuration, and clocks that can be set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from afk.config import Config
from afk.ports import CI, Agent, Notifier, Reporter, Tracker
from afk.ports.landing import Evidence, Pulls
from afk.ports.report import Boards, History
from afk.ports.talk import Talk
from afk.record.state import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Everything a loop needs, built once by `afk.bootstrap`.

    ``now`` returns aware UTC datetimes; ``new_id`` returns a fresh id for commands whose
    repetition is harmless (stops, declines). ``mask`` takes the known secrets out of a text;
    ``progress`` shows a step to who is waiting for it; what a tick did is the report's.
    """

    config: Config
    tracker: Tracker
    ci: CI
    pulls: Pulls
    evidence: Evidence
    boards: Boards
    history: History
    talk: Talk
    agent: Agent
    notifiers: Sequence[Notifier]
    report: Reporter
    keys: Keys
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    new_id: Callable[[], str]
    mask: Callable[[str], str] = str
    reads_only: bool = False
    progress: Callable[[str], object] = str
