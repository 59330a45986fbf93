"""Compares what the sandbox's GitHub answers with what a real one was recorded to answer.

The view shows the newest shape, recordings are of many years: every key of a recording must be
there with the same value, more keys may be. Not equal can be what the server makes up (`MADE_UP`)
and addresses of hosts; null stands for a value of any kind where the view knows nothing of it.
"""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

MADE_UP = frozenset(
    {
        "id",
        "node_id",
        "avatar_url",
        "site_admin",
        "documentation_url",
        # of commits
        "tree",
        "tree_id",
        "email",
        "verification",
        "comment_count",
        # counted by the server
        "reactions",
        "author_association",
        "user_view_type",
    }
)
_ROOT = re.compile(r"^https?://[^/]+(?:/api/v3(?=/|$))?")
_GIT = re.compile(r"^git(?:@|://)[\w.]+(?::\d+)?[/:]")
_HEADERS = ("location", "deprecation", "sunset", "x-ratelimit-resource", "retry-after")


def differences(
    told: dict[str, Any],
    *,
    status: int,
    headers: dict[str, str],
    body: Any,
    loose: Collection[str] = (),
) -> list[str]:
    """Return what an answer lacks or has otherwise than the recorded response.

    ``loose``: keys of which only the kind of value counts in this recording.
    """
    known = {name.lower(): str(value) for name, value in told["headers"].items()}
    found = [] if told["status"] == status else [f"status: {told['status']} told, {status} got"]
    kinds = [one.get("content-type", "").partition(";")[0] for one in (known, headers)]
    found += _walk("content-type", kinds[0], kinds[1], loose)
    for name in _HEADERS:
        if name in known:
            got = headers.get(name, "")
            found += _walk(name, _ROOT.sub("", known[name]), _ROOT.sub("", got), loose)
    if known.get("link") or headers.get("link"):
        found += _walk("link", links(known.get("link")), links(headers.get("link")), loose)
    return found + _walk("body", told["body"], body, loose)


def links(header: str | None) -> dict[str, list[tuple[str, str]]]:
    """Return relation -> query of a ``Link`` header."""
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', header or "")
    return {rel: sorted(parse_qsl(urlsplit(url).query)) for url, rel in found}


def _walk(where: str, told: Any, got: Any, loose: Collection[str]) -> list[str]:
    if isinstance(told, dict) and isinstance(got, dict):
        missing = [f"{where}: missing {key}" for key in told if key not in got]
        return missing + [
            one
            for key in told
            if key in got
            for one in _value(f"{where}.{key}", key, told[key], got[key], loose)
        ]
    if isinstance(told, list) and isinstance(got, list):
        if len(got) < len(told):
            return [f"{where}: {len(told)} items told, {len(got)} got"]
        return [
            one
            for number, (a, b) in enumerate(zip(told, got, strict=False))
            for one in _walk(f"{where}[{number}]", a, b, loose)
        ]
    return [] if _plain(told) == _plain(got) else [f"{where}: {told!r} told, {got!r} got"]


def _value(where: str, key: str, told: Any, got: Any, loose: Collection[str]) -> list[str]:
    if key not in MADE_UP and key not in loose:
        return _walk(where, told, got, loose)
    if told is None or got is None or isinstance(got, type(told)):
        return []
    return [f"{where}: {type(told).__name__} told, {type(got).__name__} got"]


def _plain(value: Any) -> Any:
    """Return a value without the server's own address, however it is quoted."""
    return unquote(_GIT.sub("", _ROOT.sub("", value))) if isinstance(value, str) else value
