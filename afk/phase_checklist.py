"""The visible part of the run's comment: what people read, rendered from the record.

Pure. One function of record and configuration, so that the comment always says what the record
says. The outcome stands first, then what happens next, then what is folded away. Of users or
models it holds what an agent asked, an error of T3's and the names of checks, inert, nothing else.
"""

from collections.abc import Mapping
from typing import Final

from afk.config import Config
from afk.record.names import short
from afk.record.state import Outcome, RunRecord, Stage
from afk.text.answers import answer_lines
from afk.text.branch_state import branch_state
from afk.text.cleaning import inert_markdown
from afk.text.details import in_comment
from afk.text.failing import failed_line
from afk.text.how_it_went import how_it_went, progress
from afk.text.messages import cannot_close, way_back, why
from afk.text.next_steps import next_steps
from afk.text.outcomes import outcome, says
from afk.text.questions import dialogue_lines
from afk.text.quoting import quoted
from afk.text.surroundings import Surroundings as Surroundings  # noqa: PLC0414  rendered here
from afk.text.times import minutes, took
from afk.text.where_it_stands import standing
from afk.types import CIStatus, Reason, Verdict

_ERROR_SHOWN: Final = 1_000
"""Characters of T3's own words in a comment."""
_WORDS_OF_ERRORS: Final[Mapping[Outcome, str]] = {
    Outcome.ERROR: "What T3 says went wrong (no usage limit, as far as afk can tell):",
    Outcome.LIMITED: "What T3 says of the usage limit:",
}
_HANDS_OVER: Final = frozenset({Verdict.NEEDS_HUMAN, Verdict.FROZEN})


def render(record: RunRecord, config: Config, around: Surroundings) -> str:
    """Return the text below the marker line."""
    over = record.verdict is not None and record.stage in (Stage.ENDING, Stage.ENDED)
    parts = _over(record, config, around) if over else _under_way(record, config, around)
    asked = "\n".join(dialogue_lines(record, around.questions)).strip()
    unfolded = not over or record.reason is Reason.ASKED_AGAIN
    parts += [[asked]] if unfolded and asked else []
    told = "\n".join(answer_lines(record, around.issue_url)).strip()
    parts += [[told]] if told else []
    parts += [_links(record, around)]
    parts += [_folded(record, config, around, "" if unfolded else asked)]
    parts += [[_not_ours(*one)] for one in around.look_alikes]
    return "\n\n".join("  \n".join(part).strip() for part in parts if part) + "\n"


def _heading(title: str, record: RunRecord) -> list[str]:
    return [f"### afk: {title} <sub>(run `{short(record.run_id)}`)</sub>"]


def _under_way(record: RunRecord, config: Config, around: Surroundings) -> list[list[str]]:
    """Return a run that is not over: where it stands, how far it has come, how it goes on."""
    if record.stage in (Stage.ENDING, Stage.ENDED):
        return [_heading("Ending", record)]
    now = standing(record, config, around)
    done = [progress(record, config)] if record.stage is Stage.RUNNING else []
    return [
        _heading(now.title, record),
        list(now.lines),
        done,
        next_steps(record, config, around),
        _error(record, around),
    ]


def _over(record: RunRecord, config: Config, around: Surroundings) -> list[list[str]]:
    """Return a run that is over: why, what failed, what is left where, the way back."""
    verdict, reason = record.verdict, record.reason
    title = outcome(record, verdict) if verdict is not None else ""
    told, back = "", ""
    if reason is not None:
        detail = f" ({in_comment(record.detail, around.commit_url)})" if record.detail else ""
        detail = "" if reason is Reason.PULL_CLOSED else detail  # it is linked below
        told, back = f"**{why(reason, config)}**{detail}", way_back(reason, config)
    red = says(record) is CIStatus.RED
    notes = [told, _ended(record), *(failed_line(record, around.failed) if red else [])]
    if record.ending.close_blocked:
        notes.append(cannot_close(record, around.blockers))
    if around.agent_may_run:
        notes.append("The agent may still be running: T3 does not show that it stopped.")
    if around.doorbell_failed:
        notes.append(
            "Not everybody was told: a doorbell could not be rung, or a comment not be posted."
        )
    return [
        _heading(title, record),
        [note for note in notes if note],
        _error(record, around),
        branch_state(record, around),
        [f"**What you can do:** {back}", *_retry(record, config)] if back else [],
    ]


def _retry(record: RunRecord, config: Config) -> list[str]:
    """Return what can be said instead of labelled, where every tick hears it.

    An issue that was handed back is looked at until it is at rest; one that is too large to be
    read has no comments that anybody hears.
    """
    if record.verdict not in _HANDS_OVER or record.reason is Reason.OVERSIZED:
        return []
    return [f"Commenting `/afk retry` does the same as putting `{config.ready_label}` on again."]


def _ended(record: RunRecord) -> str:
    """Return when it was over, and how long after its start."""
    at = record.ending.at or record.ending.ended_at
    length = took(record.thread.claimed_at, at)
    return f"Ended {minutes(at)}{f', {length} after it began' if length else ''}." if at else ""


def _links(record: RunRecord, around: Surroundings) -> list[str]:
    """Return where to look: the agent's conversation, the pull request."""
    pull = record.landing.pull
    links = [
        f"[Conversation in T3]({around.thread_url})" if around.thread_url else "",
        f"[Pull request #{pull}]({around.pull_url})" if pull and around.pull_url else "",
    ]
    shown = " · ".join(link for link in links if link)
    return [shown] if shown else []


def _folded(record: RunRecord, config: Config, around: Surroundings, asked: str) -> list[str]:
    """Return the rest, folded; the empty lines let both forges read Markdown in there."""
    if record.stage is Stage.APPROVED and not record.dialogue.turns:
        return []  # all there is to say of it stands above
    facts = "\n".join(how_it_went(record, config, around))
    body = "\n\n".join(part for part in (facts, asked) if part)
    return [f"<details>\n<summary>Details</summary>\n\n{body}\n\n</details>"]


def _not_ours(login: str, address: str) -> str:
    return (
        f"Not afk's: [a comment]({address}) of {inert_markdown(login, 60)} has the shape of this "
        "one. Nothing follows from it."
    )


def _error(record: RunRecord, around: Surroundings) -> list[str]:
    """Return T3's own words where the last turn ended by them: a person reads more in them."""
    outcome_ = record.turn.outcome if record.turn is not None else None
    words = _WORDS_OF_ERRORS.get(outcome_) if outcome_ is not None else None
    block = quoted(around.error, _ERROR_SHOWN)
    shown = record.verdict in _HANDS_OVER or record.pauses.limited_at is not None
    return [f"{words}\n\n{block}"] if block and words and shown else []
