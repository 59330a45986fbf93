"""A saved tick as its file has it: what the tick was given, what was said, and what it decided."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk.adapters.saved.tape import Exchange
from afk.errors import ConfigError
from afk.variables import PLACES, SETTINGS

FORM: Final = 1
KEYS: Final = ("AFK_STATE_KEY", "AFK_STATE_KEY_PREVIOUS")
_ELSEWHERE: Final = ("AFK_CONFIG", "AFK_CONFIG_FILE", "AFK_T3_TOKEN_FILE")
_RUNNER: Final = ("ACTIONS", "API_URL", "GRAPHQL_URL", "SERVER_URL", "WORKFLOW", "EVENT_NAME")
GIVEN: Final = (
    *SETTINGS,
    *(name for name in PLACES if name not in _ELSEWHERE),
    *(f"GITHUB_{name}" for name in _RUNNER),
)
"""What of the environment a tick depends on, beside secrets and the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTick:
    """A tick as a file has it.

    ``secrets``: the names of those that the environment had; ``keys``: of those that sign records
    what a record names them by.
    """

    version: str
    arguments: tuple[str, ...]
    began: datetime
    environ: Mapping[str, str]
    secrets: Collection[str]
    keys: Mapping[str, str]
    configuration: str
    decisions: Sequence[object]
    said: Sequence[tuple[str, str, str]]
    exchanges: Sequence[Exchange]

    @classmethod
    def of(cls, text: str) -> "SavedTick":
        """Return what a file has; raises `ValueError`, `TypeError` or `KeyError` for another.

        It may come from somebody else: of its environment only what `save` writes is taken.
        """
        data = json.loads(text)
        version = str(data["version"])
        if data["form"] != FORM:
            raise ConfigError(
                f"the saved look is of afk {version!r:.40}",
                cause="that version keeps a look in another form than this one",
                next_step="replay it with that version",
            )
        return cls(
            version=version,
            arguments=tuple(data["arguments"]),
            began=datetime.fromisoformat(data["began"]),
            environ={name: str(data["environ"][name]) for name in GIVEN if name in data["environ"]},
            secrets=list(data["secrets"]),
            keys={name: str(data["keys"][name]) for name in KEYS if name in data["keys"]},
            configuration=str(data["configuration"]),
            decisions=list(data["decisions"]),
            said=[tuple(one) for one in data["said"]],
            exchanges=[Exchange.of(one) for one in data["exchanges"]],
        )

    def text(self) -> str:
        """Return what a file is to have."""
        data = {
            "form": FORM,
            "version": self.version,
            "arguments": self.arguments,
            "began": self.began.isoformat(),
            "environ": self.environ,
            "secrets": self.secrets,
            "keys": self.keys,
            "configuration": self.configuration,
            "decisions": self.decisions,
            "said": self.said,
            "exchanges": [one.as_json() for one in self.exchanges],
        }
        return json.dumps(data, indent=1)
