"""What is begun ahead of need: the caller goes on, unless nothing is done side by side."""

import threading
from contextvars import ContextVar

import pytest

from afk.parallel import ONE_BY_ONE, begin

SECONDS = 20
"""How long a thread waits for another before a test gives up."""


def test_begin__while_the_caller_goes_on__it_is_called_in_the_caller_s_context() -> None:
    told: ContextVar[str] = ContextVar("told")
    goes_on, heard = threading.Event(), threading.Event()
    found: list[str] = []

    def call() -> None:
        goes_on.wait(SECONDS)
        found.append(told.get())
        heard.set()

    told.set("here")
    begin(call)
    assert found == []
    goes_on.set()
    assert heard.wait(SECONDS)
    assert found == ["here"]


def test_begin__one_by_one__is_over_when_it_returns() -> None:
    found: list[int] = []
    token = ONE_BY_ONE.set(True)
    try:
        begin(lambda: found.append(threading.get_ident()))
    finally:
        ONE_BY_ONE.reset(token)
    assert found == [threading.get_ident()]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_begin__what_fails__is_nobody_s_failure(*, one_by_one: bool) -> None:
    called = threading.Event()

    def fail() -> None:
        called.set()
        raise ValueError("fails")

    token = ONE_BY_ONE.set(one_by_one)
    try:
        begin(fail)
    finally:
        ONE_BY_ONE.reset(token)
    assert called.wait(SECONDS)
