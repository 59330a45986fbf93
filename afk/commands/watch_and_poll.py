"""The two loops in their order: what is under way is seen to before anything starts."""

from dataclasses import replace
from typing import Any

from afk.act.answers import hear
from afk.act.dashboard import show_board
from afk.deps import Deps
from afk.dispatch_policy import DispatchDecision
from afk.errors import AfkError, NoRepository
from afk.model.forge import RepositoryTrouble, Trouble
from afk.observe.first_reads import FirstReads
from afk.observe.opening import open_tick
from afk.observe.overheard import Overheard
from afk.observe.overview import rows_of
from afk.observe.sharing import plan_is_stale
from afk.observe.tick import Focus, Tick
from afk.poller import poll
from afk.record.codec import as_json
from afk.text.nearest import listed
from afk.text.troubles import trouble_error
from afk.types import IssueKey
from afk.watcher import in_flight, watch


def watch_and_poll(
    deps: Deps,
    which: str = "tick",
    focus: Focus | None = None,
    *,
    commented: IssueKey | None = None,
    first: FirstReads | None = None,
) -> dict[str, object]:
    """Watch, then poll, or one of the two. Polling alone still has to know what is in flight.

    ``commented``: an issue on which somebody said something, as an event has it. ``first``: what
    was read already.
    """
    heard = Overheard(deps.report)
    deps = replace(deps, report=heard)
    tick = open_tick(deps, focus, commented=commented, first=first)
    if deps.reads_only:
        _look_at_names(tick)
    decisions: list[DispatchDecision] = []
    attend = in_flight if which == "poll" else watch
    attend(tick)
    tick = hear(tick)
    if which in ("tick", "poll"):
        if plan_is_stale(tick):
            deps.report.event(
                "nothing starts: the plan is too old, or T3's clock was set; the next decides"
            )
        choice = poll(tick, attend)
        tick, decisions = choice.tick, choice.decisions
        if focus in (None, Focus()):  # only who looks at everything can tell what waits
            show_board(tick, decisions, heard.troubles)
    waits = tick.issues or tick.waiting or tick.left_out
    if not (waits or tick.ledger.runs or tick.ledger.held or decisions):
        deps.report.event(_idle(tick))
    return {
        "runs": [as_json(record) for record in tick.ledger.runs.values()],
        "decisions": [_decision(one) for one in decisions],
        # Who ticks again and again needs to know whether another tick has anything to do soon.
        "at_work": sum(not record.waits_for_people for record in tick.ledger.runs.values()),
        "issues": rows_of(tick, decisions),
    }


def _idle(tick: Tick) -> str:
    """Return what a person can do about a tick that found nothing."""
    label = tick.config.ready_label
    return (
        f"nothing to do: no issue in {listed(tick.config.watched)} carries the label {label!r}, "
        "spelt exactly so; put it on one, and the next tick looks at it"
    )


def _look_at_names(tick: Tick) -> None:
    """Ask for every repository by its name, which only a dry run pays for.

    Forgejo's search says nothing of a name that it does not know, nor of a repository that went
    to another owner: there a misspelt allowlist would look like a quiet one.
    """
    for name in tick.config.watched:
        if name in tick.ledger.held:
            continue
        try:
            tick.deps.tracker.repository(name)
        except NoRepository as missing:
            trouble = Trouble(name, RepositoryTrouble.MISSING, like=missing.like)
            tick.deps.report.error(trouble_error(trouble, tick.config))
        except AfkError as error:
            tick.deps.report.error(error)


def _decision(one: DispatchDecision) -> dict[str, Any]:
    told = {
        "issue": str(one.key),
        "start": one.start,
        "gate": one.gate,
        "evidence": one.evidence,
    }
    return told | ({"unread": True} if one.unread else {})
