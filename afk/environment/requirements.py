"""What an armed configuration must have to work; a disabled one may be unfinished. Pure."""

from collections.abc import Iterator

from afk.config import Config
from afk.environment.schema import placed
from afk.environment.written import Text
from afk.errors import ConfigError
from afk.setting_rules import WrongSetting


def wanting(config: Config, written: Text, name: str) -> list[ConfigError]:
    """Return what keeps an armed configuration from working.

    ``written`` is the text it comes from, with lines counted in ``name``: what stands there and
    was refused is not missed here a second time.
    """
    from afk.environment.addresses import wrong_addresses  # noqa: PLC0415  a disabled tick must

    wrong = [*wrong_addresses(config), *_wrong_zone(config), *_wrong_clones(config, written)]
    return [*_no_address(config, written), *(placed(error, written, name) for error in wrong)]


def _no_address(config: Config, written: Text) -> Iterator[ConfigError]:
    t3 = written.values.get("t3", {})
    if not config.t3.url and isinstance(t3, dict) and not t3.get("url"):
        yield ConfigError(
            "t3.url is not set",
            cause="afk is armed, but nobody has told it where T3 Code is",
            next_step="set t3.url or AFK_T3_URL",
        )


def _wrong_zone(config: Config) -> Iterator[WrongSetting]:
    from afk.decide.time_zones import zone  # noqa: PLC0415  not pay for these

    if config.t3.timezone and zone(config.t3.timezone) is None:
        yield WrongSetting(
            "timezone",
            config.t3.timezone,
            f"t3.timezone {config.t3.timezone!r:.80} is not known here",
            cause="it is misspelt, or this machine has no time zone data",
            next_step="name one such as Europe/Berlin, or leave it out",
        )


def _wrong_clones(config: Config, written: Text) -> Iterator[WrongSetting]:
    """Yield repositories without a folder, or with another one's."""
    entries = written.values.get("repositories", {})
    by_workspace: dict[str, str] = {}
    for name in config.watched:
        if name in config.repositories:
            workspace = config.repositories[name].workspace
            if by_workspace.setdefault(workspace, name) != name:
                yield WrongSetting(
                    "repositories",
                    name,
                    f"{name} and {by_workspace[workspace]} share the workspace {workspace}",
                    cause="one folder belongs to one repository: runs in it exclude each other",
                    next_step="give each repository its own clone",
                )
        elif isinstance(entries, dict) and name not in entries:
            yield WrongSetting(
                "allowlist" if name in config.allowlist else "draining",
                name,
                f"{name} has no entry under repositories",
                cause="nothing says where its clone is; or the spelling differs",
                next_step=f"add it with its folder on T3's machine: repositories: "
                f"{{{name}: {{workspace: /srv/code/app}}}}",
            )
