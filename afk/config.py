"""The configuration's schema and defaults; `afk.environment.settings` fills it from text.

Pure. The dataclasses are also pydantic's schema: they forbid unknown keys and take no value of
another type. Options that the design names and this version does not have are refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Final, Literal

from afk.setting_rules import (
    SHA_PLACE,
    WrongSetting,
    check_branch,
    check_ids,
    check_label,
    check_names,
    check_probe,
    check_proof,
    check_repository,
    check_text,
    check_trusted,
    check_workspace,
    trusted_ids,
    trusted_logins,
)
from afk.variables import DOORBELLS

_STRICT: Final = {"extra": "forbid", "strict": True}
_PROOFS: Final = ("workflow", "status", "environment", "probe")

DAY: Final = 86_400
_LARGEST: Final = 3650 * DAY
"""No setting is a number beyond this; as seconds it is ten years, which any clock can add."""


def _refuse_out_of_range(settings: object, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(settings, name)
        if isinstance(value, int) and not 0 <= value <= _LARGEST:
            raise WrongSetting(
                name,
                value,
                f"{name} is {value}",
                cause="it is below nothing, or further away than any clock of afk's",
                next_step=f"give a number from 0 to {_LARGEST}",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StageConfig:
    """What proves a deploy or rollout: exactly one of the four.

    ``workflow``: a workflow's name; ``status``: a status context or check name; ``environment``:
    a GitHub environment; ``probe``: a URL whose answer must contain the sha.

    What the answer to a probe has to be besides: ``probe_status`` (0: any 2xx), ``probe_json`` (a
    field of a JSON object, dots between its steps, that is the sha), ``probe_text`` (a text in
    it). A URL with ``{sha}`` in it needs one of these, and with one the sha need not be repeated:
    a page that repeats its own address would prove every commit.
    """

    __pydantic_config__ = _STRICT

    workflow: str = ""
    status: str = ""
    environment: str = ""
    probe: str = ""
    probe_status: int = 0
    probe_json: str = ""
    probe_text: str = ""

    @property
    def expects(self) -> bool:
        """Say whether it is named what an answer to the probe has to be."""
        return bool(self.probe_status or self.probe_json or self.probe_text)

    @property
    def sha_in_address(self) -> bool:
        """Say whether the commit is part of the probe's address."""
        return SHA_PLACE.search(self.probe) is not None

    def __post_init__(self) -> None:
        """Refuse a stage that names nothing, or two things, or a probe that proves nothing."""
        _refuse_out_of_range(self, ["probe_status"])
        named = [name for name in _PROOFS if getattr(self, name)]
        check_proof(self.probe, self.probe_text, expects=self.expects)
        if len(named) != 1:
            raise WrongSetting(
                named[0] if named else "",
                getattr(self, named[0]) if named else "",
                f"a deploy or rollout stage names {' and '.join(named) or 'nothing'}",
                cause="one stage is proven by one thing",
                next_step="name exactly one of workflow, status, environment, probe",
            )
        check_text(named[0], getattr(self, named[0]))
        check_probe(self.probe)


@dataclass(frozen=True, slots=True, kw_only=True)
class CIConfig:
    """Which checks count. ``required`` empty: all that a push starts but ``ignore`` (globs)."""

    __pydantic_config__ = _STRICT

    required: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ("afk",)
    none: Literal["wait", "green"] = "wait"
    grace_seconds: int = 120

    def __post_init__(self) -> None:
        """Refuse a grace that is none, and names that are none."""
        _refuse_out_of_range(self, ["grace_seconds"])
        check_names("required", self.required)
        check_names("ignore", self.ignore)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryConfig:
    """One repository: where it stands on T3's host, and what proves that a commit landed.

    ``branch`` empty means the default branch; ``instance`` and ``model`` empty mean T3's.
    """

    __pydantic_config__ = _STRICT

    workspace: str
    branch: str = ""
    instance: str = ""
    model: str = ""
    ci: CIConfig = CIConfig()
    deploy: StageConfig | None = None
    rollout: StageConfig | None = None

    def __post_init__(self) -> None:
        """Refuse a folder, a branch or an agent that T3 or git would not take."""
        check_workspace(self.workspace)
        check_branch(self.branch)
        check_text("instance", self.instance)
        check_text("model", self.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class T3Config:
    """The T3 Code server. Its token comes from the environment only.

    ``public_url`` is what links in comments point to (default: ``url``). ``timezone`` places
    reset times that a provider names without a zone; empty: such times count as unnamed.
    """

    __pydantic_config__ = _STRICT

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
class Config:
    """Everything a tick obeys. As constructed without arguments it is disabled by both gates."""

    __pydantic_config__ = _STRICT

    kill_switch: bool = True
    allowlist: tuple[str, ...] = ()
    draining: tuple[str, ...] = ()
    repositories: Mapping[str, RepositoryConfig] = field(default_factory=dict)
    trusted: tuple[int | str, ...] = ()
    own_accounts: tuple[int, ...] = ()
    ready_label: str = "ready-for-agent"
    in_progress_label: str = "agent-in-progress"
    human_label: str = "ready-for-human"
    tracked_label: str = "agent-tracked"
    t3: T3Config = T3Config()
    forge_url: str = ""
    landing: str = "push"
    notify: tuple[str, ...] = ()
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
        _refuse_out_of_range(self, [item.name for item in fields(self)])
        for setting in ("allowlist", "draining", "repositories"):
            for name in getattr(self, setting):
                check_repository(setting, name)
        check_trusted(self.trusted)
        check_ids("own_accounts", self.own_accounts)
        self._check_labels()
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


def _refuse_unbuilt(config: Config) -> None:
    """Options that the design names and this version does not have."""
    unbuilt: list[tuple[str, str, object]] = [
        *([("landing", "landing", config.landing)] if config.landing != "push" else []),
        *(("notify", "notify", kind) for kind in config.notify if kind not in DOORBELLS),
    ]
    for shown, name, value in unbuilt:
        raise WrongSetting(
            name,
            value,
            f"{f'{shown}: {value}'!r:.80} is not built in this version",
            cause="it is planned, or misspelt",
            next_step="this version has landing: push and "
            f"notify: {', '.join(DOORBELLS)}; take the option out",
        )
