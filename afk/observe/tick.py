"""One tick: what it has read, where it may ask for more, and what it learns while it acts.

Two orders hold throughout: T3 before branches and CI (else a push between the two reads looks
like an agent that ended with nothing), and an issue before its comments (the adapters see to it).
Nothing here outlives the tick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from afk.config import Config
from afk.deps import Deps
from afk.model.forge import IssueHead
from afk.observe.agent_view import AgentView
from afk.observe.forge_view import ForgeView
from afk.observe.ledger import Ledger
from afk.record.state import Stage
from afk.types import Issue, IssueKey


@dataclass(frozen=True, slots=True)
class Focus:
    """What a tick acts on; empty means everything. It reads all, to know what is in flight."""

    repo: str = ""
    issue: int = 0

    def covers(self, key: IssueKey) -> bool:
        """Say whether the tick acts on this issue."""
        return self.repo in ("", key.repo) and self.issue in (0, key.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What one tick read at first, frozen; ``gone``: issues with a live thread that are no more.

    ``waiting``: issues that were listed and not read, since they wait so quietly that only their
    turn is a reason to; ``left_out``: so many more of the same kind were
    not even listed, in the repositories in ``short``. ``closed``: of issues that were listed or
    asked for, whether they are.
    ``t3`` and ``forge`` answer what has to be asked beyond that; ``ledger`` is what acting adds.
    """

    deps: Deps
    now: datetime
    focus: Focus
    issues: Mapping[IssueKey, Issue]
    gone: Sequence[IssueKey]
    t3: AgentView
    forge: ForgeView
    ledger: Ledger
    waiting: Mapping[IssueKey, IssueHead] = field(default_factory=dict)
    closed: Mapping[IssueKey, bool] = field(default_factory=dict)
    left_out: int = 0
    short: frozenset[str] = frozenset()

    def title(self, key: IssueKey) -> str:
        """Return an issue's title, "" where this tick has not seen it."""
        if key in self.issues:
            return self.issues[key].title
        return self.waiting[key].title if key in self.waiting else ""

    @property
    def config(self) -> Config:
        """Return the configuration."""
        return self.deps.config

    def names_other_server(self) -> bool:
        """Say whether a claimed or running run names a server that is not the one that answers.

        One that is ending keeps its own repository only: it may wait for a person for ever.
        """
        here = self.t3.environment_id
        return bool(here) and any(
            record.stage is not Stage.ENDING and record.thread.environment_id not in ("", here)
            for record in self.ledger.runs.values()
        )
