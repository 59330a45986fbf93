"""What a forge's package says of itself; `afk.adapters.tracker` has the table of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from afk.adapters.http import Http
from afk.config import Config
from afk.ports import Checks, Tracker
from afk.ports.installation import Installation
from afk.ports.landing import Evidence, Pulls
from afk.ports.report import Boards, History
from afk.ports.setup import Settings
from afk.ports.talk import Talk


@dataclass(frozen=True, slots=True)
class Quota:
    """What an answer said of an hourly limit: requests, or points where those are counted."""

    limit: int
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a forge is: its API, and what a runner told besides; "" where it told nothing.

    ``web`` is where people look; ``graphql`` the whole address. Without a slash at the end.
    """

    api: str
    web: str = ""
    graphql: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A forge behind its ports, through one token, for one tick.

    ``quotas``: what it said last of its limits, by resource; empty where it has none.
    """

    tracker: Tracker
    checks: Checks
    pulls: Pulls
    evidence: Evidence
    settings: Settings
    installation: Installation
    boards: Boards
    history: History
    talk: Talk
    quotas: Mapping[str, Quota] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeKind:
    """What a kind of forge needs and has.

    ``needs_state_key``: records must be signed, since their editors are not told. ``connect`` puts
    tracker and checks together and sends nothing: it takes as long as an answer, since what speaks
    to the forge is loaded then; its `Http` speaks to `Addresses.api`, with
    ``headers`` on every request. It is where host and web address follow from the API's.
    ``at_once`` and ``every`` are the pace of writes, as `afk.adapters.pace.Pace` has them.
    """

    name: str
    needs_state_key: bool
    has_environments: bool
    connect: Callable[[Http, Addresses, Config], Connected]
    headers: Mapping[str, str] = field(default_factory=dict)
    at_once: int = 0
    every: float = 0.0
