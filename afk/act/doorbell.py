"""Ringing doorbells: each of them once per occasion, also where another one fails."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from afk.act.record_book import comment_url, page_of
from afk.act.waking import COMMENT, wake, wakes
from afk.errors import AfkError, WouldWrite
from afk.model.agent import AgentThread
from afk.model.pull import Pull
from afk.observe.tick import Tick
from afk.ports import Loudness, Notifier, Ring
from afk.record.codec import Found
from afk.record.state import RunRecord
from afk.text.cleaning import one_line
from afk.text.details import in_plain_text
from afk.text.messages import ring_text, ring_title
from afk.text.waits import key_of
from afk.types import Issue, IssueKey, Verdict

_RINGS: Final = frozenset({Verdict.DONE, Verdict.NEEDS_HUMAN, Verdict.FROZEN})
_TRIES: Final = 3


def ring_verdict(
    tick: Tick, issue: Issue, record: RunRecord, *, link: str, stopped: bool
) -> RunRecord:
    """Tell everybody once per verdict; a failure is counted and tried by the next tick.

    ``issue`` was read just now; ``link`` is the run's comment.
    """
    verdict = record.verdict
    if verdict is None or rung(tick, record):
        return record
    heard = [one.removeprefix(f"{verdict.value}:") for one in record.ending.notified]
    # First, since a rate limit ends the tick here: a doorbell that has rung must be recorded.
    woken = () if COMMENT in heard else wake(tick, issue, record, link)
    ring = Ring(
        id=f"{record.run_id}:{verdict.value}",
        title=ring_title(record, verdict),
        text=ring_text(record, issue.title, tick.config, stopped=stopped),
        link=link,
        loudness=Loudness.QUIET if verdict is Verdict.DONE else Loudness.LOUD,
    )
    delivered, _ = _ring(tick, issue.key, ring, heard)
    told = (*delivered, *woken)
    missing = not set(_due(tick, record)).issubset((*heard, *told))
    ending = replace(
        record.ending,
        notified=(*record.ending.notified, *(_heard_as(verdict, kind) for kind in told)),
        notify_failures=record.ending.notify_failures + (1 if missing else 0),
    )
    return replace(record, ending=ending)


def heard(tick: Tick, record: RunRecord, verdict: Verdict | None) -> RunRecord:
    """Return the record of a run whose verdict everybody has been told of by another tick."""
    kinds = [*(notifier.kind for notifier in tick.deps.notifiers), COMMENT]
    notified = tuple(_heard_as(verdict, kind) for kind in kinds) if verdict is not None else ()
    return replace(record, ending=replace(record.ending, notified=notified))


def rung(tick: Tick, record: RunRecord) -> bool:
    """Say whether the verdict needs to be told to nobody, or everybody has been told."""
    verdict = record.verdict
    return verdict is None or all(
        _heard_as(verdict, kind) in record.ending.notified for kind in _due(tick, record)
    )


def rung_enough(tick: Tick, record: RunRecord) -> bool:
    """Say whether nobody is left to be told, or enough tries have failed."""
    tries = max(record.ending.notify_failures, record.ending.late_rings)
    return rung(tick, record) or tries >= _TRIES


def _due(tick: Tick, record: RunRecord) -> list[str]:
    """Return by what people are to be told of the verdict: doorbells, and a new comment."""
    kinds = [notifier.kind for notifier in tick.deps.notifiers] if record.verdict in _RINGS else []
    return [*kinds, *([COMMENT] if wakes(tick.config, record.verdict) else [])]


def ring_other_server(tick: Tick, found: Found, record: RunRecord) -> RunRecord:
    """Return the record of a run held because T3 is another server, after ringing once for it."""
    key = key_of(record)
    if record.pauses.rang_other_server:
        return record
    ring = Ring(
        id=f"{record.run_id}:other-server",
        title=f"T3 is another server: {key}",
        text=(
            "Another T3 answers than the one this run was started on, so the run is held and "
            "nothing starts. Was its data reset, or is the address wrong? If this lasts, the run "
            f"is handed back ({in_plain_text(f'unseen_seconds={tick.config.unseen_seconds}')})."
        ),
        link=comment_url(tick, found),
        loudness=Loudness.LOUD,
    )
    delivered, failures = _ring(tick, key, ring)
    if failures and not delivered:
        return record
    return replace(record, pauses=replace(record.pauses, rang_other_server=True))


def ring_review(tick: Tick, issue: Issue, record: RunRecord, pull: Pull) -> None:
    """Ring for a pull request that only people can take further."""
    ring = Ring(
        id=f"{record.run_id}:review:{len(record.dialogue.turns)}",
        title=f"Ready for review: {record.repository}#{record.issue}",
        text=f"{one_line(issue.title, 120)} Pull request #{pull.number} waits for somebody to "
        "review or merge it.",
        link=pull.url,
        loudness=Loudness.LOUD,
    )
    _ring(tick, issue.key, ring)


def ring_gone(tick: Tick, key: IssueKey, thread: AgentThread) -> None:
    """Ring for an issue that was deleted or transferred while an agent worked on it."""
    ring = Ring(
        id=f"{thread.id}:gone",
        title=f"Stopped: {key} is gone",
        text="The issue was deleted or transferred while an agent was at work on it.",
        link=page_of(tick, tick.t3.environment_id, thread.id),
        loudness=Loudness.LOUD,
    )
    _ring(tick, key, ring)


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
        except WouldWrite:
            raise
        except AfkError as error:
            failures.append(error)
        else:
            delivered.append(notifier.kind)
    return tuple(delivered), tuple(failures)


def _ring(
    tick: Tick, key: IssueKey, ring: Ring, heard: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[AfkError, ...]]:
    """Ring every doorbell that has not been heard; what fails is told."""
    delivered, failures = ring_missing(tick.deps.notifiers, ring, heard)
    for failure in failures:
        tick.deps.report.warn(f"the doorbell failed: {failure}", key=key)
    return delivered, failures


def _heard_as(verdict: Verdict, kind: str) -> str:
    return f"{verdict.value}:{kind}"
