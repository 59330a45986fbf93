"""What is begun ahead of need, where the caller goes on; and how what was begun is waited for."""

import _thread
import signal
import threading
import time
from concurrent.futures import Future
from contextvars import ContextVar

import pytest

from afk.parallel import ONE_BY_ONE, all_over, begin

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


def test_all_over__what_is_over__is_not_waited_for() -> None:
    done: Future[None] = Future()
    done.set_result(None)

    assert all_over([])
    assert all_over([done, done], 0)


def test_all_over__what_takes_longer__is_left() -> None:
    done: Future[None] = Future()
    done.set_result(None)

    assert not all_over([done, Future[None]()], 0.6)


def test_all_over__interrupted_where_no_system_call_is__hears_of_it_soon() -> None:
    """As a signal that comes right before the wait begins, which nothing wakes."""
    # In the background, where tests may run, this signal is ignored.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    try:
        threading.Timer(0.3, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            all_over([Future[None]()], SECONDS)
    finally:
        signal.signal(signal.SIGINT, former)

    assert time.monotonic() - began < SECONDS / 2
