"""Calls over T3's socket in the terms of the table of edges: ``POST /ws``, with what they ask.

A call that succeeded counts as a 200, one that T3 refused as a 500: the socket has no statuses.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from support.operations import Asked, Server


def call(frame: Mapping[str, Any]) -> Asked:
    """Return a call's frame as a request."""
    payload = frame.get("payload")
    kind = payload.get("type") if isinstance(payload, dict) else None
    command = str(kind or frame.get("tag"))
    return Asked(server=Server.T3, method="POST", path="/ws", command=command)


def status(frame: Mapping[str, Any]) -> int:
    """Return how a call's end counts."""
    return 200 if frame["exit"]["_tag"] == "Success" else 500


def exchanges(frames: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Asked, int]]:
    """Yield each call of a socket that was answered."""
    asked: dict[object, Asked] = {}
    for one in frames:
        data = one.get("data")
        if not isinstance(data, dict):
            continue
        if one["dir"] == "out" and data.get("_tag") == "Request":
            asked[data["id"]] = call(data)
        elif data.get("_tag") == "Exit" and data["requestId"] in asked:
            yield asked.pop(data["requestId"]), status(data)


def taped_calls(cassette: Path) -> Iterator[tuple[Asked, int]]:
    """Yield the calls recorded beside a cassette."""
    path = cassette.with_suffix(".frames.json")
    for socket in json.loads(path.read_text(encoding="utf-8")) if path.exists() else ():
        yield from exchanges(socket["frames"])


def protocol_of(folder: str) -> int:
    """Return which protocol a folder of T3's cassettes is of."""
    return 2 if folder.startswith("t3-v2") else 1


def spoken_in(request: str) -> frozenset[int]:
    """Return the protocols that a request of T3's belongs to."""
    second = " /ws" in request or "websocket-ticket" in request
    first = request.endswith("/snapshot") or "/dispatch" in request
    return frozenset({2} if second else {1} if first else {1, 2})
