"""A thread's line in T3's overview moves with whatever happens in it, as recordings show.

On this rests that bodies are not read of a thread that has not moved (`afk.decide.unmoved_thread`).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from support.cassettes import RECORDINGS

BODIES = {
    "0.0.28": ("messages", "activities", "checkpoints", "latestTurn", "session"),
    "0.0.32": ("messages", "activities", "checkpoints", "latestTurn", "session"),
    "v2-0.0.33": ("runs", "messages", "turnItems", "runtimeRequests", "checkpoints"),
}


def times(value: Any) -> Iterator[datetime]:
    """Every time that something happened at, at any depth."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name.endswith("At") and isinstance(one, str):
                yield datetime.fromisoformat(one)
            else:
                yield from times(one)
    if isinstance(value, list):
        for one in value:
            yield from times(one)


def threads(version: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, line and bodies of every thread that was recorded whole."""
    for path in sorted((RECORDINGS / "t3" / version).glob("*-thread.json")):
        recorded = json.loads(path.read_text(encoding="utf-8"))
        answer = recorded.get("response") or {} if isinstance(recorded, dict) else {}
        shown = answer.get("body")
        found = shown.get("projection") or shown.get("thread") if isinstance(shown, dict) else None
        if isinstance(found, dict):
            yield path.stem, found.get("thread") or found, found


@pytest.mark.parametrize("version", BODIES)
def test_bodies__whatever_happened__nothing_is_younger_than_the_line(version: str) -> None:
    lively = 0
    for name, line, whole in threads(version):
        moved = datetime.fromisoformat(line["updatedAt"])
        happened = [at for part in BODIES[version] for at in times(whole.get(part))]
        assert max(happened, default=moved) <= moved, name
        lively += bool(happened)
    assert lively > 10
