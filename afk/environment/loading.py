"""Importing without a look for garbage: there is none yet, and looking is a tenth of the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def loading() -> Iterator[None]:
    """Leave garbage alone meanwhile, if anybody was to look for it, and what is loaded for good."""
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
