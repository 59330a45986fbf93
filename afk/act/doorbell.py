"""Ringing doorbells: each one once per ring, whatever the others do."""

from collections.abc import Collection, Sequence

from afk.errors import AfkError
from afk.ports import Notifier, Ring


def ring_missing(
    notifiers: Sequence[Notifier], ring: Ring, rung: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[AfkError, ...]]:
    """Ring every doorbell whose kind is not in ``rung``; return who rang and what failed."""
    delivered: list[str] = []
    failures: list[AfkError] = []
    for notifier in notifiers:
        if notifier.kind in rung:
            continue
        try:
            notifier.ring(ring)
        except AfkError as error:
            failures.append(error)
        else:
            delivered.append(notifier.kind)
    return tuple(delivered), tuple(failures)
