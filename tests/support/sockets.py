"""Sockets recorded and played back: a cassette of frames beside a cassette of requests.

A cassette of frames is a list of sockets in the order of their opening, each as in
``tests/recordings/t3/v2-0.0.33``: its address, then its frames, ``out`` from afk and ``in`` from
the server. Played back, what afk sends must be what was recorded, and everything recorded must be
sent. Tickets never stand in one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from afk.adapters.sockets import Connection, Opener, SocketLost, SocketRefused, opener
from afk.adapters.tls import tls_context

_TICKET: Final = re.compile(r"(wsTicket=)[^&]+")
_LONG: Final = re.compile(r"x{999,}")
_UNREAD: Final = frozenset({"slashCommands", "skills", "versionAdvisory", "continuation"})
"""Parts of T3's providers that afk does not read, and that are long."""


def no_proxy(url: str) -> None:
    del url


real: Final = opener(no_proxy, tls_context)


def address(url: str) -> str:
    """Return a socket's address as a cassette holds it."""
    parts = urlsplit(url)
    return _TICKET.sub(r"\1<TICKET>", f"{parts.path}?{parts.query}")


@dataclass
class Recorder:
    """Opens real sockets and takes down what goes over them."""

    sockets: list[dict[str, Any]] = field(default_factory=list)

    def __call__(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        tape: dict[str, Any] = {"socket": address(url), "frames": []}
        self.sockets.append(tape)
        opened = real(url, headers=headers, seconds=seconds, most=most)
        return _Recording(opened, tape["frames"])


@dataclass
class _Recording:
    behind: Connection
    frames: list[dict[str, Any]]

    def send(self, text: str) -> None:
        self.frames.append({"dir": "out", "data": _kept(text)})
        self.behind.send(text)

    def recv(self, seconds: float) -> str:
        text = self.behind.recv(seconds)
        self.frames.append({"dir": "in", "data": _kept(text)})
        return text

    def close(self) -> None:
        self.behind.close()


def _kept(text: str) -> Any:
    data = json.loads(_LONG.sub("xxx", text))
    value = data.get("exit", {}).get("value") if isinstance(data, dict) else None
    # What else T3 says of itself names the machine it runs on.
    if isinstance(value, dict) and "providers" in value:
        for name in set(value) - {"providers"}:
            del value[name]
        for one in value["providers"]:
            for name in set(one) & _UNREAD:
                del one[name]
            one["models"] = [{"slug": model["slug"]} for model in one["models"]]
    return data


@dataclass
class Player:
    """Plays sockets back; whatever was not recorded fails the test."""

    sockets: list[dict[str, Any]]

    def __call__(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        del headers, seconds, most
        assert self.sockets, f"a socket that was not recorded: {address(url)}"
        tape = self.sockets.pop(0)
        assert address(url) == tape["socket"]
        if "upgrade_response" in tape:
            answer = tape["upgrade_response"]
            raise SocketRefused(answer["status"], answer["body"].encode())
        return Playing(list(tape["frames"]))


@dataclass
class Playing:
    """One recorded socket; it is lost when its recording ends."""

    frames: list[dict[str, Any]]
    closed: bool = False

    def send(self, text: str) -> None:
        if not self.frames:
            raise SocketLost("the recording ends here")
        expected = self.frames.pop(0)
        assert (expected["dir"], expected["data"]) == ("out", _kept(text))

    def recv(self, seconds: float) -> str:
        del seconds
        if not self.frames or self.frames[0]["dir"] != "in":
            raise TimeoutError
        return json.dumps(self.frames.pop(0)["data"])

    def close(self) -> None:
        self.closed = True


@contextmanager
def played(path: Path) -> Iterator[Opener]:
    """Play a cassette of frames, whole; there is none where no socket was opened."""
    sockets = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    player = Player(sockets)
    yield player
    assert not player.sockets, f"{path.name}: recorded sockets were not opened"


def keep(recorder: Recorder, path: Path) -> None:
    """Write a cassette of frames, if a socket was opened at all."""
    path.unlink(missing_ok=True)
    if recorder.sockets:
        text = json.dumps(recorder.sockets, indent=1, ensure_ascii=False) + "\n"
        path.write_text(text, encoding="utf-8")
