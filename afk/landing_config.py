"""Settings of how work reaches the branch, for all repositories; `afk.config.Config` has them.

Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from afk.setting_rules import WrongSetting, check_label, check_text

STRICT: Final = {"extra": "forbid", "strict": True}

LandingWay = Literal["push", "pull-request"]
MergePolicy = Literal["human", "green", "approved"]
MergeMethod = Literal["merge", "squash", "rebase"]

AGENT_LABEL: Final = "agent:"
"""What a label that picks an agent begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """One agent that the label ``agent:<name>`` picks; empty settings are the repository's."""

    __pydantic_config__: ClassVar = STRICT

    instance: str = ""
    model: str = ""
    options: Mapping[str, str | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an agent that T3 would not take, or that is no other one."""
        check_text("instance", self.instance)
        check_text("model", self.model)
        for name, value in self.options.items():
            check_text("options", name)
            if isinstance(value, str):
                check_text(f"options.{name}", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingConfig:
    """How work lands: pushed to the branch by the agent, or by a pull request that afk opens.

    ``merge``: who merges. ``human``: people do; ``green``: afk, once CI is green; ``approved``:
    afk, once somebody who may approve has approved this very head. ``review_quiet_seconds``: how
    long a review must have been silent before its comments become one turn.
    """

    landing: LandingWay = "push"
    merge: MergePolicy = "human"
    merge_method: MergeMethod = "squash"
    runs_per_repository: int = 1
    max_open_reviews: int = 5
    agents: Mapping[str, AgentConfig] = field(default_factory=dict)

    conflict_turns: int = 2
    review_turns: int = 3
    review_quiet_seconds: int = 300
    review_remind_seconds: int = 259_200
    review_seconds: int = 1_209_600

    def check_landing(self) -> None:
        """Refuse agents that no label can pick."""
        for name in self.agents:
            check_label("agents", f"{AGENT_LABEL}{name}")
            if not name:
                raise WrongSetting(
                    "agents",
                    name,
                    "an entry of agents has no name",
                    cause="the label agent:<name> picks it",
                    next_step="give it a name",
                )
