"""The configuration that ``afk init`` writes, with comments for whoever reads it next. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Final

from afk.config import T3Config
from afk.setup.facts import Answers, Place
from afk.setup.marks import marked
from afk.text.cleaning import is_visible

NAME: Final = "afk.yml"
SCHEMA: Final = "afk.schema.json"
_PLAIN: Final = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_FOUR_DIGITS: Final = 0xFFFF
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def scalar(value: str | int) -> str:
    """Return a text or number as YAML that is read back as exactly that; JSON is YAML, too."""
    if isinstance(value, int):
        return str(value)
    plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
    return value if plain else "".join(map(_shown, json.dumps(value, ensure_ascii=False)))


def _shown(character: str) -> str:
    """Return a character of a quoted text; what nobody sees, and YAML may not take, by number."""
    number = ord(character)
    if is_visible(character) and character.isprintable():
        return character
    return f"\\u{number:04x}" if number <= _FOUR_DIGITS else f"\\U{number:08x}"


def configuration(answers: Answers) -> str:
    """Return the configuration's text."""
    return marked("\n".join(_lines(answers)) + "\n")


def _lines(answers: Answers) -> Iterator[str]:
    yield f"# yaml-language-server: $schema=./{SCHEMA}"
    yield "# What afk works on, and how. Every setting and its default: docs/reference.md of afk."
    yield "# `afk doctor` looks it over. No token belongs in here."
    yield ""
    if answers.place is Place.HERE:
        yield "# Nothing happens while this is true. Read again before every look."
        yield f"kill_switch: {str(not answers.armed).lower()}"
    else:
        yield "# Nothing happens unless the variable AFK_KILL_SWITCH of this repository is false."
        yield "# To stop everything set it to true, or write here: kill_switch: true"
    yield ""
    yield "# afk reads and writes these repositories and no other."
    yield "allowlist:"
    yield from (f"  - {scalar(name)}" for name in answers.repositories)
    yield ""
    yield "repositories:"
    for name in answers.repositories:
        yield f"  {scalar(name)}:"
        yield "    # the clone, as T3's machine sees it"
        yield f"    workspace: {scalar(answers.workspaces[name])}"
        if answers.branches.get(name):
            yield f"    branch: {scalar(answers.branches[name])}"
    yield "    # ci: { none: green } # below a repository without CI; otherwise afk waits for one"
    yield ""
    yield from _t3(answers)
    yield ""
    yield "# push: agents push to your branch. pull-request: they push one of their own, and afk"
    yield "# opens a pull request; people merge it unless `merge` says otherwise (docs/landing.md)."
    yield f"landing: {scalar(answers.landing)}"
    if answers.trusted:
        yield ""
        yield "# Who may approve besides those whom the forge shows to have write access."
        yield "trusted:"
        yield from (f"  - {scalar(one)}" for one in answers.trusted)
    if answers.dashboard:
        yield ""
        yield "# One issue that afk keeps up to date: at work, waiting, handed back, landed."
        yield f"dashboard: {scalar(answers.dashboard)}"
    if answers.place is Place.HERE:
        yield ""
        yield f"forge_url: {scalar(answers.forge_url)}"


def _t3(answers: Answers) -> Iterator[str]:
    yield "# T3 Code, and the agent that works unless a label or a repository names another."
    yield "t3:"
    yield f"  url: {scalar(answers.t3_url)}"
    yield f"  instance: {scalar(answers.instance or T3Config().instance)}"
    yield f"  model: {scalar(answers.model or T3Config().model)}"
