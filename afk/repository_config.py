"""One repository's settings: where it stands on T3's host, and what proves that a commit landed.

Pure. `afk.config` has the settings for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from afk.landing_config import STRICT, LandingWay, MergeMethod, MergePolicy
from afk.setting_rules import (
    SHA_PLACE,
    WrongSetting,
    check_branch,
    check_names,
    check_probe,
    check_proof,
    check_text,
    check_workspace,
)

_PROOFS: Final = ("workflow", "status", "environment", "probe")

DAY: Final = 86_400
_LARGEST: Final = 3650 * DAY
"""No setting is a number beyond this; as seconds it is ten years, which any clock can add."""


def refuse_out_of_range(settings: object, names: Iterable[str]) -> None:
    """Refuse a number among these settings that no clock or count of afk's can be."""
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

    __pydantic_config__ = STRICT

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
        refuse_out_of_range(self, ["probe_status"])
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

    __pydantic_config__ = STRICT

    required: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ("afk",)
    none: Literal["wait", "green"] = "wait"
    grace_seconds: int = 120
    reruns: int = 1

    def __post_init__(self) -> None:
        """Refuse a grace that is none, and names that are none."""
        refuse_out_of_range(self, ["grace_seconds", "reruns"])
        check_names("required", self.required)
        check_names("ignore", self.ignore)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryConfig:
    """One repository: where it stands on T3's host, and what proves that a commit landed.

    ``branch`` empty means the default branch; ``instance`` and ``model`` empty mean T3's; what
    says how work lands means the one for all repositories where it is empty.
    """

    __pydantic_config__ = STRICT

    workspace: str
    branch: str = ""
    instance: str = ""
    model: str = ""
    ci: CIConfig = CIConfig()
    deploy: StageConfig | None = None
    rollout: StageConfig | None = None
    landing: LandingWay | Literal[""] = ""
    merge: MergePolicy | Literal[""] = ""
    merge_method: MergeMethod | Literal[""] = ""
    runs_per_repository: int = 0

    def __post_init__(self) -> None:
        """Refuse a folder, a branch or an agent that T3 or git would not take."""
        check_workspace(self.workspace)
        check_branch(self.branch)
        check_text("instance", self.instance)
        check_text("model", self.model)
        refuse_out_of_range(self, ["runs_per_repository"])
