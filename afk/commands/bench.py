"""What ``afk init`` works with: the machine, the forge, T3, each behind its port."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from afk.config import Config
from afk.ports import Reporter, Tracker
from afk.ports.landing import Pulls
from afk.ports.setup import AgentServer, Desk, Settings
from afk.setup.facts import Machine
from afk.types import Forge


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeBench:
    """A forge through one token. ``web``: where people look."""

    forge: Forge
    web: str
    tracker: Tracker
    pulls: Pulls
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What ``afk init`` works with; a test gives others.

    ``environ``: what the process was given. ``forge`` and ``t3`` connect to an address with a
    token, and ``hide`` keeps a secret out of all that is shown. ``configured`` reads a
    configuration's text; ``template`` is the shipped workflow; ``action`` is this afk's own
    address and commit for a forge whose web address is given, "" where it cannot be told.
    ``doctor`` runs ``afk doctor`` with these variables.
    """

    desk: Desk
    report: Reporter
    machine: Machine
    environ: Mapping[str, str] = field(repr=False)
    forge: Callable[[str, str], ForgeBench]
    t3: Callable[[str, str], AgentServer]
    hide: Callable[[str], None]
    configured: Callable[[str], Config]
    template: Callable[[Forge], str]
    action: Callable[[Forge, str], str]
    new_key: Callable[[], str]
    now: Callable[[], datetime]
    progress: Callable[[str], object]
    doctor: Callable[[Mapping[str, str]], None]
