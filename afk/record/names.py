"""Deterministic names: any tick on any machine computes the same ids for the same run.

Pure. A run id never depends on names that people can change (repository, login) nor on a
forge's opaque node ids. T3 ids may be any non-empty string and are chosen by the client.
"""

import re
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from afk.types import Event, Issue, IssueKey

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/afk-control-plane/afk")
_COMPUTED: Final = 5
"""The version of UUIDs that are made of a name."""
MAX_ATTEMPTS: Final = 5
"""Attempts at a thread or message that are looked for where no record tells."""
_TITLE = re.compile(
    r"\[afk (?P<short>[0-9a-f]{8})\] "
    r"(?P<repo>[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100})#(?P<number>[1-9][0-9]{0,9})"
)
_LARGEST_ISSUE: Final = 2**31 - 1
"""GitHub's GraphQL takes no larger number, and refuses the whole query that holds one."""


@lru_cache(maxsize=1024)
def _derive(*parts: str | int) -> str:
    """Return uuid5 of the parts; the separator cannot occur in any of them.

    Whenever an issue's records are looked at, the same few are worked out again.
    """
    return str(uuid.uuid5(_NAMESPACE, "\n".join(str(part) for part in parts)))


def run_id(
    *, host: str, repository_id: int, issue: int, at: datetime, actor_id: int, event: str
) -> str:
    """Return the run's id: one approved application of the ready label to one issue.

    ``event`` is the label event's id where it is stable (Forgejo), else empty.
    """
    instant = at.astimezone(UTC).isoformat()
    return _derive("run", host.lower(), repository_id, issue, instant, actor_id, event)


def run_id_of(host: str, issue: Issue, application: Event) -> str:
    """Return the id of the run that an application of the ready label asks for."""
    return run_id(
        host=host,
        repository_id=issue.repo.id,
        issue=issue.number,
        at=application.at,
        actor_id=application.actor.id,
        event=application.key,
    )


def short(run: str) -> str:
    """Return the eight characters people see."""
    return run[:8]


def branch(run: str, issue: int) -> str:
    """Return the branch that a run works on where it lands by pull request."""
    return f"afk/{issue}-{short(run)}"


def thread_id(run: str, attempt: int) -> str:
    """Return the id of a run's thread; a deleted id can never be used again in T3."""
    return _derive("thread", run, attempt)


def message_id(run: str, turn: int, attempt: int) -> str:
    """Return the id of a turn's user message."""
    return _derive("message", run, turn, attempt)


def command_id(run: str, step: str, attempt: int) -> str:
    """Return an idempotency key; T3 remembers accepted and rejected ones for ever."""
    return _derive("command", run, step, attempt)


def is_computed(identifier: str) -> bool:
    """Say whether an id can be one of those made here; T3's own window makes random ones."""
    try:
        made = uuid.UUID(identifier)
    except ValueError:
        return False
    return str(made) == identifier and made.version == _COMPUTED


def project_id(workspace: str, attempt: int) -> str:
    """Return the id of the T3 project of a folder on T3's host."""
    return _derive("project", workspace, attempt)


def title(run: str, key: IssueKey) -> str:
    """Return a thread's title; it is how a tick finds a run whose record was deleted."""
    return f"[afk {short(run)}] {key}"


@lru_cache(maxsize=16_384)
def parse_title(text: str) -> tuple[str, IssueKey] | None:
    """Return short run id and issue of an afk thread's title, None for any other title.

    A title is a hint: whoever may rename a thread writes it. A tick asks of each time and again.
    """
    match = _TITLE.fullmatch(text)
    if match is None or int(match["number"]) > _LARGEST_ISSUE:
        return None
    return match["short"], IssueKey(match["repo"], int(match["number"]))


def is_of(title: str, run: str) -> bool:
    """Say whether a thread's title names a run, of which "" is none."""
    named = parse_title(title)
    return named is not None and named[0] == short(run)


def parse_key(text: str) -> IssueKey | None:
    """Return the issue that ``owner/name#7`` names, None for any other text."""
    match = re.fullmatch(r"([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)#([1-9][0-9]{0,9})", text.strip())
    if match is None or int(match[2]) > _LARGEST_ISSUE:
        return None
    return IssueKey(match[1], int(match[2]))
