"""Which issue or repository a command is about, by its options, else by the environment."""

import argparse
import re
from collections.abc import Mapping, Sequence

from afk.config import Config
from afk.deps import Deps
from afk.errors import ConfigError, NotFound
from afk.observe.tick import Focus
from afk.record.names import parse_key
from afk.text.nearest import nearest_repository
from afk.types import Issue, IssueKey


def chosen(environ: Mapping[str, str]) -> str:
    """Return the issue that a dispatched workflow was given in two inputs; "" for none."""
    repo = environ.get("AFK_REPOSITORY", "").strip()
    number = environ.get("AFK_ISSUE", "").strip()
    return f"{repo}#{number}" if repo or number else ""


def commented_on(environ: Mapping[str, str]) -> IssueKey | None:
    """Return the issue of the workflow's own repository that a comment's event names, if any.

    An event proves nothing and may be anybody's, so whatever is no issue's number names none.
    """
    number = environ.get("AFK_COMMENTED", "").strip()
    return parse_key(f"{environ.get('GITHUB_REPOSITORY', '').strip()}#{number}")


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
            cause="the name is misspelt, or the repository is in neither list",
            next_step=f"{_meant(key.repo, config.watched)}compare it, letter by letter, with "
            "allowlist and draining",
        )
    return key


def _meant(name: str, known: Sequence[str]) -> str:
    like = nearest_repository(name, known)
    return f"did you mean {like}? If not, " if like else ""


def read_known(deps: Deps, key: IssueKey) -> Issue | None:
    """Return an issue afresh; a repository that is not there is a mistake to be named."""
    try:
        return deps.tracker.reread(key)
    except NotFound:
        enrolled = [name for name in deps.config.watched if name != key.repo]
    like = nearest_repository(key.repo, enrolled)
    hint = "compare the name with the forge; `afk doctor` shows which one may be meant"
    raise ConfigError(
        f"{key.repo} cannot be found",
        cause="the name is misspelt, or the token has no access to it",
        next_step=f"did you mean {like}#{key.number}?" if like else hint,
    )


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
