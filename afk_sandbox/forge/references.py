"""How texts name issues: ``#7``, ``owner/repo#7``, ``Closes #7``. Pure functions.

The words are those Forgejo and GitHub share
(https://forgejo.org/docs/latest/user/linked-references/,
https://docs.github.com/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, unique
from functools import lru_cache
from typing import Final

_CLOSES: Final = r"clos(?:e|es|ed)|fix(?:es|ed)?|resolv(?:e|es|ed)"
_REOPENS: Final = r"reopen(?:s|ed)?"
_REFERENCE: Final = re.compile(
    rf"(?:\b(?:(?P<closes>{_CLOSES})|(?P<reopens>{_REOPENS})):?\s+)?"
    r"(?<![\w/#-])(?P<repo>[\w.-]+/[\w.-]+)?#(?P<number>[0-9]+)\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"#[0-9]")
"""Stands in every reference, and is found much faster than one."""
_TEXTS: Final = 256
"""So many texts are remembered: a simulation writes the same ones again and again."""
_NOT_READ: Final = re.compile(r"<!--.*?-->|```.*?```|`[^`]*`", re.DOTALL)


@unique
class Verb(Enum):
    """What a text asks to happen with the issue it names."""

    MENTION = "mention"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Reference:
    """An issue named in a text; ``repo`` is empty for the text's own repository."""

    repo: str
    number: int
    verb: Verb


@lru_cache(maxsize=_TEXTS)
def in_commit(message: str) -> Sequence[Reference]:
    """Return what a commit's message names, each once, in order."""
    if _NUMBER.search(message) is None:
        return ()
    found = []
    for match in _REFERENCE.finditer(message):
        verb = Verb.MENTION
        if match["closes"]:
            verb = Verb.CLOSE
        elif match["reopens"]:
            verb = Verb.REOPEN
        found.append(Reference(match["repo"] or "", int(match["number"]), verb))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=_TEXTS)
def closing(text: str) -> Sequence[Reference]:
    """Return what a pull request's text says it closes; HTML comments and code are not read."""
    found = in_commit(_NOT_READ.sub(" ", text))
    return tuple(one for one in found if one.verb is Verb.CLOSE)


@lru_cache(maxsize=_TEXTS)
def in_markdown(text: str) -> Sequence[Reference]:
    """Return what an issue or a comment names; HTML comments and code are not read."""
    bare = _NOT_READ.sub(" ", text)
    named = [Reference(r.repo, r.number, Verb.MENTION) for r in in_commit(bare)]
    return tuple(dict.fromkeys(named))
