"""The configuration's schema and defaults; `afk.environment.settings` fills it from text.

Pure. The dataclasses are also pydantic's schema: they forbid unknown keys and take no value of
another type. Options that the design names and this version does not have are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from afk.landing_config import STRICT, AgentConfig, LandingConfig, MergeMethod, MergePolicy
from afk.repository_config import (
    DAY,
    CIConfig,
    RepositoryConfig,
    StageConfig,
    refuse_out_of_range,
)
from afk.setting_rules import (
    WrongSetting,
    check_ids,
    check_label,
    check_repository,
    check_text,
    check_trusted,
    issue_named,
    trusted_ids,
    trusted_logins,
)
from afk.types import IssueKey
from afk.variables import DOORBELLS

__all__ = ["CIConfig", "Config", "RepositoryConfig", "StageConfig", "T3Config"]


@dataclass(frozen=True, slots=True, kw_only=True)
class T3Config:
    """The T3 Code server. Its token comes from the environment only.

    ``public_url`` is what links in comments point to (default: ``url``). ``timezone`` places
    reset times that a provider names without a zone; empty: such times count as unnamed.
    """

    __pydantic_config__ = STRICT

    url: str = ""
    public_url: str = ""
    instance: str = "codex"
    model: str = "gpt-5-codex"
    timezone: str = ""

    def __post_init__(self) -> None:
        """Refuse a thread that T3 would refuse."""
        for name in ("instance", "model"):
            if not getattr(self, name).strip():
                raise WrongSetting(
                    name,
                    getattr(self, name),
                    f"t3.{name} is empty",
                    cause="T3 takes no thread without one",
                    next_step=f"name one, or leave t3.{name} out for the default",
                )
            check_text(name, getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(LandingConfig):
    """Everything a tick obeys. As constructed without arguments it is disabled by both gates."""

    __pydantic_config__ = STRICT

    kill_switch: bool = True
    allowlist: tuple[str, ...] = ()
    draining: tuple[str, ...] = ()
    repositories: Mapping[str, RepositoryConfig] = field(default_factory=dict)
    trusted: tuple[int | str, ...] = ()
    own_accounts: tuple[int, ...] = ()
    agent_accounts: tuple[int, ...] = ()
    ready_label: str = "ready-for-agent"
    in_progress_label: str = "agent-in-progress"
    human_label: str = "ready-for-human"
    tracked_label: str = "agent-tracked"
    t3: T3Config = T3Config()
    forge_url: str = ""
    notify: tuple[str, ...] = ()
    dashboard: str = ""
    mention: bool = True
    allow_unsigned_state: bool = False
    allow_plain_http: bool = False

    max_in_flight: int = 4
    max_dispatch_per_tick: int = 4
    runs_per_issue: int = 5
    runs_per_day: int = 24
    approval_max_age: int = 7 * DAY

    fix_forward_max_attempts: int = 5
    fix_forward_max_seconds: int = 3_600
    usage_wait_seconds: int = 43_200
    redispatches: int = 1
    silence_seconds: int = 3_600
    running_grace_seconds: int = 1_800
    start_seconds: int = 300
    unseen_seconds: int = 14_400
    prepush_seconds: int = 14_400
    ci_seconds: int = 7_200
    stop_seconds: int = 900
    tick_seconds: int = 600

    def __post_init__(self) -> None:
        """Refuse what is malformed or not built; nothing here needs the outside world."""
        refuse_out_of_range(self, [item.name for item in fields(self)])
        for setting in ("allowlist", "draining", "repositories"):
            for name in getattr(self, setting):
                check_repository(setting, name)
        check_trusted(self.trusted)
        check_ids("own_accounts", self.own_accounts)
        check_ids("agent_accounts", self.agent_accounts)
        issue_named("dashboard", self.dashboard)
        self._check_labels()
        self.check_landing()
        self._check_room()
        _refuse_unbuilt(self)

    def _check_labels(self) -> None:
        """Refuse labels that a forge would not take, or would take for one another."""
        names = ("ready_label", "in_progress_label", "human_label", "tracked_label")
        labels = dict(zip(names, self.labels, strict=True))
        folded = [one.casefold() for one in self.labels]
        alike = [
            name for name, one in labels.items() if not one or folded.count(one.casefold()) > 1
        ]
        if alike:
            raise WrongSetting(
                alike[-1],
                labels[alike[-1]],
                "the labels must have different names",
                cause="GitHub does not tell labels apart by upper and lower case",
                next_step="correct ready_label, in_progress_label, human_label or tracked_label",
            )
        for name, value in labels.items():
            check_label(name, value)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels that every repository has to have."""
        return (self.ready_label, self.in_progress_label, self.human_label, self.tracked_label)

    @property
    def watched(self) -> tuple[str, ...]:
        """Return the repositories a tick may read: allowlisted and draining ones."""
        return tuple(dict.fromkeys((*self.allowlist, *self.draining)))

    @property
    def dashboard_key(self) -> IssueKey | None:
        """Return the issue that the dashboard stands in, None where there is to be none."""
        return issue_named("dashboard", self.dashboard)

    @property
    def disabled(self) -> str:
        """Return why a tick does nothing at all, or an empty string."""
        if self.kill_switch:
            return "the kill switch is on"
        return "" if self.watched else "the allowlist is empty"

    @property
    def trusted_ids(self) -> frozenset[int]:
        """Return the ids that `trusted` lists."""
        return trusted_ids(self.trusted)

    @property
    def trusted_logins(self) -> frozenset[str]:
        """Return the logins that `trusted` lists without an id, in lower case."""
        return trusted_logins(self.trusted)

    def repository(self, name: str) -> RepositoryConfig:
        """Return a repository's settings; `check` has made sure they exist."""
        return self.repositories[name]

    def lands_by_pull(self, name: str) -> bool:
        """Say whether work in the repository lands by pull request."""
        return (self.repository(name).landing or self.landing) == "pull-request"

    def merge_of(self, name: str) -> MergePolicy:
        """Return who merges in the repository."""
        return self.repository(name).merge or self.merge

    def method_of(self, name: str) -> MergeMethod:
        """Return how afk merges in the repository."""
        return self.repository(name).merge_method or self.merge_method

    def room(self, name: str) -> int:
        """Return how many runs may be at work in the repository at once."""
        if not self.lands_by_pull(name):
            return 1
        return self.repository(name).runs_per_repository or self.runs_per_repository

    def agent_of(self, name: str, agent: str) -> AgentConfig:
        """Return who works in a repository, whole; ``agent``: what a label picked, if anything.

        One that was taken out of the table meanwhile is the repository's.
        """
        picked, here = self.agents.get(agent, AgentConfig()), self.repository(name)
        return AgentConfig(
            instance=picked.instance or here.instance or self.t3.instance,
            model=picked.model or here.model or self.t3.model,
            options=picked.options,
        )

    def _check_room(self) -> None:
        """Refuse several runs side by side where each would push to the same branch."""
        own = {name: one.runs_per_repository for name, one in self.repositories.items()}
        wrong = [name for name, room in own.items() if room > 1 and not self.lands_by_pull(name)]
        pulls = self.landing == "pull-request" or any(map(self.lands_by_pull, own))
        everywhere = self.runs_per_repository > 1 and not pulls
        if wrong or everywhere:
            asked = own[wrong[0]] if wrong else self.runs_per_repository
            raise WrongSetting(
                "runs_per_repository",
                asked,
                f"runs_per_repository{f' of {wrong[0]}' if wrong else ''} is {asked}",
                cause="agents that push to one branch side by side would build on each other's "
                "untested work",
                next_step="set landing: pull-request, or take it out",
            )


def _refuse_unbuilt(config: Config) -> None:
    """Options that the design names and this version does not have."""
    unbuilt: list[tuple[str, str, object]] = [
        *(("notify", "notify", kind) for kind in config.notify if kind not in DOORBELLS),
    ]
    for shown, name, value in unbuilt:
        raise WrongSetting(
            name,
            value,
            f"{f'{shown}: {value}'!r:.80} is not built in this version",
            cause="it is planned, or misspelt",
            next_step=f"this version has notify: {', '.join(DOORBELLS)}; take the option out",
        )
