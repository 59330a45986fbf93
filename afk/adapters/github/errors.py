"""What GitHub's refusals mean: pure functions from an answer to `afk.errors`.

Owns the whole error vocabulary of the GitHub adapter, REST and GraphQL. Sends nothing, knows no
clock: a pause that a server names in seconds counts from the answer's own ``date``.

=========================================  =====================================================
answer                                     error
=========================================  =====================================================
401                                        `TokenError` (recordings 127, 152)
403 or 429 that a limit explains           `RateLimited`: remaining 0 (115), ``retry-after`` in
                                           seconds or as a date (116, 119, 120),
                                           ``gh-limited-by`` (117, 121), the text alone (118)
403 "Resource not accessible by ...",      `TokenError` naming the permission
"Must have ..."                            (``x-accepted-github-permissions``; 019, 128, 129)
403 or 451 by an owner's own rules         their cause (`shut_out`)
404, 410                                   `NotFound` (012, 130, 139)
3xx to ``/repositories/<id>``              `RepositoryMoved`, the new name still unknown (123, 125)
every other 4xx, unless it is HTML         `Refused` (014, 042, 106, 107, 153)
anything else, 5xx above all               `ServerFault` (131)
=========================================  =====================================================

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import re
from datetime import UTC, datetime
from typing import Final

from httpx import codes

from afk.adapters.http import Answer
from afk.adapters.wire import instant, retry_after
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TokenError,
)

GONE: Final = frozenset({codes.NOT_FOUND, codes.GONE})
_LIMITED: Final = frozenset({codes.FORBIDDEN, codes.TOO_MANY_REQUESTS})
_LIMIT_TEXT: Final = ("rate limit", "abuse detection")
_NO_RIGHT_TEXT: Final = ("resource not accessible", "must have ")
_SHUT_OUT: Final = (
    (
        "ip allow list",
        False,
        "its owner lets in listed addresses only, and this runner's is not among them",
        "add the runner's address to the owner's IP allow list, or run afk on a runner inside it",
    ),
    (
        "saml",
        True,
        "its owner asks for single sign-on, which this token has not gone through",
        "authorise the token for the organisation (Settings, Tokens, Configure SSO)",
    ),
    (
        "forbids access via",
        True,
        "its owner's policy does not take a token of this kind or lifetime",
        "create a token as the policy in the message says, or use an app's",
    ),
    (
        "access blocked",
        False,
        "GitHub or its owner has blocked the repository",
        "take it out of the allowlist, or have the block lifted",
    ),
)
"""What an owner's own rules say: a phrase of GitHub's, whether the token is to blame, cause, step.

https://docs.github.com/en/organizations/keeping-your-organization-secure
https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""
_TOLD: Final = 300
_BY_ID: Final = re.compile(r"/repositories/([0-9]{1,18})(?:/|$)")


def failure(answer: Answer, *, repo: str = "") -> AfkError:
    """Return the error that an unsuccessful answer stands for.

    ``repo`` is the name that was asked for, for `RepositoryMoved`.
    """
    what = f"{answer.method} {answer.url} was answered {answer.status}"
    limit = rate_limit(answer)
    if limit is not None:
        return limit
    if answer.status == codes.UNAUTHORIZED:
        return TokenError(
            f"{what}: {answer.excerpt}",
            cause="the GitHub token is wrong, expired or revoked",
            next_step="put a valid one into AFK_TOKEN (in a workflow: the secret of that name)",
        )
    if moved_to_id(answer) is not None:
        return RepositoryMoved(repo, "")
    if codes.is_server_error(answer.status) or "html" in answer.headers.get("content-type", ""):
        return ServerFault(
            what, cause="GitHub is in trouble, or a proxy in front of it answered instead"
        )
    if answer.status in GONE:
        return NotFound(what, cause=f"{answer.excerpt}: gone, or hidden from this token")
    if shut := shut_out(f"{what}: {answer.excerpt}", answer.status):
        return shut
    if answer.status == codes.FORBIDDEN and _says(answer.excerpt, _NO_RIGHT_TEXT):
        wanted = answer.headers.get("x-accepted-github-permissions", "")
        return missing_right(f"{what}: {answer.excerpt}", wanted)
    if codes.is_client_error(answer.status):
        return Refused(what, status=answer.status, body=answer.excerpt)
    return ServerFault(what, cause="not an answer that GitHub documents for this request")


def shut_out(what: str, status: int = codes.FORBIDDEN) -> AfkError | None:
    """Return the error for an owner that lets this token or runner not in, None for others."""
    for phrase, of_token, cause, next_step in _SHUT_OUT:
        if phrase in what.lower():
            if of_token:
                return TokenError(what, cause=cause, next_step=next_step)
            return Refused(what, status=status, body=cause, next_step=next_step)
    return None


def missing_right(what: str, wanted: str) -> TokenError:
    """Return the error for a token that lacks a permission, ``wanted`` as far as known."""
    return TokenError(
        what,
        cause=f"the token lacks the permission {wanted}" if wanted else "the token lacks a right",
        next_step="grant it (in a workflow: under permissions), or use an account that has it; "
        "checks cannot be granted to fine-grained personal access tokens",
    )


def rate_limit(answer: Answer) -> RateLimited | None:
    """Return the rate limit that an answer speaks of, primary or secondary, or None."""
    if answer.status not in _LIMITED:
        return None
    headers = answer.headers
    after = retry_after(headers)
    spent = headers.get("x-ratelimit-remaining") == "0"
    named = "retry-after" in headers or "gh-limited-by" in headers or spent
    told = answer.status == codes.TOO_MANY_REQUESTS or _says(answer.excerpt, _LIMIT_TEXT)
    if not (named or told):
        return None
    return limited(
        "primary" if spent and after is None else "secondary",
        after or (reset_at(answer) if spent else None),
    )


def limited(which: str, retry_at: datetime | None) -> RateLimited:
    """Return the error for a limit, ``which`` being primary or secondary."""
    return RateLimited(f"GitHub's {which} rate limit is reached", retry_at=retry_at)


def reset_at(answer: Answer) -> datetime | None:
    """Return when the primary limit is reset, as ``x-ratelimit-reset`` (epoch seconds) says."""
    try:
        at = int(answer.headers.get("x-ratelimit-reset", ""))
        return instant(datetime.fromtimestamp(at, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def moved_to_id(answer: Answer) -> int | None:
    """Return the id of the repository that a redirect leads to, or None.

    GitHub redirects to ``/repositories/<id>`` (recordings 123, 125, 126). Only the id is taken:
    an address out of an answer is never followed, the token would go along.
    """
    found = _BY_ID.search(answer.headers.get("location", ""))
    return int(found[1]) if found and codes.is_redirect(answer.status) else None


def already_exists(answer: Answer) -> bool:
    """Say whether a 422 means that the thing to create is there already.

    None is recorded for a label; the shape is a release's (043), as 042 has a label's.
    """
    if answer.status != codes.UNPROCESSABLE_ENTITY:
        return False
    data = answer.json
    listed = data.get("errors") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        return False
    return any(isinstance(one, dict) and one.get("code") == "already_exists" for one in listed)


def told(answer: Answer) -> str:
    """Return all that a refusal says: its message, and those of its ``errors`` (014, 099)."""
    data = answer.masked if answer.is_json else None
    listed = data.get("errors") if isinstance(data, dict) else None
    entries = listed if isinstance(listed, list) else ()
    named = (one.get("message") for one in entries if isinstance(one, dict))
    texts = [answer.excerpt, *(one for one in named if isinstance(one, str))]
    return " ".join("; ".join(texts).split())[:_TOLD]


def _says(text: str, phrases: tuple[str, ...]) -> bool:
    lowered = text.lower()
    return any(phrase in lowered for phrase in phrases)
