"""What a tick and its servers said to each other, and which answer belongs to which question.

Owns the form of an exchange in a file and how one is found again. Pure. What is found is found by
what was asked, not by its place in the order: a tick asks many things at once.
"""

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

_KINDS: Final = ("query", "type", "tag")
"""Members of a body that say what kind of question it is: GraphQL, T3's commands, T3's calls."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:\.\d+)?Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and its answer; ``at`` is when the answer was there, an ISO time.

    ``method`` is ``SOCKET`` for a message on a socket, and ``heard`` then has what came until the
    next one. ``failed`` names the kind of failure that came in place of an answer.
    """

    at: str
    method: str
    url: str
    sent: str = ""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    heard: tuple[str, ...] = ()
    failed: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the exchange that a file has; raises `TypeError` or `ValueError` for another."""
        headers = tuple((str(name), str(value)) for name, value in data.get("headers", ()))
        return cls(**{**data, "headers": headers, "heard": tuple(data.get("heard", ()))})

    def as_json(self) -> dict[str, Any]:
        """Return what a file has of it: what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value}


def kind(sent: str) -> str:
    """Return what kind of question a body is, as far as it says so."""
    try:
        data = json.loads(sent)
    except ValueError:
        return ""
    found = data if isinstance(data, dict) else {}
    return json.dumps([found.get(name) for name in _KINDS])


def timeless(url: str) -> str:
    """Return an address without the times in it, such as that of the tick's own beginning."""
    return _TIME.sub("", url)


def unnumbered(call: str) -> str:
    """Return a call on a socket without its number, which depends on what was called before."""
    return json.dumps({**json.loads(call), "id": ""})


def by_call(text: str) -> dict[str, str]:
    """Return what a message on a socket has for each call; "" for what names none."""
    try:
        frame = json.loads(text)
    except ValueError:
        return {"": text}
    if not isinstance(frame, list):
        return {_call_of(frame): text}
    parts: dict[str, list[Any]] = {}
    for one in frame:
        parts.setdefault(_call_of(one), []).append(one)
    return {call: json.dumps(some) for call, some in parts.items()}


def _call_of(frame: object) -> str:
    return str(frame.get("requestId", "")) if isinstance(frame, dict) else ""


@dataclass(slots=True)
class Answers:
    """Answers to hand out again: each once, the last of its kind again and again.

    The very same question is looked for first; else one of its kind to the same address, since a
    time or a signature may stand in what is written, and a time in the address. ``missing``: what
    nothing was found for.
    """

    exchanges: Iterable[Exchange]
    missing: list[str] = field(default_factory=list)
    _same: dict[tuple[str, ...], deque[Exchange]] = field(default_factory=dict)
    _alike: dict[tuple[str, ...], deque[Exchange]] = field(default_factory=dict)
    _used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Sort the exchanges by what was asked."""
        same: dict[tuple[str, ...], deque[Exchange]] = defaultdict(deque)
        alike: dict[tuple[str, ...], deque[Exchange]] = defaultdict(deque)
        for one in self.exchanges:
            same[one.method, one.url, one.sent].append(one)
            alike[one.method, timeless(one.url), kind(one.sent)].append(one)
        self._same, self._alike = dict(same), dict(alike)

    def to(self, method: str, url: str, sent: str) -> Exchange | None:
        """Return the answer to a question; None where nothing like it was asked."""
        found = self._next(self._same.get((method, url, sent)))
        if found is None:
            found = self._next(self._alike.get((method, timeless(url), kind(sent))))
        if found is None:
            self.missing.append(f"{method} {url}")
        return found

    def _next(self, some: deque[Exchange] | None) -> Exchange | None:
        """Return the first that was not handed out, or else the last."""
        while some and len(some) > 1 and id(some[0]) in self._used:
            some.popleft()
        if not some:
            return None
        self._used.add(id(some[0]))
        return some[0]
