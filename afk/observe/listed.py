"""What a tick makes of listings: troubles, issues to leave unread, and those that it comes back to.

Which issues wait so quietly that they are left unread is decided in `afk.decide.quiet`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from afk.decide.quiet import is_quiet
from afk.deps import Deps
from afk.errors import one_of_many
from afk.model.forge import IssueHead, Listing
from afk.observe.agent_view import AgentView
from afk.observe.ledger import Ledger
from afk.observe.tick import Tick
from afk.observe.whole import read_whole
from afk.text.troubles import trouble_errors
from afk.types import IssueKey


def tell_troubles(deps: Deps, ledger: Ledger, listing: Listing) -> None:
    """Report the troubles of repositories that nothing was heard of before, and hold those."""
    new = [one for one in listing.troubles if one.repo not in ledger.held]
    for trouble in listing.troubles:
        ledger.hold(trouble.repo, trouble.kind.value)
    for error in trouble_errors(new, deps.config):
        deps.report.error(error)


def without_dashboard(deps: Deps, heads: Sequence[IssueHead]) -> Sequence[IssueHead]:
    """Leave out the dashboard, whatever labels somebody has put on it or says there."""
    key = deps.config.dashboard_key
    if any(head.key == key and (head.ready or head.in_progress) for head in heads):
        deps.report.warn("the dashboard carries a label of afk's and is never worked on", key=key)
    return [head for head in heads if head.key != key]


def waiting_quietly(
    t3: AgentView,
    at: datetime | None,
    heads: Sequence[IssueHead],
    named: Collection[IssueKey | None],
) -> dict[IssueKey, IssueHead]:
    """Return the issues that nothing but their turn is a reason to read, by `is_quiet`."""
    begun = with_threads(t3, [head.key for head in heads])
    return {
        head.key: head
        for head in heads
        if head.key not in named and head.key not in begun
        if is_quiet(head, at)
    }


def with_threads(t3: AgentView, keys: Iterable[IssueKey]) -> frozenset[IssueKey]:
    """Return those of the issues of which T3 shows a thread, at work or not.

    One may have a run in flight that no label shows: a tick died over its start, or somebody took
    the label off while afk was away. Whether it is a former run's alone its comments tell.
    """
    shown = t3.snapshot.threads if t3.snapshot is not None else ()
    asked = frozenset(keys)
    return frozenset(key for one in shown if (key := t3.issue_of(one)) in asked and key is not None)


def read_in_turn(tick: Tick, heads: Sequence[IssueHead]) -> Tick:
    """Read issues whose turn may come; returns the tick with them alone, to be looked at.

    What fails is reported, and nothing starts there.
    """
    issues = read_whole(tick.deps, tick.ledger, tick.forge, heads, {})
    return replace(tick, issues=issues, gone=(), waiting={})


def ask_for_blockers(tick: Tick, keys: Sequence[IssueKey]) -> Tick:
    """Ask which of the issues are closed; returns the tick that knows it, or has at least asked.

    Many issues may wait for one, which is asked for once; with what fails the issues are read.
    """
    states = dict.fromkeys(keys, True)
    with one_of_many(tick.deps.report):
        states |= tick.deps.tracker.closed(keys)
    return replace(tick, closed={**tick.closed, **states})


def list_on(tick: Tick) -> Tick:
    """List the issues that were left out; returns the tick that knows them.

    All are left unread for now; those `with_threads` are to be read before anything starts.
    """
    listing = Listing()
    with one_of_many(tick.deps.report) as asking:
        listing = tick.deps.tracker.listing(sorted(tick.short))
    if not asking.done:
        for repo in tick.short:
            tick.ledger.hold(repo, f"the issues of {repo} could not be listed")
    tell_troubles(tick.deps, tick.ledger, listing)
    heads = [head for head in listing.heads if head.key not in tick.issues]
    more = {
        head.key: head for head in without_dashboard(tick.deps, heads) if is_quiet(head, listing.at)
    }
    seen = {head.key: not head.open for head in listing.heads}
    return replace(
        tick,
        waiting={**tick.waiting, **more},
        closed={**seen, **tick.closed},
        short=frozenset(),
        left_out=0,
    )
