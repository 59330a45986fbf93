"""YAML as people mean it: texts, whole numbers, true and false, lists, mappings; nothing guessed.

Pure. YAML 1.1 reads ``no`` as false, ``010`` as eight, ``1:20`` as eighty and ``2026-01-01`` as a
date (https://yaml.org/type/); the person who wrote it meant a text as often as not. What only some
reader of YAML would take for a value of its own is refused where it stands, with its line; quoted
it is a text. Anchors, aliases and tags, which no configuration needs and which can make little text
grow without bound, are refused too, and so is what is too long, too deep or too much.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NoReturn

import yaml

from afk.environment.written import Path, Text
from afk.errors import ConfigError

MOST_CHARACTERS: Final = 256 * 1024
MOST_VALUES: Final = 10_000
DEEPEST: Final = 12
_TRUTHS: Final[Mapping[str, bool]] = {
    spelling: word == "true"
    for word in ("true", "false")
    for spelling in (word, word.capitalize(), word.upper())
}
_NOTHING: Final = ("", "~", "null", "Null", "NULL")
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,17}")
_NUMERAL: Final = re.compile(
    r"[-+]?(?:[0-9][0-9_]*|0[oxXbB][0-9a-fA-F_]+|[0-9_]+(?:\.[0-9_]*)?[eE][-+]?[0-9]+)"
)
"""What is a number to YAML 1.2 or to a reader, beside what PyYAML's own resolver finds."""

_RESOLVER: Final = yaml.resolver.Resolver()


@lru_cache(maxsize=4)
def read(text: str, name: str) -> Text:
    """Return what a text says; ``name`` is what its lines are counted in, such as ``afk.yml``.

    Ticks in a row read the same text, and share what it says: nobody may change it.

    Raises `ConfigError` for anything that is not exactly understood.
    """
    if len(text) > MOST_CHARACTERS:
        raise ConfigError(
            f"{name} is longer than {MOST_CHARACTERS} characters",
            cause="it is no configuration, or it was made by a program that went on and on",
            next_step="name fewer repositories, or split them between several workflows",
        )
    try:
        return _Reader(name, yaml.parse(text, yaml.SafeLoader)).document()
    except (yaml.YAMLError, ValueError, LookupError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        problem = getattr(error, "problem", None) or getattr(error, "context", None) or error
        raise ConfigError(
            f"{where}: the configuration is not valid YAML: {problem}",
            cause="a bracket, quote or indentation is wrong there or just before",
            next_step="mend the line and run `afk tick --dry-run`",
        ) from error


@dataclass(slots=True)
class _Reader:
    """Makes values of events, one after the other, and keeps count."""

    name: str
    events: Iterator[yaml.Event]
    text: Text = field(default_factory=Text)
    count: int = 0

    def document(self) -> Text:
        """Read the one document there may be."""
        tops = [self._value(event, ()) for event in self.events if isinstance(event, _BEGINS)]
        if len(tops) > 1:
            raise ConfigError(
                f"{self.name} holds {len(tops)} documents",
                cause="a line `---` begins another one, of which one would be left out",
                next_step="keep one of them",
            )
        top = tops[0] if tops else None
        if top is not None and not isinstance(top, dict):
            raise ConfigError(
                f"{self.name} is not a mapping of keys to values",
                cause="it is another text, or a list",
                next_step="start with lines such as `kill_switch: true`",
            )
        self.text.values = top or {}
        return self.text

    def _value(self, event: yaml.Event, at: Path) -> Any:
        """Return the value that begins with an event."""
        self._bound(event, len(at))
        self.text.lines[at] = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, at)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(one := next(self.events), yaml.SequenceEndEvent):
                items.append(self._value(one, (*at, len(items))))
            return items
        return self._mapping(at)

    def _mapping(self, at: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            if key in mapping:
                first = self.text.lines[(*at, key)]
                self._refuse(
                    event,
                    f"the key {key!r:.80} stands twice, first in line {first}",
                    cause="YAML would take the last one without a word",
                    next_step="keep one of the two",
                )
            mapping[key] = self._value(next(self.events), (*at, key))
            self.text.lines[(*at, key)] = _line(event)
        return mapping

    def _bound(self, event: yaml.Event, depth: int) -> None:
        """Refuse what no setting needs and what may be without end."""
        self.count += 1
        if self.count > MOST_VALUES or depth > DEEPEST:
            self._refuse(
                event,
                "it goes on and on, or deeper than any setting of afk's",
                cause=f"there are more than {MOST_VALUES} values, or more than {DEEPEST} levels",
                next_step="name fewer repositories, or split them between several workflows",
            )
        if getattr(event, "anchor", None):  # of an alias, too
            self._refuse(
                event,
                "an anchor (&) or alias (*)",
                cause="afk takes neither: a few of them can stand for any amount of text",
                next_step="write the value out where it belongs, or put it in quotes",
            )
        if tag := getattr(event, "tag", None):
            self._refuse(
                event,
                f"a tag ({tag!r:.80})",
                cause="afk takes none: a setting's own name says what it is",
                next_step="take it out, or put the text in quotes",
            )

    def _key(self, event: yaml.Event) -> str:
        self._bound(event, 0)
        if isinstance(event, yaml.ScalarEvent) and (not event.implicit[0] or _is_text(event.value)):
            return str(event.value)
        return self._refuse(
            event,
            f"the key {getattr(event, 'value', 'of several parts')!r:.80} is not text",
            cause="YAML reads on, off, yes, no, numbers and dates as values of their own",
            next_step="correct the key, or put it in quotes",
        )

    def _scalar(self, event: yaml.ScalarEvent, at: Path) -> object:
        text = event.value
        if not event.implicit[0]:
            return text  # in quotes, or a block
        if text in _TRUTHS:
            return _TRUTHS[text]
        if text in _NOTHING:
            return None
        if _WHOLE.fullmatch(text):
            return int(text)
        if _is_text(text):
            return text
        return self._refuse(
            event,
            f"{'.'.join(map(str, at))}: {text!r:.80} can be read in more than one way",
            cause="YAML has further spellings of true, false, numbers and dates, which one reader "
            "takes for a value and another for a text",
            next_step="write true, false or a plain whole number; put it in quotes if it is text",
        )

    def _refuse(self, event: yaml.Event, what: str, *, cause: str, next_step: str) -> NoReturn:
        where = f"{self.name}:{_line(event)}"
        raise ConfigError(f"{where}: {what}", cause=cause, next_step=next_step)


_BEGINS: Final = (
    yaml.ScalarEvent,
    yaml.SequenceStartEvent,
    yaml.MappingStartEvent,
    yaml.AliasEvent,
)


def _line(event: yaml.Event) -> int:
    """Return the line an event begins in, from 1; the parser marks every one."""
    mark = event.start_mark
    return mark.line + 1 if mark else 0


def _is_text(text: str) -> bool:
    """Say whether no reader of YAML takes the unquoted text for anything else."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag == "tag:yaml.org,2002:str" and not _NUMERAL.fullmatch(text)
