"""From YAML text and environment variables to a `Config`, with errors a person can act on.

Pure: text and a mapping go in, a `Config` comes out. Precedence: environment over file over
default, with one exception that fails closed: the kill switch is off only if somebody says
"off" and nobody says "on". Unknown keys and unknown ``AFK_*`` variables are refused.
"""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.errors import ConfigError
from afk.variables import KNOWN

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_ADDRESS: Final = re.compile(r"https?://[^\s/@?#]+(?:/[^\s@?#]*)?")


def load(text: str, environ: Mapping[str, str]) -> Config:
    """Return the configuration from YAML ``text`` ("" for none) and ``AFK_*`` variables.

    Raises `ConfigError` for anything that is not exactly understood.
    """
    values = _parse_yaml(text)
    environ = {name: value.strip() for name, value in environ.items() if value.strip()}
    _refuse_unknown_variables(environ)
    config = _validate(values)
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
    _refuse_addresses(config)
    from afk.decide.usage_limit import zone  # noqa: PLC0415  a disabled tick must not pay for it

    if config.t3.timezone and zone(config.t3.timezone) is None:
        raise ConfigError(
            f"t3.timezone {config.t3.timezone!r:.80} is not known here",
            cause="it is misspelt, or this machine has no time zone data",
            next_step="name one such as Europe/Berlin, or leave it out",
        )
    by_workspace: dict[str, str] = {}
    for name in config.watched:
        if name not in config.repositories:
            raise ConfigError(
                f"{name} has no entry under repositories",
                cause="it was enrolled, but not where its clone is; or the spelling differs",
                next_step=f"add it with its folder on T3's host: repositories: "
                f"{{{name}: {{workspace: /srv/code/app}}}}",
            )
        workspace = config.repositories[name].workspace
        if by_workspace.setdefault(workspace, name) != name:
            raise ConfigError(
                f"{name} and {by_workspace[workspace]} share the workspace {workspace}",
                cause="one folder belongs to one repository: runs in it exclude each other",
                next_step="give each repository its own clone",
            )


def _refuse_addresses(config: Config) -> None:
    """Refuse what is no plain address; public_url stands in comments, so it holds no password."""
    addresses = {
        "t3.url (or AFK_T3_URL)": config.t3.url,
        "t3.public_url": config.t3.public_url,
        "forge_url (or AFK_FORGE_URL)": config.forge_url,
    }
    for name, address in addresses.items():
        if address and not _ADDRESS.fullmatch(address):
            raise ConfigError(
                f"{name} is no plain address",
                cause="it does not begin with https:// or http://, or holds a password, a blank, "
                "? or #",
                next_step="give it like https://t3.example.org:3773",
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


def _parse_yaml(text: str) -> dict[str, Any]:
    """Return the top-level mapping; PyYAML is imported only when there is a text."""
    if not text.strip():
        return {}
    import yaml  # noqa: PLC0415  a disabled tick must not pay for it

    class Loader(yaml.SafeLoader):
        """SafeLoader that refuses a key that is no text or stands twice."""

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        if strange := [key for key in keys if not isinstance(key, str)]:
            raise ConfigError(
                f"the key {strange[0]!r:.80} in the configuration is not text",
                cause="YAML reads on, off, yes, no, numbers and dates as values of their own",
                next_step="correct the key, or put it in quotes",
            )
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ConfigError(
                f"the key {twice[0]!r} stands twice in the configuration",
                cause="YAML would take the last one without a word",
                next_step="keep one of the two",
            )
        return loader.construct_mapping(node, deep=True)

    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    try:
        data = yaml.load(text, Loader)  # noqa: S506  a subclass of SafeLoader
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # PyYAML lets through what a malformed date, number or tag raises.
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ConfigError(
            f"the configuration is not valid YAML{where}: {getattr(error, 'problem', error)}",
            cause="a bracket, quote or indentation is wrong there or just before",
            next_step="mend the line and run `afk tick --dry-run`",
        ) from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(
            "the configuration is not a mapping of keys to values",
            cause="it is another text, or a list",
            next_step="start with lines such as `kill_switch: true`",
        )
    return data


def _validate(values: dict[str, Any]) -> Config:
    """Let pydantic hold the values against the dataclasses' types; it is imported here only."""
    if not values:
        return Config()
    from pydantic import ValidationError  # noqa: PLC0415  as above

    try:
        return _schema().validate_json(json.dumps(values, default=_refuse_value))
    except ValidationError as error:
        problems = error.errors(include_url=False)
        # A misspelt key is often also a missing one: name the misspelling.
        first = min(problems, key=lambda item: item["type"] != "unexpected_keyword_argument")
        path = ".".join(str(part) for part in first["loc"])
        if first["type"] == "unexpected_keyword_argument":
            raise _unknown_key(path, "the configuration", _keys(Config)) from None
        raise ConfigError(
            f"{path or 'the configuration'}: {first['msg']}, but it is {first['input']!r:.80}",
            cause="afk takes no value of another type: it does not guess",
            next_step="see the table of settings in the README",
        ) from None


@cache
def _schema() -> "TypeAdapter[Config]":
    """Return the schema made of the dataclasses; making it costs more than a use."""
    from pydantic import TypeAdapter  # noqa: PLC0415  as above

    return TypeAdapter(Config)


def _refuse_value(value: object) -> NoReturn:
    raise ConfigError(
        f"{value!r:.80} in the configuration is neither text, a number nor true or false",
        cause="YAML reads some texts as dates, sets or bytes",
        next_step="put it in quotes",
    )


def _keys(schema: type) -> list[str]:
    """Return every key of the schema and of the dataclasses in it, for suggestions."""
    nested = (Config, RepositoryConfig, CIConfig, StageConfig, T3Config)
    own = [item.name for item in fields(schema)]
    return own + [item.name for part in nested if part is not schema for item in fields(part)]


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith("AFK_") and name not in KNOWN:
            raise _unknown_key(name, "the environment", KNOWN)


def _unknown_key(path: str, where: str, known: Sequence[str]) -> ConfigError:
    close = difflib.get_close_matches(path.rsplit(".", 1)[-1], known, 1)
    hint = f"did you mean {close[0]}?" if close else "see the table of settings in the README"
    return ConfigError(
        f"{path} in {where} is not a setting afk knows",
        cause="it is misspelt, or of another version",
        next_step=hint,
    )
