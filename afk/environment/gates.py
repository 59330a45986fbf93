"""Which place shuts or opens the two gates, for people who wonder why nothing happens. Pure."""

from collections.abc import Mapping

from afk.config import Config
from afk.environment.written import Text
from afk.model.installation import Gate

_SWITCH = "AFK_KILL_SWITCH"


def kill_switch(
    config: Config, environ: Mapping[str, str], written: Text | None, name: str
) -> Gate:
    """Return the kill switch: who says on, else who says off; nobody: it ships on."""
    variable = environ.get(_SWITCH, "").strip()
    value = written.values.get("kill_switch") if written is not None else None
    line = written.line_of(("kill_switch",)) if written is not None else 0
    in_file = f"kill_switch: {str(value).lower()} in {name}:{line}"
    said = "on" if config.kill_switch else "off"
    if variable and (variable.lower() == "true") is config.kill_switch:
        return Gate(
            config.kill_switch, f"{_SWITCH} says {variable.lower()}", f"set {_SWITCH} to false"
        )
    if isinstance(value, bool) and value is config.kill_switch:
        return Gate(config.kill_switch, in_file, f"write kill_switch: false in {name}")
    if variable or value is not None:
        return Gate(
            config.kill_switch,
            f"what is said of it cannot be read, so it is {said}",
            f"set {_SWITCH} to false",
        )
    return Gate(
        config.kill_switch,
        f"it ships on, and neither {_SWITCH} nor {name} says otherwise",
        f"set {_SWITCH} to false",
    )


def allowlist(config: Config, environ: Mapping[str, str], written: Text | None, name: str) -> Gate:
    """Return the allowlist, which shuts everything out while it is empty."""
    if "AFK_ALLOWLIST" in environ and environ["AFK_ALLOWLIST"].strip():
        place = "AFK_ALLOWLIST"
    elif written is not None and "allowlist" in written.values:
        place = f"allowlist in {name}:{written.line_of(('allowlist',))}"
    else:
        place = ""
    fix = "name a repository (owner/name) in AFK_ALLOWLIST, or in allowlist"
    if config.watched:
        where = place or f"draining in {name}"
        return Gate(shut=False, says=f"{where} names {', '.join(config.watched)}")
    says = f"{place} names no repository"
    if not place:
        says = f"neither AFK_ALLOWLIST nor {name} names a repository"
    return Gate(shut=True, says=says, fix=fix)
