"""A second terminal beside `afk sandbox`: reads what it printed, runs afk, presses buttons."""

import io
import re
import shlex
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
from support.pages import secret

from afk.cli import main
from afk.environment.process import Outside

PATIENCE: Final = 20.0
"""Seconds of real time within which something has to have happened."""


@dataclass(frozen=True)
class Shell:
    """A second terminal, in which what the sandbox printed was pasted."""

    page: str
    environ: dict[str, str]

    def afk(self, *arguments: str) -> tuple[int, str]:
        """Run an afk command on the real clock."""
        out = io.StringIO()
        outside = Outside(
            environ=self.environ, stdout=out, now=lambda: datetime.now(UTC), sleep=time.sleep
        )
        return main(arguments, outside), out.getvalue()

    def get(self, path: str) -> str:
        """Return a page."""
        with self._client() as client:
            return client.get(self.page + path, follow_redirects=True).text

    @staticmethod
    def _client() -> httpx.Client:
        # Plain HTTP on loopback, where a context for TLS would take the longest of all.
        return httpx.Client(trust_env=False, verify=False)  # noqa: S501  see above

    def press(self, path: str, act: str, **fields: str) -> None:
        """Press a button."""
        form = {"secret": secret(self.get(path)), "act": act, **fields}
        with self._client() as client:
            assert client.post(self.page + path, data=form).status_code == 303

    def tick_until(self, path: str, words: str) -> str:
        """Tick until a page shows something, and return it."""
        until = time.monotonic() + PATIENCE
        while words not in (page := self.get(path)):
            assert time.monotonic() < until, page
            code, said = self.afk("tick")
            assert code == 0, said
            time.sleep(0.2)
        return page


def pasted(printed: str) -> Shell:
    """Read what was printed as a shell would."""
    found = re.search(r"^export .*?(?=^$)", printed, re.MULTILINE | re.DOTALL)
    assert found is not None
    words = [word for word in shlex.split(found[0]) if word != "export"]
    environ = dict(word.split("=", 1) for word in words)
    page = re.search(r"http://127\.0\.0\.1:\d+(?=\n)", printed)
    assert page is not None
    return Shell(page[0], environ)
