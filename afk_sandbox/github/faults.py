"""GitHub's rate limits as faults, for a hook of `github_app` to strike with at will.

Each is the answer in place of the request (`Fault`, ``before``). Shapes: recordings ``github/115``
(primary), ``116`` to ``121`` (secondary, told in a different way each time); GraphQL's:
https://github.com/github/docs/issues/22607.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from afk_sandbox.faults import Fault
from afk_sandbox.forge.request_log import http_date
from afk_sandbox.github.answers import JSON

_TEXT: Final = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_LIMITS: Final = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
_SECONDARY: Final = f"{_LIMITS}#about-secondary-rate-limits"
_EXCEEDED: Final = "API rate limit exceeded for user ID 1."


def primary(now: datetime, *, reset_in: float = 600) -> Fault:
    """Return the refusal of an account that has spent its hour's requests."""
    body = {"message": _EXCEEDED, "documentation_url": _LIMITS}
    return _fault(403, now, body, _spent(now, reset_in, "core"))


def secondary(now: datetime, *, after: str = "60", status: int = 403) -> Fault:
    """Return the refusal of one who asks too fast.

    ``after``: the ``retry-after``, seconds or a date; empty: only the text tells.
    """
    body = {"message": _TEXT, "documentation_url": _SECONDARY}
    return _fault(status, now, body, {"retry-after": after} if after else {})


def graphql(now: datetime, *, reset_in: float = 600) -> Fault:
    """Return GraphQL's answer when the hour's points are spent: HTTP 200."""
    body = {"errors": [{"type": "RATE_LIMITED", "message": _EXCEEDED}]}
    return _fault(200, now, body, _spent(now, reset_in, "graphql"))


def _spent(now: datetime, reset_in: float, resource: str) -> dict[str, str]:
    reset = now + timedelta(seconds=reset_in)
    return {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-used": "5000",
        "x-ratelimit-reset": str(int(reset.timestamp())),
        "x-ratelimit-resource": resource,
    }


def _fault(status: int, now: datetime, body: Any, headers: Mapping[str, str]) -> Fault:
    named = {"date": http_date(now), **headers}
    return Fault("before", status, json.dumps(body).encode(), JSON, named)
