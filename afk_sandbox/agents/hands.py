"""What a scripted agent can do to a forge's repositories, and what it may be told there.

`Hands` is all it needs of a forge; the sandbox's world has one. What a turn on the way of a pull
request asks for is read from its text: a commit to rebase onto and the head it replaces.
"""

import re
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A commit to push. ``actor`` is a login.

    ``base``: where a branch that is not there yet starts; the default branch's tip without one.
    ``touch``: the line to write, as ``app.py:3`` or ``app.py:3=text``; a file of its own without
    one. ``amend``: in place of the branch's tip, so that history is rewritten.
    """

    repo: str
    branch: str
    message: str
    actor: str
    base: str = ""
    touch: str = ""
    amend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebase:
    """A branch whose own commits are to be made anew on another one, and pushed with a lease.

    ``lease``: what the branch's tip must be then, anything without one.
    """

    repo: str
    branch: str
    onto: str
    lease: str
    actor: str


class PushRefused(Exception):
    """The forge does not take the push; the agent says so and ends its turn."""


class Hands(Protocol):
    """A forge's repositories, as far as an agent needs them."""

    def push(self, push: Push) -> str:
        """Commit and push; returns the sha. May raise `PushRefused`."""

    def rebase(self, rebase: Rebase) -> str:
        """Rebase and push, its own text where lines conflict; the new tip. `PushRefused`."""

    def open_pull(self, repo: str, branch: str, title: str, body: str, actor: str) -> str:
        """Open a pull request; returns its number, or why there is none."""


def asked_rebase(text: str) -> tuple[str, str] | None:
    """Return the commit to rebase onto and the head expected there; None where none is asked.

    As ``rebase the branch B onto commit <sha>`` and ``--force-with-lease=B:<sha>`` say it.
    """
    onto = re.search(r"\brebase the branch \S+ onto commit ([0-9a-f]{7,64})\b", text)
    lease = re.search(r"--force-with-lease=\S+?:([0-9a-f]{7,64})\b", text)
    return (onto[1], lease[1] if lease else "") if onto else None
