"""While modules are loaded nobody looks for garbage; afterwards it is as it was."""

import gc
from contextlib import suppress

import pytest

from afk.environment.loading import loading


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
