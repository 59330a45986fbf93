"""Whom the forge is asked about first, of those who tell afk something on an issue."""

from dataclasses import replace
from datetime import timedelta

from support.factories import MARA, NOW, STRANGER, event, issue, record

from afk.observe.asks import MAX_AUTHORS, likely_first
from afk.types import Account

CROWD = [Account(1000 + number, f"crowd{number}") for number in range(40)]


def test_likely_first__who_approved_owns_or_labelled__comes_before_a_crowd() -> None:
    here = issue(events=(event(actor=replace(STRANGER, id=8, login="triage")),))
    owner = Account(9, here.repo.name.partition("/")[0].upper())
    triage = Account(8, "triage")

    found = likely_first([*CROWD, triage, MARA, owner], here, [record()], NOW)

    assert {one.id for one in found[:2]} == {MARA.id, owner.id}
    assert found[2] == triage
    assert sorted(found[3:], key=lambda one: one.id) == CROWD


def test_likely_first__of_a_crowd__nobody_is_kept_out_for_good() -> None:
    def asked_at(minutes: int) -> set[int]:
        now = NOW + timedelta(minutes=minutes)
        return {one.id for one in likely_first(CROWD, issue(), [], now)[:MAX_AUTHORS]}

    seen = set().union(*(asked_at(minutes) for minutes in range(0, 600, 5)))
    assert seen == {one.id for one in CROWD}
