"""The poller: which ready issues start now, and what is written about the others.

Without T3 nothing is written at all. Raises `RateLimited` at the first one: nothing more is asked
or written, a later tick resumes.
"""

from dataclasses import replace

from afk.act.claims import settle_claim
from afk.act.ready_issues import carry_out, make_ready
from afk.dispatch_policy import Candidate, DispatchDecision, Planned, plan, select_dispatchable
from afk.errors import AfkError, answer_or_error, one_of_many
from afk.model.forge import RepositoryTrouble
from afk.observe.ready_issue import busy_repositories, candidate, ceilings
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.record.state import Stage
from afk.types import Issue, IssueKey


def poll(tick: Tick) -> list[DispatchDecision]:
    """Start what may start; returns the decision about every ready issue."""
    _settle_claims(tick)
    candidates, decisions = decide_starts(tick)
    for planned in plan(decisions, candidates, tick.config):
        _say(tick, planned)
        if tick.t3.snapshot is not None:
            with one_of_many(tick.deps.report, planned.key, doing=planned.words):
                carry_out(tick, planned)
    return decisions


def decide_starts(tick: Tick) -> tuple[dict[IssueKey, Candidate], list[DispatchDecision]]:
    """Return the ready issues, and what is decided of each in the order in which they start."""
    candidates = _candidates(tick)
    return candidates, _choose(tick, candidates)


def _settle_claims(tick: Tick) -> None:
    """Resume the claims that an earlier tick left behind, or return them."""
    if tick.t3.snapshot is None:
        return
    for key, issue in tick.issues.items():
        for found in tick.forge.records(issue).runs if tick.focus.covers(key) else ():
            standing = tick.ledger.runs.get(found.record.run_id)
            if standing is not None and standing.stage is Stage.CLAIMED:
                tick.ledger.hands_off.add(key)
                with one_of_many(tick.deps.report, key, doing="resume or return the claim"):
                    settle_claim(tick, issue, found)


def _candidates(tick: Tick) -> dict[IssueKey, Candidate]:
    """Return the ready issues with all that the gates look at, asked side by side."""
    ready = [issue for issue in tick.issues.values() if _considered(tick, issue)]
    judged = gather(lambda issue: answer_or_error(lambda: candidate(tick, issue)), ready)
    found: dict[IssueKey, Candidate] = {}
    for issue, result in zip(ready, judged, strict=True):
        if isinstance(result, AfkError):
            tick.deps.report.error(result, key=issue.key)
        else:
            found[issue.key] = result
    return found


def _considered(tick: Tick, issue: Issue) -> bool:
    """Ready, open, allowlisted, not already a run in flight, not acted on in this tick."""
    here = (issue.repo.id, issue.number)
    runs = tick.ledger.runs.values()
    in_flight = any((record.repository_id, record.issue) == here for record in runs)
    ready = issue.has_label(tick.config.ready_label) or bool(issue.oversized)
    eligible = issue.open and ready and issue.repo.name in tick.config.allowlist
    hands_off = issue.key in tick.ledger.hands_off or not tick.focus.covers(issue.key)
    return eligible and not in_flight and not hands_off


def _choose(tick: Tick, candidates: dict[IssueKey, Candidate]) -> list[DispatchDecision]:
    """Decide; what would start is asked whether its repository is fit for it, then decided again.

    An archived repository (Forgejo lists it like any other), or one whose branch is misspelt,
    must not take another one's place.
    """
    while True:
        decisions = select_dispatchable(
            candidates.values(), tick.config, busy_repositories(tick), ceilings(tick)
        )
        unfit = [one.key for one in decisions if one.start and not _fit(tick, one.key)]
        if not unfit:
            return decisions
        archived = RepositoryTrouble.ARCHIVED.value
        for key in unfit:
            shut = tick.ledger.held[key.repo] == archived
            candidates[key] = replace(candidates[key], archived=shut)


def _fit(tick: Tick, key: IssueKey) -> bool:
    """Say whether a run can start in the repository; one that cannot be asked takes none now."""
    with one_of_many(tick.deps.report, key) as preparing:
        make_ready(tick, tick.issues[key])
    if preparing.error is not None:
        tick.ledger.hold(key.repo, f"nothing can start in {key.repo}")
    return key.repo not in tick.ledger.held


def _say(tick: Tick, planned: Planned) -> None:
    """Say why an issue does not start, loudly where nobody is told on the issue itself."""
    if planned.says:
        say = tick.deps.report.warn if planned.loud else tick.deps.report.event
        say(f"held: {planned.says}", key=planned.key)
