"""What `afk doctor` is given to look at: ports, as far as there are any."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from afk.doctor.facts import Missing
from afk.model.installation import Setup
from afk.ports import Agent, Checks, Notifier, Reporter, Tracker
from afk.ports.installation import AgentServer, Installation
from afk.ports.landing import Pulls


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgePorts:
    """A forge that can be asked. ``tracker`` refuses to write unless something is to be mended."""

    name: str
    needs_key: bool
    installation: Installation
    tracker: Tracker
    checks: Checks
    pulls: Pulls


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPorts:
    """A T3 that can be asked."""

    agent: Agent
    server: AgentServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """An installation, right or wrong; what cannot be asked is why.

    ``now`` returns aware UTC datetimes; ``new_id`` a fresh id for a doorbell's message.
    """

    setup: Setup
    forge: ForgePorts | Missing
    agent: AgentPorts | Missing
    notifiers: Sequence[Notifier] | Missing
    report: Reporter
    now: Callable[[], datetime]
    new_id: Callable[[], str]
