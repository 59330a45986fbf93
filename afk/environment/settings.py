"""From YAML text and environment variables to a `Config`, with errors a person can act on.

Pure: text and a mapping go in, a `Config` comes out. Precedence: environment over file over
default, with one exception that fails closed: the kill switch is off only if somebody says
"off" and nobody says "on"; and one that says "on" in the environment is asked before anything is
read. Unknown keys and unknown ``AFK_*`` variables are refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from afk.config import Config
from afk.environment.requirements import wanting
from afk.environment.schema import unknown_key, validated
from afk.environment.written import Text
from afk.errors import ConfigError
from afk.findings import Collected
from afk.setting_rules import check_repository
from afk.variables import KNOWN


def thrown(environ: Mapping[str, str]) -> bool:
    """Say whether ``AFK_KILL_SWITCH`` says on; then nothing else needs to be read, or be right."""
    value = environ.get("AFK_KILL_SWITCH", "").strip()
    return bool(value) and parse_boolean("AFK_KILL_SWITCH", value)


def load(
    text: str | None,
    environ: Mapping[str, str],
    name: str = "AFK_CONFIG",
    also: Callable[[], None] = lambda: None,
) -> Config:
    """Return the configuration from YAML ``text`` and ``AFK_*`` variables.

    ``text`` is "" for none and None where it cannot be read, which the caller tells; ``name`` is
    what its lines are counted in. Raises `ConfigError` for anything that is not exactly
    understood, and for an armed configuration that cannot work: `Findings` with everything, where
    there is more than one. Where something is wrong and afk is meant to be armed, ``also`` is
    asked, which raises what it finds besides.
    """
    found = Collected()
    with found.one():
        if thrown(environ):
            return Config()
    environ = {variable: value.strip() for variable, value in environ.items() if value.strip()}
    found.errors += _unknown_variables(environ)
    written = _read(text, name, found) if text is not None else None
    config = Config()
    if written is not None:
        config = validated(written, name, found)
    config, on = _spoken(config, written, environ, found)
    enrolled = written is None or "AFK_ALLOWLIST" in environ or "allowlist" in written.values
    if not on and (enrolled or config.watched):
        if written is not None:
            found.errors += wanting(config, written, name)
        with found.one():
            parse_boolean("AFK_DRY_RUN", environ.get("AFK_DRY_RUN", "false"))
        if found.errors:
            with found.one():
                also()
    found.finish()
    return config


def _read(text: str, name: str, found: Collected) -> Text | None:
    """Return what the text says, None where it cannot be read."""
    if not text.strip():
        return Text()
    from afk.environment.strict_yaml import read  # noqa: PLC0415  a disabled tick goes without

    with found.one():
        return read(text, name)
    return None


def _spoken(
    config: Config, written: Text | None, environ: Mapping[str, str], found: Collected
) -> tuple[Config, bool]:
    """Let the variables have their say; says also whether somebody wants the kill switch on.

    One that cannot be read is on, and whoever wrote it may have wanted it off.
    """
    values = written.values if written is not None else {}
    unreadable = written is None or not isinstance(values.get("kill_switch", True), bool)
    spoken = [config.kill_switch] if "kill_switch" in values and not unreadable else []
    if "AFK_KILL_SWITCH" in environ:
        try:
            spoken.append(parse_boolean("AFK_KILL_SWITCH", environ["AFK_KILL_SWITCH"]))
        except ConfigError:  # found before
            unreadable = True
    on = any(spoken) or not (spoken or unreadable)
    config = replace(config, kill_switch=on or unreadable)
    if "AFK_ALLOWLIST" in environ:
        names = re.split(r"[,\s]+", environ["AFK_ALLOWLIST"].strip(", \n\t"))
        config = replace(config, allowlist=tuple(_repositories(names, found)))
    if "AFK_T3_URL" in environ:
        config = replace(config, t3=replace(config.t3, url=environ["AFK_T3_URL"]))
    if "AFK_FORGE_URL" in environ:
        config = replace(config, forge_url=environ["AFK_FORGE_URL"])
    return config, on


def _repositories(names: Iterable[str], found: Collected) -> list[str]:
    """Return the names that can be ones; the others are collected."""
    sound = []
    for name in names:
        with found.one():
            check_repository("AFK_ALLOWLIST", name)
            sound.append(name)
    return sound


def parse_boolean(name: str, value: str) -> bool:
    """Return a yes or no that cannot be misread; anything else raises `ConfigError`."""
    if value.lower() not in ("true", "false"):
        raise ConfigError(
            f"{name} is {value!r}, which is neither true nor false",
            cause="a misspelt value; afk does not guess and does nothing",
            next_step=f"set {name} to true or false",
        )
    return value.lower() == "true"


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[ConfigError]:
    for name in sorted(environ):
        if name.startswith("AFK_") and name not in KNOWN:
            yield unknown_key(name, "the environment", KNOWN)
