"""What is said to have been read of an issue's blockers."""

import pytest
from support.factories import issue, repository

from afk.decide.start_gates import blockers_read
from afk.types import Blocker

OPEN, CLOSED = "open, or cannot be seen to be closed", "closed"


@pytest.mark.parametrize(
    ("blockers", "told"),
    [
        ([], "none"),
        ([("acme/app#3", True)], f"acme/app#3 ({CLOSED})"),
        (
            [("acme/app#3", True), ("acme/app#4", False), ("acme/app#3", True)],
            f"acme/app#3 ({CLOSED}), acme/app#4 ({OPEN})",
        ),
        ([("acme/secret#3", False)], f"an issue elsewhere ({OPEN})"),
        ([("acme/public#3", False)], f"acme/public#3 ({OPEN})"),
    ],
)
def test_blockers_read__each_once__and_only_what_the_reader_may_know(
    blockers: list[tuple[str, bool]], told: str
) -> None:
    seen = issue(
        repo=repository(),
        body="Blocked by acme/public#3",
        blockers=tuple(Blocker(ref, closed) for ref, closed in blockers),
    )
    assert blockers_read(seen) == told
