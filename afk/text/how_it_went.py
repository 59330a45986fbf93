"""What the comment folds away: who, which agent, when, how long, how often, at what cost. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.record.state import Purpose, RunRecord, Stage
from afk.text.branch_state import commit_list
from afk.text.cleaning import inert_markdown
from afk.text.surroundings import Surroundings
from afk.text.times import minutes, span, took
from afk.types import Phase, Verdict

STEPS: Final[Mapping[Phase, str]] = {
    Phase.WORKTREE: "workspace ready",
    Phase.TESTS_RED: "failing test written",
    Phase.GREEN: "tests pass",
    Phase.PUSHED: "pushed",
    Phase.CI: "CI green",
    Phase.DEPLOYED: "deployed",
    Phase.DONE: "done",
}
_GLUE: Final = "\u00a0"
"""Keeps a mark on the line of its step."""


def progress(record: RunRecord, config: Config) -> str:
    """Return the steps in one line, those taken ticked off: no boxes, which invite a click."""
    taken = _steps(record, config)
    steps = (f"{'✓' if one in taken else '○'}{_GLUE}{STEPS[one]}" for one in _all(record, config))
    return " · ".join(steps)


def how_it_went(record: RunRecord, config: Config, around: Surroundings) -> list[str]:
    """Return the folded part, one fact a line."""
    facts = [
        _approved(record, around),
        _agent(record, config),
        *_times(record, config),
        *_counted(record, config),
    ]
    if record.commits.pushed:
        facts.append(f"Commits: {commit_list(record, around.commit_url)}")
    if record.landing.reruns:
        facts.append("CI: what failed was run again before the agent was asked to mend it")
    if around.others:
        seen = "when this run's own was opened or made ready"
        facts.append(f"Other pull requests for this issue: {around.others} (as seen {seen})")
    if used := _used(record):
        facts.append(f"Used: {used}")
    if around.taken_out and record.dialogue.turns:
        facts.append(f"Not handed to the agent: {around.taken_out}")
    return [f"- {fact}" for fact in facts if fact]


def _approved(record: RunRecord, around: Surroundings) -> str:
    by = f" by {inert_markdown(around.approver, 60)}" if around.approver else ""
    return f"Approved{by}: {minutes(record.approval.at)}"


def _agent(record: RunRecord, config: Config) -> str:
    """Return who works on it, as it is configured; what has not begun has nobody yet."""
    begun = record.stage is not Stage.APPROVED and record.dialogue.turns
    if not begun or record.repository not in config.repositories:
        return ""
    agent = config.agent_of(record.repository, record.thread.agent)
    return f"Agent: {inert_markdown(agent.instance, 60)}, model {inert_markdown(agent.model, 60)}"


def _times(record: RunRecord, config: Config) -> list[str]:
    """Return when what was reached, and how long after the start."""
    started_at = record.thread.claimed_at
    lines = [f"Started: {minutes(started_at)}"] if started_at else []
    for phase, at in _steps(record, config).items():
        after = took(started_at, at)
        words = STEPS[phase]
        lines.append(
            f"{words[0].upper()}{words[1:]}: {minutes(at)}{f' ({after})' if after else ''}"
        )
    ended_at = record.ending.at or record.ending.ended_at
    if ended_at and record.verdict is not Verdict.DONE:
        after = took(started_at, ended_at)
        lines.append(f"Ended: {minutes(ended_at)}{f' ({after})' if after else ''}")
    paused = record.pauses.paused_seconds
    if paused:
        lines.append(f"Paused by usage limits: {span(timedelta(seconds=paused))}")
    return lines


def _counted(record: RunRecord, config: Config) -> list[str]:
    fixes = record.corrective_turns
    asked = (
        ("Fixes tried", fixes, config.fix_forward_max_attempts),
        ("Reviews given to the agent", record.turns_for(Purpose.REVIEW), config.review_turns),
        ("Conflicts given to the agent", record.turns_for(Purpose.REBASE), config.conflict_turns),
    )
    red = record.commits.first_red_at is not None
    return [
        f"{words}: {count} of {most}"
        for words, count, most in asked
        if count or (red and words == asked[0][0])
    ]


def _used(record: RunRecord) -> str:
    """Return what the run used, as far as T3 shows it; "" where it shows nothing."""
    tokens_in = sum(turn.tokens_in for turn in record.dialogue.turns)
    tokens_out = sum(turn.tokens_out for turn in record.dialogue.turns)
    parts = [f"{tokens_in:,} tokens in, {tokens_out:,} out"] if tokens_in or tokens_out else []
    cost = inert_markdown(record.thread.cost, 40) if record.thread.cost else ""
    return "; ".join([*parts, *([cost] if cost else [])])


def _all(record: RunRecord, config: Config) -> list[Phase]:
    settings = config.repositories.get(record.repository)
    deploys = settings is not None and (settings.deploy or settings.rollout)
    return [phase for phase in STEPS if phase is not Phase.DEPLOYED or deploys]


def _steps(record: RunRecord, config: Config) -> dict[Phase, datetime]:
    """Return the steps that were taken, in their order; done is what the verdict says."""
    steps = {phase: at for phase in _all(record, config) if (at := record.phases.get(phase))}
    steps.pop(Phase.DONE, None)
    at = record.ending.ended_at or record.ending.at
    if record.verdict is Verdict.DONE and at is not None:
        steps[Phase.DONE] = at
    return steps
