"""What Forgejo's refusals mean, as `afk.errors`; pure.

Owns the table from an unwelcome answer to an exception. Must do no I/O.

Bodies are never relied on: a 403 is JSON, empty or a page of HTML depending on version and route
(``forgejo/14.0.0/051-labels-add-without-write`` is empty, ``forgejo/11.0.15/051-...`` is HTML),
404 may be ``null`` or plain text (``143-commits-unknown-branch``, ``008-no-such-endpoint``), and
Forgejo's own 401 repeats the token that it refuses (16 does, contract suite).
"""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from httpx import codes

from afk.adapters.http import Answer
from afk.adapters.wire import retry_after
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TokenError,
)

_SCOPE = re.compile(r"required scope\(s\): \[([^\]]*)\]")
_REPOSITORY = re.compile(r"/repos/([^/]+/[^/]+)")
_PUBLIC_ONLY: Final = "token scope is limited to public"
_REVOKED: Final = "the token was revoked, has expired or is incomplete"


class Forbidden(TokenError, Refused):
    """A refusal because the token's account lacks a right: both of these, for whoever asks."""

    def __init__(self, what: str, *, status: int, body: str, cause: str, next_step: str) -> None:
        """``cause`` names the right; ``status`` and ``body`` are those of `Refused`."""
        Refused.__init__(self, what, status=status, body=body, next_step=next_step)
        self.cause = cause


def error_of(answer: Answer, what: str, *, repo: str = "") -> AfkError:
    """Return the exception an unwelcome answer stands for.

    ``what`` is the attempt in words ("reading owner/app#7"); ``repo`` the name that was asked
    for, so that a redirect can be told from a move.
    """
    status = answer.status
    told = f"{what} failed: Forgejo answered {status}"
    if codes.is_redirect(status):
        return _redirected(answer, told, repo)
    if status == codes.UNAUTHORIZED:
        return TokenError(
            told,
            cause=_REVOKED if answer.is_json else answer.excerpt or _REVOKED,
            next_step="create a token under Settings, Applications, and put it into AFK_TOKEN "
            "(in a workflow: the secret of that name)",
        )
    if status == codes.FORBIDDEN:
        return _forbidden(answer, told)
    if status in (codes.NOT_FOUND, codes.GONE):
        return NotFound(
            told,
            cause="it is gone, or this token may not see it",
            next_step="check the name, and that the token's account is a collaborator",
        )
    if status == codes.TOO_MANY_REQUESTS:
        # Forgejo has no limiter of its own; a proxy in front of it may.
        return RateLimited(told, retry_at=retry_after(answer.headers))
    if codes.is_server_error(status):
        return ServerFault(told, cause=answer.excerpt or "the server is in trouble")
    if codes.is_client_error(status):
        return Refused(told, status=status, body=answer.excerpt)
    return ServerFault(told, cause="a proxy stands in front, or this is not Forgejo")


def missing_scope(answer: Answer) -> str:
    """Return the scope a 403 asks for, such as ``read:user``; empty when it is no such 403.

    Seen in ``178-scope-missing-read-issue`` to ``182-scope-missing-read-user``.
    """
    if answer.status != codes.FORBIDDEN:
        return ""
    found = _SCOPE.search(answer.excerpt)
    return found[1] if found else ""


def moved_to(answer: Answer) -> str:
    """Return ``owner/name`` out of a redirect's Location; empty when it names no repository.

    A renamed or transferred repository answers 301 (Forgejo 14) or 307 (11) for every method,
    with its present name in a relative Location (``123-renamed-repo-issues``,
    ``125-transferred-repo-issue``).
    """
    if not codes.is_redirect(answer.status):
        return ""
    try:
        path = urlsplit(answer.headers.get("location", "")).path
    except ValueError:  # such as http://[::1
        return ""
    found = _REPOSITORY.search(path)
    return unquote(found[1]) if found else ""


def _redirected(answer: Answer, told: str, repo: str) -> AfkError:
    new = moved_to(answer)
    if repo and new and new.casefold() != repo.casefold():
        return RepositoryMoved(repo, new)
    return ServerFault(
        f"{told}, a redirect",
        cause="the server stands behind another address than the one configured",
        next_step="open the address in a browser and configure the one it ends at",
    )


def _forbidden(answer: Answer, told: str) -> AfkError:
    if scope := missing_scope(answer):
        return TokenError(
            told,
            cause=f"the token lacks the scope {scope}",
            next_step=f"create a token with {scope} and set it in place of this one",
        )
    if answer.excerpt.startswith(_PUBLIC_ONLY):
        # 183-public-only-private-repo
        return TokenError(
            told,
            cause="the token is limited to public repositories",
            next_step="create a token with access to all repositories",
        )
    if answer.method not in ("GET", "HEAD"):
        # 051-labels-add-without-write: empty in 14, a page of HTML in 11
        return Forbidden(
            told,
            status=answer.status,
            body=answer.excerpt,
            cause="the token's account lacks write permission on the repository's issues",
            next_step="make the account a collaborator with write permission there",
        )
    return Refused(
        told,
        status=answer.status,
        body=answer.excerpt,
        next_step="give the token's account write permission on the repository",
    )
