"""Nobody looks for garbage while modules are loaded, nor in a process that is over soon."""

import gc
from contextlib import suppress

import pytest

from afk.environment.loading import goes_on, loading, short_lived


@pytest.mark.parametrize("looks", [True, False])
def test_loading__leaves_garbage_alone__and_everything_as_it_was(*, looks: bool) -> None:
    before = gc.isenabled()
    seen: list[bool] = []
    (gc.enable if looks else gc.disable)()
    try:
        with suppress(ImportError), loading():
            seen.append(gc.isenabled())
            raise ImportError
        assert [*seen, gc.isenabled()] == [False, looks]
    finally:
        (gc.enable if before else gc.disable)()


def test_short_lived__looks_for_no_garbage__nor_through_what_is_left_at_its_end() -> None:
    before, frozen = gc.isenabled(), gc.get_freeze_count()
    gc.enable()
    try:
        with suppress(KeyboardInterrupt), short_lived():
            assert not gc.isenabled()
            with loading():
                assert not gc.isenabled()
            assert not gc.isenabled()
            raise KeyboardInterrupt
        assert gc.get_freeze_count() > frozen
    finally:
        (gc.enable if before else gc.disable)()


def test_short_lived__that_goes_on_after_all__looks_for_garbage() -> None:
    before = gc.isenabled()
    try:
        with short_lived():
            goes_on()
            assert gc.isenabled()
            with loading():
                assert not gc.isenabled()
            assert gc.isenabled()
    finally:
        (gc.enable if before else gc.disable)()
