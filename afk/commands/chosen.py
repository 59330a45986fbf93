"""Which issue or repository a command is about, by its options, else by the environment."""

import argparse
import difflib
import re
from collections.abc import Mapping, Sequence

from afk.config import Config
from afk.errors import ConfigError
from afk.observe.tick import Focus
from afk.record.names import parse_key
from afk.types import IssueKey


def chosen(environ: Mapping[str, str]) -> str:
    """Return the issue that a dispatched workflow was given in two inputs; "" for none."""
    repo = environ.get("AFK_REPOSITORY", "").strip()
    number = environ.get("AFK_ISSUE", "").strip()
    return f"{repo}#{number}" if repo or number else ""


def key_of(text: str) -> IssueKey:
    """Return the issue that a text names; anything else raises `ConfigError`."""
    key = parse_key(text)
    if key is None:
        raise ConfigError(
            f"{text!r} is not an issue",
            cause="a part is missing or misspelt",
            next_step="write OWNER/REPO#N",
        )
    return key


def watched(key: IssueKey, config: Config) -> IssueKey:
    """Return the key; a repository that afk is not told to look at is a mistake to be named."""
    if key.repo not in config.watched:
        raise ConfigError(
            f"{key.repo} is not in the allowlist",
            cause="the name is misspelt, or nobody has enrolled the repository",
            next_step=_nearest(key.repo, config.watched),
        )
    return key


def _nearest(name: str, known: Sequence[str]) -> str:
    """Return what to do about a repository that is not enrolled: it may be one that is."""
    names = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), names, 1)
    meant = f"did you mean {names[close[0]]}? If not, " if close else ""
    return f"{meant}compare it, letter by letter, with `allowlist` and `draining`"


def focus_of(options: argparse.Namespace, environ: Mapping[str, str], config: Config) -> Focus:
    """Return what to look at: options, else the environment of a dispatched workflow."""
    repo = options.repo or environ.get("AFK_REPOSITORY", "").strip()
    number = str(options.issue or environ.get("AFK_ISSUE", "").strip() or 0)
    if not re.fullmatch("[0-9]{1,10}", number):
        raise ConfigError(
            f"{number!r:.80} is no issue's number",
            cause="it came from --issue or AFK_ISSUE",
            next_step="give the number alone, such as 7",
        )
    if not repo and int(number):
        raise ConfigError(
            f"issue {number} of which repository?",
            cause="--issue or AFK_ISSUE is given without --repo or AFK_REPOSITORY",
            next_step="name the repository too",
        )
    return Focus(watched(IssueKey(repo, 0), config).repo if repo else "", int(number))
