"""The visible part of the run's comment: what people read, rendered from the record.

Pure. One function of record and configuration, so that the comment always says what the record
says. It holds no text of users or models.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk.config import Config
from afk.record.state import RunRecord, Stage
from afk.text.messages import cannot_close, headline, minutes, way_back, why
from afk.types import Phase, Verdict

_WORDS: Final[Mapping[Phase, str]] = {
    Phase.WORKTREE: "worktree",
    Phase.TESTS_RED: "tests red",
    Phase.GREEN: "tests green",
    Phase.PUSHED: "pushed",
    Phase.CI: "CI green",
    Phase.DEPLOYED: "deployed",
    Phase.DONE: "done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the comment shows beside the record: addresses, and what the run waits for.

    ``waiting_for`` is a sentence of afk's own; ``until`` the next time something is due.
    """

    thread_url: str = ""
    commit_url: str = ""
    waiting_for: str = ""
    until: datetime | None = None
    agent_may_run: bool = False
    doorbell_failed: bool = False


def render(record: RunRecord, config: Config, around: Surroundings) -> str:
    """Return the text below the marker line."""
    lines = [_heading(record), ""]
    lines += _checklist(record, config) if record.dialogue.turns else []
    lines += ["", *_fact_lines(record, config, around)]
    lines += _ending(record, config, around)
    return "\n".join(lines).strip() + "\n"


def _heading(record: RunRecord) -> str:
    if record.stage in (Stage.ENDING, Stage.ENDED) and record.verdict:
        state = headline(record.verdict)
    else:
        state = {
            Stage.APPROVED: "Approved, not started yet",
            Stage.CLAIMED: "Starting",
            Stage.RUNNING: "At work",
        }.get(record.stage, "Ending")
    return f"**afk: {state}** (run `{record.run_id[:8]}`)"


def _checklist(record: RunRecord, config: Config) -> list[str]:
    settings = config.repositories.get(record.repository)
    deploys = settings is not None and (settings.deploy or settings.rollout)
    lines = []
    for phase, words in _WORDS.items():
        if phase is Phase.DEPLOYED and not deploys:
            continue
        at = record.phases.get(phase)
        if phase is Phase.DONE and record.verdict is Verdict.DONE:
            at = record.ending.ended_at or record.ending.at
        lines.append(f"- [{'x' if at else ' '}] {words}" + (f" · {minutes(at)}" if at else ""))
    return lines


def _fact_lines(record: RunRecord, config: Config, around: Surroundings) -> list[str]:
    lines = []
    if around.thread_url:
        lines.append(f"Thread: [open in T3]({around.thread_url})")
    if record.commits.pushed:
        shas = ", ".join(
            f"[`{sha[:10]}`]({around.commit_url}{sha})" if around.commit_url else f"`{sha[:10]}`"
            for sha in record.commits.pushed[-5:]
        )
        lines.append(f"Commits: {shas}")
    corrective = record.corrective_turns
    if corrective or record.commits.first_red_at:
        lines.append(f"Corrective turns: {corrective} of {config.fix_forward_max_attempts}")
    if used := _used(record):
        lines.append(f"Used: {used}")
    if record.pauses.limited_at and record.pauses.next_try:
        lines.append(f"Usage limit: waiting until {minutes(record.pauses.next_try)}")
    if around.waiting_for and record.stage is not Stage.ENDED:
        lines.append(f"Waiting: {around.waiting_for}")
    if around.until and record.stage in (Stage.CLAIMED, Stage.RUNNING):
        lines.append(f"Next deadline: {minutes(around.until)}")
    return [f"{line}  " for line in lines]


def _used(record: RunRecord) -> str:
    """Return what the run used, as far as T3 shows it; "" where it shows nothing."""
    tokens_in = sum(turn.tokens_in for turn in record.dialogue.turns)
    tokens_out = sum(turn.tokens_out for turn in record.dialogue.turns)
    parts = [f"{tokens_in:,} tokens in, {tokens_out:,} out"] if tokens_in or tokens_out else []
    return "; ".join([*parts, *([record.thread.cost] if record.thread.cost else [])])


def _ending(record: RunRecord, config: Config, around: Surroundings) -> list[str]:
    if record.verdict is None or record.reason is None:
        return []
    lines = ["", why(record.reason, config)]
    if record.detail:
        lines[-1] += f" (`{record.detail}`)"
    if record.ending.close_blocked:
        lines.append(cannot_close(record, "`"))  # as code: a reference would link
    if around.agent_may_run:
        lines.append("The agent may still be running: T3 does not show that it stopped.")
    if around.doorbell_failed:
        lines.append("The doorbell could not be rung.")
    back = way_back(record.reason, config)
    return [*lines, *(["", back] if back else [])]
