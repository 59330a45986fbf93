"""The visible part of the run's comment: what people read, rendered from the record.

Pure. One function of record and configuration, so that the comment always says what the record
says. Of users or models it holds what an agent asked and an error of T3's, fenced, nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from afk.config import Config
from afk.record.state import Outcome, Purpose, RunRecord, Stage
from afk.text.answers import answer_lines
from afk.text.cleaning import inert_markdown
from afk.text.details import commit_link, in_comment
from afk.text.messages import cannot_close, headline, minutes, way_back, why
from afk.text.questions import dialogue_lines
from afk.text.quoting import quoted
from afk.text.waits import until
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
_ERROR_SHOWN: Final = 1_000
"""Characters of T3's own words in a comment."""
_WORDS_OF_ERRORS: Final[Mapping[Outcome, str]] = {
    Outcome.ERROR: "What T3 says of the turn that failed (afk reads no usage limit in it):",
    Outcome.LIMITED: "What T3 says of the usage limit:",
}


_NO_T3: Final = (
    "It cannot be reached, refuses afk or answers wrongly, or it is another server: the log of "
    "afk's workflow says which. Whether the agent is at work cannot be told."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the comment shows beside the record: addresses, and what the run waits for.

    ``waiting_for`` is a sentence of afk's own; ``until`` the next time something is due.
    ``questions``: what the agent asked, by digest. ``look_alikes``: who wrote a comment that passes
    for afk's own, and its address. ``error``: what T3 says went wrong in the last turn, as T3 says
    it, "" where it says nothing. ``taken_out``: what the agent did not get of the issue's text, in
    afk's words. ``others``: other people's pull requests for the issue, as Markdown.
    """

    thread_url: str = ""
    commit_url: str = ""
    issue_url: str = ""
    pull_url: str = ""
    waiting_for: str = ""
    until: datetime | None = None
    questions: Mapping[str, str] = field(default_factory=dict)
    look_alikes: tuple[tuple[str, str], ...] = ()
    error: str = ""
    taken_out: str = ""
    others: str = ""
    agent_may_run: bool = False
    doorbell_failed: bool = False


def render(record: RunRecord, config: Config, around: Surroundings) -> str:
    """Return the text below the marker line."""
    lines = [_heading(record, config, around), ""]
    lines += _checklist(record, config) if record.dialogue.turns else []
    lines += ["", *_fact_lines(record, config, around)]
    lines += _ending(record, config, around)
    lines += _error(record, around)
    lines += dialogue_lines(record, around.questions)
    lines += answer_lines(record, around.issue_url)
    lines += [line for one in around.look_alikes for line in ("", _not_ours(*one))]
    return "\n".join(lines).strip() + "\n"


def _not_ours(login: str, address: str) -> str:
    return (
        f"Not afk's: [a comment]({address}) of {inert_markdown(login, 60)} has the shape of this "
        "one. Nothing follows from it."
    )


def _heading(record: RunRecord, config: Config, around: Surroundings) -> str:
    if record.stage in (Stage.ENDING, Stage.ENDED) and record.verdict:
        state = headline(record.verdict)
    else:
        state = {
            Stage.APPROVED: "Approved, not started yet",
            Stage.CLAIMED: "Starting",
            Stage.RUNNING: "Waiting for people"
            if _next_of_people(record, config, around)
            else _under_way(record),
        }.get(record.stage, "Ending")
    return f"**afk: {state}** (run `{record.run_id[:8]}`)"


def _under_way(record: RunRecord) -> str:
    """Return what a run is at: it is not at work where nobody can tell, or nothing can go on."""
    if record.pauses.unseen_at:
        return "Out of sight: T3 does not show the run"
    limited = record.pauses.limited_at and record.pauses.next_try
    return "Waiting for a usage limit to be over" if limited else "At work"


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
        newest = record.commits.pushed[-5:]
        shas = ", ".join(commit_link(sha, around.commit_url) for sha in newest)
        lines.append(f"Commits: {shas}")
    lines += _pull_lines(record, config, around)
    corrective = record.corrective_turns
    if corrective or record.commits.first_red_at:
        lines.append(f"Corrective turns: {corrective} of {config.fix_forward_max_attempts}")
    if used := _used(record):
        lines.append(f"Used: {used}")
    if record.pauses.limited_at and record.pauses.next_try:
        waits = until(record.pauses.next_try, record.pauses.limited_at)
        lines.append(f"Usage limit: waiting {waits}")
    if record.pauses.unseen_at and record.stage is Stage.RUNNING:
        lines.append(
            f"T3: has not shown this run since {minutes(record.pauses.unseen_at)}. {_NO_T3}"
        )
    if around.taken_out and record.dialogue.turns:
        lines.append(f"Not handed to the agent: {around.taken_out}")
    if around.waiting_for and record.stage is not Stage.ENDED:
        lines.append(f"Waiting: {around.waiting_for}")
    if around.until and record.stage in (Stage.CLAIMED, Stage.RUNNING):
        what = _next_of_people(record, config, around) or "Next deadline"
        lines.append(f"{what}: {minutes(around.until)}")
    return [f"{line}  " for line in lines]


def _next_of_people(record: RunRecord, config: Config, around: Surroundings) -> str:
    """Return what the next time is where only people can take the run further, "" elsewhere.

    They are reminded once, then it is handed back: see `afk.decide.landing`.
    """
    since, due_at = record.landing.waiting_since, around.until
    if since is None or due_at is None or record.stage is not Stage.RUNNING:
        return ""
    due = {config.review_seconds: "Handed back", config.review_remind_seconds: "Reminder"}
    return due.get(round((due_at - since).total_seconds()), "")


def _pull_lines(record: RunRecord, config: Config, around: Surroundings) -> list[str]:
    """Return where the pull request is and what was asked of the agent on its way."""
    landing = record.landing
    if not landing.branch:
        return []
    if not landing.pull:
        over = record.stage in (Stage.ENDING, Stage.ENDED)
        opened = "it got no pull request" if over else "afk opens its pull request"
        return [f"Branch: `{landing.branch}` ({opened})"]
    link = f"[#{landing.pull}]({around.pull_url})" if around.pull_url else f"`{landing.pull}`"
    merged = f", merged as {commit_link(landing.merged, around.commit_url)}"
    lines = [f"Pull request: {link}{merged if landing.merged else ''}"]
    asked = (
        ("Review turns", Purpose.REVIEW, config.review_turns),
        ("Rebase turns", Purpose.REBASE, config.conflict_turns),
    )
    for words, purpose, allowed in asked:
        if count := record.turns_for(purpose):
            lines.append(f"{words}: {count} of {allowed}")
    if around.others:
        seen = "when this one was opened or made ready"
        lines.append(f"Somebody else's for this issue: {around.others} (as seen {seen})")
    if landing.reruns:
        lines.append("CI: what failed was run again before the agent was asked to mend it")
    return lines


def _error(record: RunRecord, around: Surroundings) -> list[str]:
    """Return T3's own words where the last turn ended by them: a person reads more in them."""
    outcome = record.turn.outcome if record.turn is not None else None
    words = _WORDS_OF_ERRORS.get(outcome) if outcome is not None else None
    block = quoted(around.error, _ERROR_SHOWN)
    over = record.verdict in (Verdict.NEEDS_HUMAN, Verdict.FROZEN)
    shown = over or record.pauses.limited_at is not None
    return ["", words, "", block] if block and words and shown else []


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
        lines[-1] += f" ({in_comment(record.detail, around.commit_url)})"
    if record.ending.close_blocked:
        lines.append(cannot_close(record, "`"))  # as code: a reference would link
    if around.agent_may_run:
        lines.append("The agent may still be running: T3 does not show that it stopped.")
    if around.doorbell_failed:
        lines.append("The doorbell could not be rung.")
    back = way_back(record.reason, config)
    return [*lines, *(["", back] if back else [])]
