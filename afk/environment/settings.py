"""From YAML text and environment variables to a `Config`, with errors a person can act on.

Pure: text and a mapping go in, a `Config` comes out. Precedence: environment over file over
default, with one exception that fails closed: the kill switch is off only if somebody says
"off" and nobody says "on"; and one that says "on" in the environment is asked before anything is
read. Unknown keys and unknown ``AFK_*`` variables are refused.
"""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.errors import ConfigError
from afk.setting_rules import WrongSetting
from afk.variables import KNOWN

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from afk.environment.strict_yaml import Text


def thrown(environ: Mapping[str, str]) -> bool:
    """Say whether ``AFK_KILL_SWITCH`` says on; then nothing else needs to be read, or be right."""
    value = environ.get("AFK_KILL_SWITCH", "").strip()
    return bool(value) and parse_boolean("AFK_KILL_SWITCH", value)


def load(text: str, environ: Mapping[str, str], name: str = "AFK_CONFIG") -> Config:
    """Return the configuration from YAML ``text`` ("" for none) and ``AFK_*`` variables.

    ``name`` is what the text's lines are counted in. Raises `ConfigError` for anything that is not
    exactly understood, and for an armed configuration that cannot work (`check`).
    """
    if thrown(environ):
        return Config()
    environ = {variable: value.strip() for variable, value in environ.items() if value.strip()}
    _refuse_unknown_variables(environ)
    if not text.strip():
        return _checked(Config(), {}, environ)
    from afk.environment.strict_yaml import read  # noqa: PLC0415  a disabled tick goes without

    written = read(text, name)
    try:
        return _checked(_validate(written, name), written.values, environ)
    except WrongSetting as error:
        raise _placed(error, written, name) from None


def _placed(error: WrongSetting, written: "Text", name: str) -> ConfigError:
    """Return the error with the line that it is about; a variable's value stands in none."""
    line = written.find(error.name, error.value)
    what = f"{name}:{line}: {error.what}" if line else error.what
    return ConfigError(what, cause=error.cause, next_step=error.next_step)


def _checked(config: Config, values: Mapping[str, Any], environ: Mapping[str, str]) -> Config:
    """Let the variables have their say; refuse what is then armed and cannot work."""
    spoken = [values["kill_switch"]] if "kill_switch" in values else []
    if "AFK_KILL_SWITCH" in environ:
        spoken.append(parse_boolean("AFK_KILL_SWITCH", environ["AFK_KILL_SWITCH"]))
    config = replace(config, kill_switch=not spoken or any(spoken))
    if "AFK_ALLOWLIST" in environ:
        names = tuple(re.split(r"[,\s]+", environ["AFK_ALLOWLIST"].strip(", \n\t")))
        config = replace(config, allowlist=names)
    if "AFK_T3_URL" in environ:
        config = replace(config, t3=replace(config.t3, url=environ["AFK_T3_URL"]))
    if "AFK_FORGE_URL" in environ:
        config = replace(config, forge_url=environ["AFK_FORGE_URL"])
    check(config)
    return config


def check(config: Config) -> None:
    """Refuse an armed configuration that cannot work; a disabled one may be unfinished."""
    if config.disabled:
        return
    if not config.t3.url:
        raise ConfigError(
            "t3.url is not set",
            cause="afk is armed, but nobody has told it where T3 Code is",
            next_step="set t3.url or AFK_T3_URL",
        )
    from afk.decide.time_zones import zone  # noqa: PLC0415  a disabled tick must not pay for it
    from afk.environment.addresses import check_addresses  # noqa: PLC0415  likewise

    check_addresses(config)

    if config.t3.timezone and zone(config.t3.timezone) is None:
        raise WrongSetting(
            "timezone",
            config.t3.timezone,
            f"t3.timezone {config.t3.timezone!r:.80} is not known here",
            cause="it is misspelt, or this machine has no time zone data",
            next_step="name one such as Europe/Berlin, or leave it out",
        )
    by_workspace: dict[str, str] = {}
    for name in config.watched:
        if name not in config.repositories:
            raise WrongSetting(
                "allowlist" if name in config.allowlist else "draining",
                name,
                f"{name} has no entry under repositories",
                cause="it was enrolled, but not where its clone is; or the spelling differs",
                next_step=f"add it with its folder on T3's host: repositories: "
                f"{{{name}: {{workspace: /srv/code/app}}}}",
            )
        workspace = config.repositories[name].workspace
        if by_workspace.setdefault(workspace, name) != name:
            raise WrongSetting(
                "repositories",
                name,
                f"{name} and {by_workspace[workspace]} share the workspace {workspace}",
                cause="one folder belongs to one repository: runs in it exclude each other",
                next_step="give each repository its own clone",
            )


def parse_boolean(name: str, value: str) -> bool:
    """Return a yes or no that cannot be misread; anything else raises `ConfigError`."""
    if value.lower() not in ("true", "false"):
        raise ConfigError(
            f"{name} is {value!r}, which is neither true nor false",
            cause="a misspelt value; afk does not guess and does nothing",
            next_step=f"set {name} to true or false",
        )
    return value.lower() == "true"


def _validate(written: "Text", name: str) -> Config:
    """Let pydantic hold the values against the dataclasses' types; it is imported here only."""
    if not written.values:
        return Config()
    from pydantic import ValidationError  # noqa: PLC0415  as above

    try:
        return _schema().validate_json(json.dumps(written.values))
    except ValidationError as error:
        problems = error.errors(include_url=False)
        # A misspelt key is often also a missing one: name the misspelling.
        first = min(problems, key=lambda item: item["type"] != "unexpected_keyword_argument")
        path = ".".join(str(part) for part in first["loc"])
        where = f"{name}:{line}: " if (line := written.line_of(first["loc"])) else ""
        if first["type"] == "unexpected_keyword_argument":
            raise _unknown_key(path, "the configuration", _keys(Config), where) from None
        raise ConfigError(
            f"{where}{path or 'the configuration'}: {first['msg']}, but it is "
            f"{first['input']!r:.80}",
            cause="afk takes no value of another type: it does not guess",
            next_step="see the table of settings in the README",
        ) from None


@cache
def _schema() -> "TypeAdapter[Config]":
    """Return the schema made of the dataclasses; making it costs more than a use."""
    from pydantic import TypeAdapter  # noqa: PLC0415  as above

    return TypeAdapter(Config)


def _keys(schema: type) -> list[str]:
    """Return every key of the schema and of the dataclasses in it, for suggestions."""
    nested = (Config, RepositoryConfig, CIConfig, StageConfig, T3Config)
    own = [item.name for item in fields(schema)]
    return own + [item.name for part in nested if part is not schema for item in fields(part)]


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith("AFK_") and name not in KNOWN:
            raise _unknown_key(name, "the environment", KNOWN)


def _unknown_key(path: str, where: str, known: Sequence[str], place: str = "") -> ConfigError:
    close = difflib.get_close_matches(path.rsplit(".", 1)[-1], known, 1)
    hint = f"did you mean {close[0]}?" if close else "see the table of settings in the README"
    return ConfigError(
        f"{place}{path} in {where} is not a setting afk knows",
        cause="it is misspelt, or of another version",
        next_step=hint,
    )
