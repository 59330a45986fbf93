"""Replay of recorded exchanges through vcrpy: nothing unrecorded is ever answered.

Two sources, one mechanism: *recordings* (``tests/recordings/**.json``, one exchange or a list
of them per file, with who asked) and *cassettes* (``tests/cassettes/**.yaml``, recorded from
real servers through afk's own client). A request matches on method, path, query and body; the
host is left out, so that a recording answers under any address.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import vcr
from vcr.cassette import Cassette

TESTS = Path(__file__).parent.parent
RECORDINGS = TESTS / "recordings"
CASSETTES = TESTS / "cassettes"
MATCH_ON = ("method", "path", "query", "body")
HOST = "http://recorded.test"


def load(name: str) -> list[dict[str, Any]]:
    """Return the exchanges of one recording, ``forgejo/14.0.0/013-repo`` for instance."""
    data = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return data if isinstance(data, list) else [data]


class _FromRecordings:
    """A vcrpy persister that reads recordings, joined by ``|``, instead of one YAML file."""

    @staticmethod
    def load_cassette(cassette_path: object, serializer: object) -> tuple[list[Any], list[Any]]:
        del serializer
        requests, responses = [], []
        for name in str(cassette_path).split("|"):
            for exchange in load(name):
                requests.append(_request(exchange["request"]))
                responses.append(_response(exchange["response"]))
        return requests, responses

    @staticmethod
    def save_cassette(cassette_path: object, cassette_dict: object, serializer: object) -> None:
        del cassette_dict, serializer
        raise AssertionError(f"a recording is never written: {cassette_path}")


@contextmanager
def replay(*names: str, again: bool = False) -> Iterator[Cassette]:
    """Answer from these recordings only; ``again`` lets one exchange answer repeatedly."""
    player = vcr.VCR(record_mode=vcr.mode.NONE, match_on=MATCH_ON)
    player.register_persister(_FromRecordings)
    with player.use_cassette("|".join(names), allow_playback_repeats=again) as cassette:
        yield cassette


def _request(recorded: dict[str, Any]) -> Any:
    path, query = recorded["path"], recorded.get("query") or ""
    if isinstance(query, dict):
        query = urlencode(query, doseq=True)
    body = recorded.get("body")
    data = b"" if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"} if data else {}
    url = f"{HOST}{path}" + (f"?{query}" if query else "")
    return vcr.request.Request(recorded["method"], url, data, headers)


def _response(recorded: dict[str, Any]) -> dict[str, Any]:
    """Keep status, headers and body; lengths and encodings belong to the transfer, not to it."""
    headers = {name.lower(): value for name, value in (recorded.get("headers") or {}).items()}
    kept = {
        name: value if isinstance(value, list) else [value]
        for name, value in headers.items()
        if name not in ("content-length", "content-encoding", "transfer-encoding", "connection")
    }
    return {
        "status": {"code": recorded["status"], "message": ""},
        "headers": kept,
        "body": {"string": body_bytes(recorded)},
    }


def body_bytes(recorded: dict[str, Any]) -> bytes:
    """Return the body as bytes; a recorded None is JSON's null where the length says so."""
    body = recorded.get("body")
    headers = {name.lower(): value for name, value in (recorded.get("headers") or {}).items()}
    if isinstance(body, str):
        return body.encode()
    if body is None:
        is_json = "json" in str(headers.get("content-type", ""))
        empty = str(headers.get("content-length", "")) == "0"
        return b"null" if is_json and not empty else b""
    return json.dumps(body, ensure_ascii=False).encode()


def exchanges(folder: str) -> Sequence[tuple[str, dict[str, Any]]]:
    """Return every exchange below a folder of recordings, with the name of its file."""
    found = []
    for path in sorted((RECORDINGS / folder).rglob("*.json")):
        name = str(path.relative_to(RECORDINGS).with_suffix(""))
        data = json.loads(path.read_text(encoding="utf-8"))
        items = data if isinstance(data, list) else [data]
        found += [
            (name, item)
            for item in items
            if isinstance(item, dict) and isinstance(item.get("request"), dict)
        ]
    return found
