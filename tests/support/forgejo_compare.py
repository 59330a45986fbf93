"""Compares what the sandbox's Forgejo answers with what a real one was recorded to answer.

Everything must be equal but what cannot be: ids of issues and comments, addresses of the server,
a repository's size and times, names of files. Labels', repositories' and accounts' ids, shas,
texts, states, times, counts, the order of lists and every key and kind of value are compared.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

RECORDED_ROOT = re.compile(r"http://127\.0\.0\.1:30\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z| \+00:00)")
_SENTINELS = ("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z")
_HEADERS = (
    "x-total-count",
    "location",
    "x-hasmore",
    "x-page",
    "x-pagecount",
    "x-perpage",
    "x-total",
)
_ACCOUNT = ("id", "login", "email", "html_url", "avatar_url")
_COUNTED = ("size", "open_issues_count", "open_pr_counter", "created_at", "updated_at")
_SHORTENED_PAGE = "<!DOCTYPE html>"


def differences(
    recorded: dict[str, Any], *, status: int, headers: dict[str, str], body: Any, loose: bool
) -> list[str]:
    """Return what an answer has that the recorded response has not, or the other way round.

    ``loose``: of times only their presence counts, for what was set up at unrecorded moments.
    """
    told = {name.lower(): value for name, value in recorded["headers"].items()}
    found = _walk("status", recorded["status"], status)
    for name in _HEADERS:
        found += _walk(name, told.get(name), headers.get(name))
    kinds = [h.get("content-type", "").partition(";")[0] for h in (told, headers)]
    found += _walk("content-type", *kinds)
    found += _walk("link", _links(told.get("link")), _links(headers.get("link")))
    expected = recorded["body"]
    if isinstance(expected, str) and expected.startswith(_SHORTENED_PAGE):
        return found + _walk("page", expected[:15], str(body)[:15])
    if loose:
        expected, body = _timeless(expected), _timeless(body)
    return found + _walk("body", normal(expected), normal(body))


def _timeless(value: Any) -> Any:
    """Return a value with every time replaced, but for those that mean never."""
    if isinstance(value, list):
        return [_timeless(one) for one in value]
    if isinstance(value, dict):
        return {name: _timeless(one) for name, one in value.items()}
    if isinstance(value, str) and value not in _SENTINELS:
        return _TIME.sub("TIME", value)
    return value


def normal(value: Any, key: str = "") -> Any:
    """Return a value with what cannot be equal replaced by what kind of thing it is."""
    if isinstance(value, list):
        return [normal(one, key) for one in value]
    if isinstance(value, str):
        return _text(value, key)
    if not isinstance(value, dict):
        return value
    if "login" in value and "is_admin" in value:
        whole = {name: normal(value[name], name) for name in _ACCOUNT}
        return whole | {"keys": sorted(value)}
    if set(value) == {"total", "additions", "deletions"}:
        return sorted(value)
    shown = {name: normal(one, name) for name, one in value.items()}
    if "pin_order" in value or "issue_url" in value:
        shown["id"] = bool(value["id"])
    if set(value) == {"name", "value"}:
        shown["value"] = int
    if "has_issues" in value:
        shown |= dict.fromkeys(_COUNTED, "not compared")
    return shown


def _text(text: str, key: str) -> str:
    if text in _SENTINELS:
        return text
    text = RECORDED_ROOT.sub("ROOT", text)
    text = re.sub(r"#issuecomment-\d+", "#issuecomment-N", text)
    if key == "filename":
        return "FILE"
    if "/git/trees/" in text:
        return text.partition("/git/trees/")[0] + "/git/trees/SHA"
    return text


def _links(header: str | None) -> dict[str, list[tuple[str, str]]]:
    """Return relation -> query of a ``Link`` header."""
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', header or "")
    return {rel: sorted(parse_qsl(urlsplit(url).query)) for url, rel in found}


def _walk(where: str, expected: Any, got: Any) -> list[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        keys = [f"{where}: missing {k}" for k in expected if k not in got]
        keys += [f"{where}: surplus {k}" for k in got if k not in expected]
        common = [k for k in expected if k in got]
        return keys + [one for k in common for one in _walk(f"{where}.{k}", expected[k], got[k])]
    if isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            return [f"{where}: {len(expected)} items recorded, {len(got)} answered"]
        return [
            one
            for n, (a, b) in enumerate(zip(expected, got, strict=True))
            for one in _walk(f"{where}[{n}]", a, b)
        ]
    return [] if expected == got else [f"{where}: {expected!r} recorded, {got!r} answered"]
