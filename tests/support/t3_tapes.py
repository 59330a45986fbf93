"""What is left out of cassettes of T3's protocol 2: secrets, other tests' threads, idle bytes."""

import json
import re
from pathlib import Path
from typing import Any, Final

import yaml

UNREAD: Final = frozenset(
    {"nodes", "providerSessions", "checkpointScopes", "checkpoints", "visibleTurnItems"}
)
_TICKET: Final = re.compile(rb'"ticket":"[^"]*"')


def without_unread(body: bytes) -> bytes:
    """Leave out what opens a socket of T3's, and of its threads what afk does not read."""
    body = _TICKET.sub(rb'"ticket":"TICKET"', body)
    if b'"projection"' not in body:
        return body
    data = json.loads(body)
    for name in UNREAD & set(data["projection"]):
        data["projection"][name] = []
    return json.dumps(data, separators=(",", ":")).encode()


def tidy(path: Path, facts: dict[str, Any]) -> None:
    """Leave other tests' threads out of what a T3 of protocol 2 shows."""
    tape = yaml.safe_load(path.read_text(encoding="utf-8"))
    for one in tape["interactions"]:
        body = one["response"]["body"]
        if "archivedThreads" in str(body["string"]):
            shell = json.loads(body["string"])
            for name in ("threads", "archivedThreads"):
                shell[name] = [each for each in shell[name] if each["id"] in facts.values()]
            body["string"] = json.dumps(shell, separators=(",", ":"))
    path.write_text(yaml.safe_dump(tape), encoding="utf-8")
