"""The sandbox T3 server's requests: tokens, the log of requests, injected faults."""

import json
from datetime import timedelta
from typing import Any

import pytest
from support.asgi import ask
from support.t3_sandbox import Bench

from afk_sandbox.faults import Broken, Fault, FaultGate
from afk_sandbox.t3.model import Token
from afk_sandbox.t3.routes import READ, t3_app

AUTH = {"authorization": "Bearer secret", "content-type": "application/json"}
SHELL = "/api/orchestration/shell"
DISPATCH = "/api/orchestration/dispatch"
ARCHIVE = json.dumps({"type": "thread.archive", "commandId": "x", "threadId": "t"}).encode()


def test_token__taken_out_or_expired__is_refused_at_once() -> None:
    bench = Bench()
    app = t3_app(bench.model)
    bench.model.tokens["short"] = Token((READ,), bench.moment + timedelta(seconds=5))
    short = {"authorization": "Bearer short"}
    assert ask(app, "GET", SHELL, headers=short).status == 200
    bench.pass_time(5)
    assert ask(app, "GET", SHELL, headers=short).json()["reason"] == "invalid_credential"
    del bench.model.tokens["secret"]
    assert ask(app, "GET", SHELL, headers=AUTH).status == 401


def test_every_request__refused_ones_too__is_noted_and_dated_by_the_models_clock() -> None:
    bench = Bench()
    app = t3_app(bench.model)
    answer = ask(app, "GET", SHELL)
    ask(app, "POST", "/oauth/token")
    assert answer.headers["date"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert bench.model.requests == [("GET", SHELL), ("POST", "/oauth/token")]


def _archive(bench: Bench, fault: Fault | None) -> Any:
    bench.create()
    gate = FaultGate(t3_app(bench.model), lambda _method, path: fault if path == DISPATCH else None)
    return ask(gate, "POST", DISPATCH, headers=AUTH, body=ARCHIVE)


def test_fault__none__lets_the_request_through() -> None:
    assert _archive(Bench(), None).status == 200


@pytest.mark.parametrize(("kind", "archived"), [("before", False), ("after", True)])
def test_fault__answer_replaced__effect_as_its_kind_says(kind: Any, archived: bool) -> None:
    bench = Bench()
    answer = _archive(bench, Fault(kind, 502, b"<html>", "text/html"))
    assert (answer.status, answer.body) == (502, b"<html>")
    assert answer.headers["content-type"] == "text/html"
    assert (bench.model.thread("t") is None) is archived


@pytest.mark.parametrize(("kind", "archived"), [("before", False), ("after", True)])
def test_fault__without_status__breaks_the_connection(kind: Any, archived: bool) -> None:
    bench = Bench()
    with pytest.raises(Broken):
        _archive(bench, Fault(kind))
    assert (bench.model.thread("t") is None) is archived
