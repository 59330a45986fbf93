"""When garbage is looked for: looking takes a tenth of a tick, and most of it finds none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def short_lived() -> Iterator[None]:
    """Leave garbage alone in a process that is over soon: nearly all of it is there to the end.

    Then, too, the interpreter would look through everything once more.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()


def goes_on() -> None:
    """Look for garbage after all: in a process that goes on and on it adds up."""
    gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """Leave garbage alone while something is imported, and what is loaded for good."""
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        _keep()
        if looks:
            gc.enable()


@cache
def _keep() -> None:
    """Once: what is there now stays to the end, and need not be looked through again and again."""
    gc.freeze()
