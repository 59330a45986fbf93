"""From YAML text and environment variables to a `Config`, with errors a person can act on.

Pure: text and a mapping go in, a `Config` comes out. Precedence: environment over file over
default, with one exception that fails closed: the kill switch is off only if somebody says
"off" and nobody says "on"; and one that says "on" in the environment is asked before anything is
read. Unknown keys and unknown ``AFK_*`` variables are refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from afk.config import Config
from afk.environment.gates import allowlist, kill_switch
from afk.environment.requirements import wanting
from afk.environment.schema import unknown_variable, validated
from afk.environment.written import Text
from afk.errors import ConfigError, UserMustFix
from afk.findings import Collected
from afk.model.installation import Gate
from afk.setting_rules import check_repository
from afk.variables import KNOWN


def dry_run_by(environ: Mapping[str, str]) -> bool:
    """Say whether the environment asks for a dry run."""
    value = environ.get("AFK_DRY_RUN", "").strip()
    return bool(value) and parse_boolean("AFK_DRY_RUN", value)


def thrown(environ: Mapping[str, str]) -> bool:
    """Say whether ``AFK_KILL_SWITCH`` says on; then nothing else needs to be read, or be right."""
    value = environ.get("AFK_KILL_SWITCH", "").strip()
    return bool(value) and parse_boolean("AFK_KILL_SWITCH", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration, and which place shuts or opens each of the two gates.

    ``problems`` and ``variables``: what is wrong with it and with the environment's names.
    """

    config: Config
    kill_switch: Gate
    allowlist: Gate
    problems: tuple[UserMustFix, ...] = ()
    variables: tuple[UserMustFix, ...] = ()

    @property
    def disabled(self) -> str:
        """Return why a tick does nothing at all and what to do about it, or an empty string."""
        why = self.config.disabled
        gate = self.kill_switch if self.config.kill_switch else self.allowlist
        return f"{why} {gate.told}" if why else ""


def load(
    text: str | None,
    environ: Mapping[str, str],
    name: str = "AFK_CONFIG",
    also: Callable[[], None] = lambda: None,
) -> Config:
    """Return the configuration from YAML ``text`` and ``AFK_*`` variables, as `loaded` does."""
    return loaded(text, environ, name, also).config


def loaded(
    text: str | None,
    environ: Mapping[str, str],
    name: str = "AFK_CONFIG",
    also: Callable[[], None] = lambda: None,
) -> Loaded:
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
            return _as_found(Config(), environ, None, name)
    environ = _set(environ)
    found.errors += _unknown_variables(environ)
    config, written, on = _parts(text, environ, name, found)
    enrolled = written is None or "AFK_ALLOWLIST" in environ or "allowlist" in written.values
    if not on and (enrolled or config.watched):
        found.errors += _wanting(config, environ, written, name)
        if found.errors:
            with found.one():
                also()
    found.finish()
    return _as_found(config, environ, written, name)


def looked_through(
    text: str | None, environ: Mapping[str, str], name: str = "AFK_CONFIG"
) -> Loaded:
    """Return what can be made of a configuration, with all that is wrong with it; raises nothing.

    It is looked at as if it were armed, whatever the gates say.
    """
    found, names = Collected(), Collected()
    environ = _set(environ)
    names.errors += _unknown_variables(environ)
    with found.one():
        thrown(environ)
    config, written, _ = _parts(text, environ, name, found)
    found.errors += _wanting(config, environ, written, name)
    one = _as_found(config, environ, written, name)
    return replace(one, problems=found.every(), variables=names.every())


def _set(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that say something."""
    return {variable: value.strip() for variable, value in environ.items() if value.strip()}


def _parts(
    text: str | None, environ: Mapping[str, str], name: str, found: Collected
) -> tuple[Config, Text | None, bool]:
    """Return the configuration, the text it comes from, and whether somebody wants it off."""
    written = _read(text, name, found) if text is not None else None
    config = validated(written, name, found) if written is not None else Config()
    config, on = _spoken(config, written, environ, found)
    return config, written, on


def _wanting(
    config: Config, environ: Mapping[str, str], written: Text | None, name: str
) -> list[UserMustFix]:
    """Return what keeps an armed configuration from working."""
    found = Collected()
    if written is not None:
        found.errors += wanting(config, written, name)
    with found.one():
        parse_boolean("AFK_DRY_RUN", environ.get("AFK_DRY_RUN", "false"))
    return found.errors


def _as_found(
    config: Config, environ: Mapping[str, str], written: Text | None, name: str
) -> Loaded:
    """Return a configuration with which places say what of the gates."""
    return Loaded(
        config=config,
        kill_switch=kill_switch(config, environ, written, name),
        allowlist=allowlist(config, environ, written, name),
    )


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
    if config.kill_switch != (on or unreadable):
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
            yield unknown_variable(name)
