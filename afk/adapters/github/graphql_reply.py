"""GitHub's GraphQL envelope: data, and the errors that came with it, told apart; pure.

Owns what an answer of ``POST /graphql`` means before anybody looks into its data. Sends nothing.

HTTP 200 says little here: a missing thing is 200 with ``data.<field>`` null, a ``path`` and a
``type`` (recording 143), a query that does not fit the schema is 200 without ``data`` (154,
155), a spent budget is 200 with the type RATE_LIMITED or, seen since 2026, RATE_LIMIT
(https://github.com/yanyongyu/githubkit/issues/271). A bad token is HTTP 401 in REST's form (152).
An answer that ran out of time or resources is partial: nothing in it is believed, nor in one
with an error of an unknown kind somewhere below an alias
(https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from afk.adapters.github.errors import failure, limited, missing_right, reset_at, shut_out
from afk.adapters.http import Answer
from afk.errors import AfkError, NotFound, Refused, ServerFault

_LIMIT_TYPES: Final = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
_LOCAL_TYPES: Final = frozenset({"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES", "UNPROCESSABLE"})
_HIDING_TYPES: Final = frozenset({"NOT_FOUND", "FORBIDDEN"})
_SHALLOW: Final = 2
_EXHAUSTED_TYPES: Final = frozenset({"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"})
_TOLERATED: Final = frozenset({"actor", "author", "editor", "closer", "commit", "blockedBy"})
_PERMISSIONS: Final = {
    "deployments": "deployments: read",
    "workflowRun": "actions: read",
    "contexts": "checks: read and statuses: read",
    "statusCheckRollup": "checks: read and statuses: read",
    "checkSuites": "checks: read",
    "issue": "issues: read",
    "history": "contents: read",
    "pullRequest": "pull-requests: read",
    "pullRequests": "pull-requests: read",
}
_EXCERPT: Final = 300


class Exhausted(ServerFault):
    """The query asked for more than GitHub computes for one; a smaller one may pass."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of ``errors``: its type (may be empty), its path in the answer, its message."""

    kind: str
    path: tuple[str | int, ...]
    message: str

    @property
    def alias(self) -> str:
        """Return the top-level field it belongs to; empty: the whole answer."""
        return str(self.path[0]) if self.path else ""

    @property
    def absence(self) -> bool:
        """Say whether the very thing asked for does not exist, or not for this token."""
        return self.kind == "NOT_FOUND" and len(self.path) <= _SHALLOW

    @property
    def local(self) -> bool:
        """Say whether it concerns one alias only; all else makes the whole answer worthless."""
        if self.kind in _LOCAL_TYPES:
            return bool(self.path)
        return len(self.path) == 1 and not self.exhausted

    @property
    def limited(self) -> bool:
        """Say whether it tells of a rate limit, by type or, without one, by text."""
        return self.kind in _LIMIT_TYPES or (not self.kind and "rate limit" in self.message.lower())

    @property
    def exhausted(self) -> bool:
        """Say whether GitHub gave up over the query's size."""
        return self.kind in _EXHAUSTED_TYPES or "resource limits" in self.message.lower()

    @property
    def error(self) -> AfkError:
        """Return what it means where nothing else is known."""
        what = f"GraphQL, {'.'.join(map(str, self.path)) or 'the whole query'}: {self.message}"
        if self.kind == "NOT_FOUND":
            return NotFound(what)
        if self.kind in {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
            if shut := shut_out(what):
                return shut
            wanted = [_PERMISSIONS[part] for part in self.path if part in _PERMISSIONS]
            return missing_right(what, wanted[-1] if wanted else "")
        if self.exhausted:
            return Exhausted(what, cause="the query asks for too much at once")
        if self.kind == "UNPROCESSABLE":
            return Refused(what, status=422, body=self.message)
        return ServerFault(what, cause="the query took too long, or GitHub is in trouble")

    def hides(self, names: Collection[str]) -> bool:
        """Say whether all it does is to hide something below a field of one of these names."""
        return self.kind in _HIDING_TYPES and any(part in names for part in self.path)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer's data by top-level alias, and the problems that came with it."""

    data: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()

    def get(self, alias: str, *, without: Collection[str] = ()) -> Any:
        """Return an alias's data, None where it does not exist; raises any other problem.

        Tolerated are hidden details whose absence decides nothing in anyone's favour: an
        account, closer or commit out of sight is null, and null convinces nobody; a blocker out
        of sight counts as open. So are the fields that the caller says it can do ``without``.
        """
        tolerated = _TOLERATED.union(without)
        for problem in self.problems:
            if problem.alias == alias and not problem.absence and not problem.hides(tolerated):
                raise problem.error
        return self.data.get(alias)


def read(answer: Answer) -> Reply:
    """Return data and problems; raises what concerns the whole answer."""
    if not answer.ok:
        raise failure(answer)
    body = answer.json
    if not isinstance(body, dict):
        raise ServerFault("GraphQL was answered with something else than an object")
    told = body.get("errors") or ()
    if not isinstance(told, list | tuple):
        raise ServerFault("GraphQL was answered with errors that are no list")
    problems = tuple(_problem(one, answer.mask) for one in told)
    if any(one.limited for one in problems):
        spent = answer.headers.get("x-ratelimit-remaining") == "0"
        raise limited("primary", reset_at(answer)) if spent else limited("secondary", None)
    data = body.get("data")
    if not isinstance(data, dict):
        raise _no_data(problems)
    for one in problems:
        if not one.local:
            raise one.error
    return Reply(data, problems)


def _no_data(problems: Sequence[Problem]) -> AfkError:
    """Return the error for an answer without data: the query's fault, or GitHub's."""
    for one in problems:
        if one.kind or one.exhausted:
            return one.error
    if not problems or any("something went wrong" in one.message.lower() for one in problems):
        return ServerFault(
            "GraphQL was answered without data",
            cause="the query took too long, or GitHub is in trouble",
        )
    text = "; ".join(one.message for one in problems)[:_EXCERPT]
    return Refused("GraphQL refused the query", status=200, body=text)


def _problem(entry: Any, mask: Callable[[str], str]) -> Problem:
    fields = entry if isinstance(entry, dict) else {}
    kind, path, message = fields.get("type"), fields.get("path"), fields.get("message")
    steps = path if isinstance(path, list) else ()
    return Problem(
        kind if isinstance(kind, str) else "",
        tuple(one for one in steps if isinstance(one, str | int)),
        mask(message)[:_EXCERPT] if isinstance(message, str) else "",
    )
