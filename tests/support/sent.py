"""What contract tests send to the sandboxes, kept in ``tests/contract/sent.json``.

``make docs`` runs those tests with a `Writer` as pytest's plugin and writes the file; every other
run holds each test to it, so that the table of edges cannot rot.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import pytest
from support.operation_tables import OPERATIONS
from support.operations import Asked, Operation, Server, asked

SENT: Final = Path(__file__).parent.parent / "contract" / "sent.json"

Sources = dict[str, dict[str, list[str]]]


def operation_of(request: Asked) -> Operation:
    """Return the one operation that a request is; fails for none, and for several."""
    found = [one for one in OPERATIONS if one.fits(request)]
    names = [one.key for one in found]
    assert len(found) == 1, f"{request} is {names or 'no operation of operation_tables.py'}"
    return found[0]


@dataclass
class Sent:
    """What one test sent to one server: what it was and how it was answered."""

    server: Server
    exchanges: list[tuple[Asked, int]] = field(default_factory=list)

    def note(self, response: httpx.Response) -> None:
        """Take down an exchange; a hook of httpx's."""
        one = response.request
        request = asked(self.server, one.method, str(one.url), "", one.content)
        self.exchanges.append((request, response.status_code))

    def note_call(self, request: Asked, status: int) -> None:
        """Take down a call over a socket."""
        self.exchanges.append((request, status))

    def lines(self) -> list[str]:
        """Return each operation with each status it was answered with, once."""
        return sorted({f"{status} {operation_of(one).key}" for one, status in self.exchanges})


@dataclass(eq=False)
class Writer:
    """A plugin of pytest's that collects what every test sent."""

    sources: Sources = field(default_factory=dict)

    def write(self) -> None:
        """Write the file."""
        text = json.dumps(self.sources, indent=1, sort_keys=True) + "\n"
        SENT.write_text(text, encoding="utf-8")


def settle(config: pytest.Config, source: str, test: str, sent: Sent) -> None:
    """Hand over to the `Writer` what a test sent, or hold it to what the file says."""
    lines = sent.lines()
    for writer in config.pluginmanager.get_plugins():
        if isinstance(writer, Writer):
            writer.sources.setdefault(source, {})[test] = lines
            return
    known = read().get(source, {}).get(test)
    assert known == lines, f"{test} sends otherwise than {SENT.name} says: make docs"


def read() -> Sources:
    """Return what the file says: source -> test -> lines."""
    data: Sources = json.loads(SENT.read_text(encoding="utf-8"))
    return data
