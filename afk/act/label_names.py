"""The ready label's name: afk vouches for it, and asks once more where a label is older than that.

See `afk.record.label_mark`. Nothing is taken off: whoever renamed a label that is on many issues
must not have afk strip it from all of them.
"""

from datetime import datetime
from typing import Final

from afk.errors import one_of_many
from afk.observe.tick import Tick
from afk.record.label_mark import Home, describe, signed_by_former_key, vouched_since
from afk.text.messages import label_again
from afk.types import Event, Issue, Label

ASKED_PER_TICK: Final = 5


def ask_again(tick: Tick, issue: Issue, event: Event | None) -> None:
    """Say on the issue, once for each application, that it has to be made again; then vouch.

    From the answer on the label counts, so its time is the forge's own, where it is to be had.
    """
    tracker = tick.deps.tracker
    text = label_again(tick.config)
    said = [one for one in issue.comments if one.body == text and one.author.id in tick.forge.own]
    since = tick.deps.now()
    if not any(event is None or one.created_at >= event.at for one in said):
        if not tick.ledger.asked_again.take(ASKED_PER_TICK):
            return
        since = tracker.create_comment(issue, text).created_at
        tick.deps.report.event(f"asked for {tick.config.ready_label} once more", key=issue.key)
    home = Home(tracker.host, issue.repo)
    for label in _ready(tick, issue):
        if vouched_since(home, label, tick.deps.keys) is None:
            _vouch(tick, issue, label, since)


def sign_anew(tick: Tick, issue: Issue) -> None:
    """Sign with today's key what only the former one vouches for; it can wait if it cannot be."""
    home = Home(tick.deps.tracker.host, issue.repo)
    for label in _ready(tick, issue):
        since = signed_by_former_key(home, label, tick.deps.keys)
        if since is not None:
            with one_of_many(tick.deps.report, issue.key, doing="sign the ready label anew"):
                _vouch(tick, issue, label, since)


def _ready(tick: Tick, issue: Issue) -> list[Label]:
    named = [one for one in issue.labels if one.name == tick.config.ready_label]
    return [one for one in named if one.description is not None]


def _vouch(tick: Tick, issue: Issue, label: Label, since: datetime) -> None:
    """Write it once a tick: other issues read before still show what the label said then."""
    if label.id in tick.ledger.vouched:
        return
    tick.ledger.vouched.add(label.id)
    home = Home(tick.deps.tracker.host, issue.repo)
    text = describe(home, label, since, tick.deps.keys)
    tick.deps.tracker.describe_label(issue, label, text)
    tick.deps.report.event(f"vouches for {label.name} in {issue.repo.name} from now on")
