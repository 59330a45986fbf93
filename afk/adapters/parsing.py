"""JSON from strangers: parsed or refused, whatever they sent. Pure.

pydantic's parser takes half the time of ``json.loads``, but refuses what is nested more than 200
deep, which what an agent's tool said may be, and half of a surrogate pair. ``json.loads``, which is
asked then, lets two things through that break whoever uses the value later: nesting ends in a
``RecursionError``, and half a pair becomes text that no stream, header or hash takes.
https://docs.pydantic.dev/latest/api/pydantic_core/#pydantic_core.from_json
"""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from pydantic_core import from_json

_LONGEST_NUMBER: Final = 18


def parsed(text: str | bytes) -> Any:
    """Return the value of a JSON text; ``ValueError`` for anything that is none.

    Bytes have to be UTF-8. Half of a character becomes a question mark.
    """
    if isinstance(text, bytes):
        text = text.removeprefix(BOM_UTF8).decode()
    halves = "\\ud" in text or "\\uD" in text
    if not halves:
        with suppress(ValueError, TypeError):  # no JSON, or nested deeper than it reads
            return from_json(text)
    try:
        value = json.loads(text)
        return each_text(value, whole_characters) if halves or not text.isascii() else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with every text in it changed, names of fields included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(name): each_text(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [each_text(item, change) for item in value]
    return value


def whole_characters(text: str) -> str:
    """Return text that can be encoded: half of a surrogate pair becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def whole_number(text: str) -> int | None:
    """Return a header's number; None for anything else, or more digits than a count has."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else None
