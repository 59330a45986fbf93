"""A saved tick as a file has it, and what such a file may not make a replay do. Pure.

Anybody may have written it: it names nothing but a look, and no more of an environment than
`afk.saving.save` writes down. Else it could have files written where it is replayed, or a command
run.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from afk.adapters.saved.tape import Exchange
from afk.commands import COMMANDS
from afk.commands.options import SAVE
from afk.errors import ConfigError
from afk.text.cleaning import one_line
from afk.variables import PLACES, SECRETS, SETTINGS

FORM: Final = 1
KEYS: Final = ("AFK_STATE_KEY", "AFK_STATE_KEY_PREVIOUS")
_LONGEST: Final = 40
"""Characters of a version."""
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
    def of(cls, text: str) -> Self:
        """Return what a file has; raises `ValueError`, `TypeError` or `KeyError` for another."""
        data = json.loads(text)
        version = one_line(str(data["version"]), _LONGEST)
        if data["form"] != FORM:
            raise ConfigError(
                f"the saved look is of afk {version}",
                cause="that version keeps a look in another form than this one",
                next_step="replay it with that version",
            )
        arguments, environ = _texts(data["arguments"]), dict(data["environ"])
        secrets, keys = _texts(data["secrets"]), dict(data["keys"])
        known = environ.keys() <= {*GIVEN} and SECRETS.keys() >= {*secrets}
        if not known or not keys.keys() <= {*KEYS} or not _is_look(arguments):
            raise ValueError
        exchanges = [Exchange.of(one) for one in data["exchanges"]]
        for one in exchanges:
            _moment(one.at)
        return cls(
            version=version,
            arguments=arguments,
            began=_moment(data["began"]),
            environ=dict(zip(environ, _texts(environ.values()), strict=True)),
            secrets=secrets,
            keys=dict(zip(keys, _texts(keys.values()), strict=True)),
            configuration=str(data["configuration"]),
            decisions=list(data["decisions"]),
            said=[tuple(one) for one in data["said"]],
            exchanges=exchanges,
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


def _texts(data: Iterable[object]) -> tuple[str, ...]:
    """Return texts; raises `TypeError` where anything else is among them."""
    found = tuple(one for one in data if isinstance(one, str))
    if isinstance(data, str) or len(found) < len(tuple(data)):
        raise TypeError
    return found


def _moment(text: str) -> datetime:
    """Return a time that says in which zone; raises `ValueError` for another."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found


def _is_look(arguments: Sequence[str]) -> bool:
    """Say whether a command line is one that can be saved, without what it was saved with."""
    command, *rest = arguments or ("",)
    if command not in COMMANDS or SAVE not in COMMANDS[command].options:
        return False
    while rest[:1] in (["--repo"], ["--issue"]) and len(rest) > 1:
        rest = rest[2:]
    return rest in ([], ["--dry-run"])
