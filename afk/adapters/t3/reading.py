"""Where T3 Code's overview comes from: its shell, or the snapshot of a server that has none.

Owns which of the two is believed. Servers before the middle of 0.0.28 know neither ``/shell`` nor
``/threads/:id``; their snapshot carries all bodies. Newer ones have both, and send the snapshot
without bodies: taken for the overview, it would show an agent at work as one that never started.
So a shell that answers like an unknown address proves nothing by itself. It is missing only if the
other address that came with it is missing as well, twice over, and the snapshot is a whole one. In
every other case it is T3's trouble, or that of a gateway in front, and nothing is concluded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from afk.adapters.http import Answer, Http
from afk.adapters.t3.errors import failure, route_missing
from afk.adapters.t3.wire import Thread
from afk.errors import ServerFault

SHELL: Final = "/api/orchestration/shell"
SNAPSHOT: Final = "/api/orchestration/snapshot"
THREADS: Final = "/api/orchestration/threads/"
_NOBODY: Final = f"{THREADS}afk-asks-whether-this-address-is-known"
_READING: Final = "reading the threads"


@dataclass(slots=True, kw_only=True)
class Reading:
    """What one server turned out to have; ``shell_missing`` is remembered once it is proven."""

    http: Http
    shell_missing: bool = False

    def overview(self) -> Answer:
        """Return the answer of the shell, or of the snapshot where there is no shell.

        Raises what a shell stands for that has an answer it should not have.
        """
        if self.shell_missing:
            return self.http.get(SNAPSHOT)
        shell = self.http.get(SHELL)
        if not route_missing(shell):
            return shell
        whole = self.http.get(SNAPSHOT)
        # A gateway's page while a server restarts looks like a missing shell, but only once.
        shell = self.http.get(SHELL)
        if not route_missing(shell) or not (whole.ok and whole.is_json):
            return shell
        if not route_missing(self.http.get(_NOBODY)):
            raise failure(shell, _READING)
        self.shell_missing = True
        return whole

    def check(self, threads: Iterable[Thread]) -> None:
        """Refuse a snapshot that stands for the shell and lacks what only a whole one has."""
        if self.shell_missing and any(one.lacks_bodies for one in threads):
            self.shell_missing = False
            raise ServerFault(
                f"{self.http.name} sends its snapshot without messages, but shows no shell",
                cause="a gateway in front of it answers for the shell",
                next_step="a later tick tries again; compare what T3 and the gateway answer at "
                f"{SHELL}",
            )
