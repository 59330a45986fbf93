"""Which agent a run gets: the repository's, or the one that a label picks.

Pure. A label ``agent:<name>`` picks an entry of the table ``agents``. It counts only if somebody
who may approve put it on, and not after the approval: what was approved includes who does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from afk.config import Config
from afk.decide.approval import label_event
from afk.landing_config import AGENT_LABEL
from afk.text.cleaning import one_line
from afk.types import Account, Event, Issue


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """The name of the agent, "" for the repository's; ``why_not``: why none can be told."""

    name: str = ""
    why_not: str = ""


ANY_AGENT: Final = AgentChoice()
"""No label picks one: it is the repository's."""


def picked(issue: Issue) -> tuple[str, ...]:
    """Return the names that labels on the issue pick."""
    names = [one.name for one in issue.labels if one.name.startswith(AGENT_LABEL)]
    return tuple(dict.fromkeys(name.removeprefix(AGENT_LABEL) for name in names))


def choose(
    issue: Issue, config: Config, approved: Event | None, may: Callable[[Account], bool]
) -> AgentChoice:
    """Return the agent for an approval; ``may`` says whether an account may approve."""
    names = picked(issue)
    counted = [name for name in names if _counts(issue, name, approved, may)]
    if len(counted) > 1:
        shown = ", ".join(one_line(AGENT_LABEL + name, 60) for name in sorted(counted)[:5])
        return AgentChoice(why_not=f"more than one agent is picked ({shown}): leave one")
    if not counted:
        return ANY_AGENT
    if counted[0] in config.agents:
        return AgentChoice(counted[0])
    shown = one_line(AGENT_LABEL + counted[0], 60)
    known = ", ".join(sorted(config.agents)) or "none"
    return AgentChoice(why_not=f"{shown} is not among `agents` in the configuration ({known})")


def _counts(
    issue: Issue, name: str, approved: Event | None, may: Callable[[Account], bool]
) -> bool:
    event = label_event(issue, AGENT_LABEL + name)
    return (
        event is not None
        and approved is not None
        and event.order < approved.order
        and may(event.actor)
    )
