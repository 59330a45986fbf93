"""What ``afk init`` sees, and what it was told. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from afk.model.installation import ProviderFacts
from afk.types import Forge


@unique
class Place(StrEnum):
    """Where the loop runs."""

    HOSTED = "hosted"
    OWN = "own"
    HERE = "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySeen:
    """A repository that afk shall work on. ``protected``: by its default branch's rules.

    ``rights_shown``: the forge shows this token who may write there.
    """

    name: str
    default_branch: str
    protected: bool = False
    rights_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class T3Seen:
    """What T3 shows; nothing where it did not answer."""

    workspaces: tuple[str, ...] = ()
    offers: tuple[ProviderFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsSeen:
    """Secrets and variables of the repository that the workflow is in.

    ``trouble``: why they cannot be looked at or set from here, "" where they can.
    """

    secrets: frozenset[str] = frozenset()
    kill_switch: str | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where ``init`` runs: what a service there is made of.

    ``system``: ``linux``, ``darwin`` or another. ``python`` runs this very afk. ``folder`` is where
    the configuration stands, ``home`` the person's; absolute.
    """

    system: str
    python: str
    folder: str
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was decided. Secrets are not among it.

    ``home_repo``: the repository that the workflow lives in, "" without one. ``runner``: its label.
    ``action``: afk's own address and commit, as ``uses:`` names it.
    """

    forge: Forge
    forge_url: str
    web: str
    place: Place
    repositories: tuple[str, ...]
    workspaces: Mapping[str, str]
    branches: Mapping[str, str] = field(default_factory=dict)
    home_repo: str = ""
    runner: str = ""
    action: str = ""
    t3_url: str = ""
    instance: str = ""
    model: str = ""
    landing: str = "push"
    trusted: tuple[str | int, ...] = ()
    dashboard: str = ""
    armed: bool = False
    service: bool = False
    every: int = 60


@dataclass(frozen=True, slots=True)
class Given:
    """A secret that init was given, and where from; ``text`` is shown nowhere."""

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that the plan rests on beside the answers.

    ``labels``: repository -> names of those that it has. ``unknown``: repository -> its ready
    label, where that is there and nothing proves that afk knows it under this name. ``files``:
    path -> text of those that are there. ``private``: paths of secret files that are there, whose
    text nobody needs.
    """

    machine: Machine
    settings: SettingsSeen = SettingsSeen()
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    private: frozenset[str] = frozenset()
