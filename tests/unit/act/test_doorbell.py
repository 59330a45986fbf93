"""Ringing: each doorbell once per ring, whatever the others do."""

from dataclasses import dataclass, field

import pytest

from afk.act.doorbell import ring_missing
from afk.errors import AfkError, OutsideFailure, TokenError, WouldWrite
from afk.ports import Loudness, Ring

LOUD = Ring(id="run-1:frozen", title="t", text="x", link="", loudness=Loudness.LOUD)


@dataclass
class Bell:
    """A doorbell that keeps what it rang, and may fail."""

    kind: str
    error: AfkError | None = None
    rung: list[Ring] = field(default_factory=list)

    def ring(self, ring: Ring) -> None:
        self.rung.append(ring)
        if self.error:
            raise self.error


def test_ring_missing__none_or_all_ring__says_who_rang() -> None:
    bells = (Bell("slack"), Bell("ntfy"))

    assert ring_missing((), LOUD) == ((), ())
    assert ring_missing(bells, LOUD) == (("slack", "ntfy"), ())
    assert [bell.rung for bell in bells] == [[LOUD], [LOUD]]


def test_ring_missing__some_fail__the_others_ring_and_the_failures_are_returned() -> None:
    down, lost = OutsideFailure("slack answered 404"), TokenError("ntfy lost its token")
    bells = (Bell("slack", down), Bell("webhook"), Bell("ntfy", lost))

    assert ring_missing(bells, LOUD) == (("webhook",), (down, lost))


def test_ring_missing__rung_before__not_rung_again() -> None:
    """A doorbell that worked is not rung twice because another one failed."""
    bells = (Bell("slack"), Bell("ntfy"))

    assert ring_missing(bells, LOUD, rung=("slack",)) == (("ntfy",), ())
    assert [bell.rung for bell in bells] == [[], [LOUD]]


def test_ring_missing__a_dry_run__refuses_at_once_and_counts_no_failure() -> None:
    """Counted, it would be a try of three."""
    bells = (Bell("slack", WouldWrite("ring slack")), Bell("ntfy"))

    with pytest.raises(WouldWrite):
        ring_missing(bells, LOUD)

    assert [bell.rung for bell in bells] == [[LOUD], []]
