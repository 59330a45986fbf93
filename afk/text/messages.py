"""Every sentence a person reads about a run: why it ended, and the way back.

Pure. Says what happened, which setting decided, and the next step. Never holds issue text
except through `afk.text.cleaning`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from afk.config import Config
from afk.errors import TooLarge
from afk.record.state import RunRecord
from afk.text.cleaning import one_line
from afk.text.details import in_plain_text
from afk.text.gates import waits_for as waits_for  # noqa: PLC0414  a sentence like the others
from afk.text.outcomes import headline as headline  # noqa: PLC0414
from afk.text.outcomes import outcome
from afk.text.times import minutes as minutes  # noqa: PLC0414
from afk.types import Issue, Reason, Verdict

_RELABEL: Final = "To run it again, put `{ready}` on again."
_AFTER_READING: Final = (
    "Read the agent's conversation in T3, then put `{ready}` on again, or finish it by hand."
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened, and the way back."""

    what: str
    way_back: str = _RELABEL


REASONS: Final[Mapping[Reason, Sentence]] = {
    Reason.LANDED: Sentence("The work is on the branch and CI is green.", ""),
    Reason.NOTHING_PUSHED: Sentence("The agent finished without pushing a commit.", _AFTER_READING),
    Reason.UNMARKED: Sentence(
        "The agent finished. No commit names this run, but commits came onto the branch since it "
        "began; they may be the agent's or somebody else's.",
        "If one of them is the agent's, check its CI and close this by hand. If none is, read the "
        "agent's conversation in T3, then put `{ready}` on again.",
    ),
    Reason.BRANCH_GONE: Sentence(
        "The branch this run works on is no longer there, and none is known to have taken its "
        "place.",
        "Set `branch` in the configuration if it was renamed, then put `{ready}` on again.",
    ),
    Reason.AGENT_FAILED: Sentence(
        "The agent stopped with an error before it pushed anything.", _AFTER_READING
    ),
    Reason.NEVER_STARTED: Sentence(
        "T3 took the task, but the agent never began.",
        "Look at the agent in T3's settings (is its program installed and signed in?), "
        "then put `{ready}` on again.",
    ),
    Reason.PREPUSH_DEADLINE: Sentence(
        "Nothing was pushed in the time allowed, so the agent was stopped.", _AFTER_READING
    ),
    Reason.ASKED_AGAIN: Sentence(
        "The agent asks something that only a person can answer.",
        "Answer its question in the issue's text, then put `{ready}` on again.",
    ),
    Reason.USAGE_LIMIT: Sentence(
        "The agent's usage limit lasted longer than afk waits for it.",
        "Put `{ready}` on again when the allowance is back.",
    ),
    Reason.VANISHED: Sentence(
        "The agent's conversation is gone from T3, and afk may start no other in its place.",
        "Check whether T3's data was lost, then put `{ready}` on again.",
    ),
    Reason.ZOMBIE: Sentence(
        "Nothing of the agent moved for too long, so it was stopped.", _AFTER_READING
    ),
    Reason.UNSEEN: Sentence(
        "T3 has not shown the agent for too long; it may still be running.",
        "Look at T3's machine, stop what still runs there, then put `{ready}` on again.",
    ),
    Reason.ATTEMPTS_SPENT: Sentence(
        "The agent has had every try to fix CI, and it still fails.", _AFTER_READING
    ),
    Reason.TIME_SPENT: Sentence(
        "The time for fixing CI is over, and it still fails.", _AFTER_READING
    ),
    Reason.CI_SILENT: Sentence(
        "CI gave no final answer on the pushed commit in the time allowed.",
        "Check that CI runs for this branch (or set `ci.none: green`), "
        "then put `{ready}` on again.",
    ),
    Reason.FOREIGN_MESSAGE: Sentence(
        "The work is not done and somebody else wrote to the agent in T3, so afk sends it nothing "
        "more.",
        "Finish it in that conversation, or put `{ready}` on again for a fresh run.",
    ),
    Reason.THREAD_REMOVED: Sentence("The agent's conversation was archived or deleted in T3."),
    Reason.EDITED: Sentence(
        "The issue's title or text changed after it was approved, or it cannot be proven that they "
        "did not.",
        "Read the text as it is now; to approve it, put `{ready}` on again.",
    ),
    Reason.AUTHORITY_REVOKED: Sentence(
        "Whoever approved this may no longer write to the repository, or took the comment back "
        "that approved it.",
        "Somebody who may write to the repository has to put `{ready}` on again.",
    ),
    Reason.RECORD_EDITED: Sentence(
        "What afk had noted about this run in its comment is not believed: somebody edited it, or "
        "`AFK_STATE_KEY` was set or changed. Nothing was closed and the agent was sent nothing.",
    ),
    Reason.RECORD_REGRESSED: Sentence(
        "What afk had noted in its comment is older than what T3 shows: somebody put an old text "
        "back. Nothing was closed and the agent was sent nothing.",
    ),
    Reason.RECORD_OVERWRITTEN: Sentence(
        "It had ended before, and a slower look of afk's wrote over what its comment said.",
        "The issue's history shows what was done. " + _RELABEL,
    ),
    Reason.RECORD_LOST: Sentence(
        "The comment with afk's notes on this run was deleted while the agent was at work.",
        "Read the agent's conversation in T3; " + _RELABEL.replace("To", "to"),
    ),
    Reason.WORKSPACE_REFUSED: Sentence(
        "T3 refused the project: the folder in `workspace` does not exist on its machine.",
        "Correct `workspace` in the configuration, then put `{ready}` on again.",
    ),
    Reason.START_REFUSED: Sentence(
        "T3 refused to start the agent, and would refuse again.",
        "Compare `t3.instance` and `t3.model` in the configuration with what T3 offers, "
        "then put `{ready}` on again.",
    ),
    Reason.DISPATCH_FAILED: Sentence(
        "T3 refused to start the run three times.",
        "Look at T3's log, then put `{ready}` on again.",
    ),
    Reason.OVERSIZED: Sentence(
        "The issue or its comments are larger than afk reads.",
        "Shorten them, then put `{ready}` on again.",
    ),
    Reason.READY_REMOVED: Sentence("`{ready}` was taken off, so the agent was stopped."),
    Reason.HUMAN_LABEL_ADDED: Sentence("`{human}` was put on, so the agent was stopped."),
    Reason.CLOSED_BY_PERSON: Sentence(
        "The issue was closed by hand, so the agent was stopped.",
        "To run it again, reopen it and put `{ready}` on again.",
    ),
    Reason.REVERTED: Sentence(
        "The run's commit was taken back (reverted, or off the branch), so the agent was stopped."
    ),
    Reason.STOP_COMMAND: Sentence("Somebody asked afk to stop this run."),
    Reason.PUSHED_TO_BASE: Sentence(
        "The agent pushed straight to the branch, although a pull request was to bring its work "
        "there.",
        "Look at those commits now: nobody reviewed them. Protect the branch against the agent's "
        "account, then put `{ready}` on again if something is left to do.",
    ),
    Reason.PULL_CLOSED: Sentence(
        "Its pull request was closed without being merged, so the agent was stopped.",
    ),
    Reason.PULL_REFUSED: Sentence(
        "The forge does not let afk open a pull request for the run's branch.",
        "The work stands on that branch: open one by hand. For the next run give afk's token the "
        "right to write pull requests (on GitHub a job's own token also needs the setting 'Allow "
        "GitHub Actions to create and approve pull requests'), then put `{ready}` on again.",
    ),
    Reason.CONFLICT: Sentence(
        "The pull request still conflicts with the branch it is for, after every try allowed.",
        "It stays open: rebase it by hand, or close it and put `{ready}` on again.",
    ),
    Reason.REVIEWS_SPENT: Sentence(
        "The reviewers ask for more, and the agent has had every try allowed.",
        "Finish it by hand, or close the pull request and put `{ready}` on again.",
    ),
    Reason.NO_REVIEW: Sentence(
        "Nobody has merged, reviewed or closed the pull request in the time allowed.",
        "It stays open: merge it by hand, or close it and put `{ready}` on again.",
    ),
    Reason.LABELLED_AGAIN: Sentence(
        "`{ready}` was put on again: a new run takes over from this one.", ""
    ),
}


def why(reason: Reason, config: Config) -> str:
    """Return what happened, with the configured label names."""
    return _named(REASONS[reason].what, config)


def way_back(reason: Reason, config: Config) -> str:
    """Return how to go on from there, or ""."""
    return _named(REASONS[reason].way_back, config)


def ring_title(record: RunRecord, verdict: Verdict) -> str:
    """Return a doorbell's title."""
    return f"{outcome(record, verdict)}: {record.repository}#{record.issue}"


def ring_text(record: RunRecord, title: str, config: Config, *, stopped: bool) -> str:
    """Return a doorbell's text: the issue's title cleaned, why, and the way back."""
    parts = [one_line(title, 120)]
    if record.reason is not None:
        detail = f"({in_plain_text(record.detail)})" if record.detail else ""
        parts += [why(record.reason, config), detail, way_back(record.reason, config)]
    if record.ending.close_blocked:
        parts.append(cannot_close(record))
    if not stopped:
        parts.append("The agent may still be running.")
    return " ".join(part for part in parts if part)


def cannot_close(record: RunRecord, blockers: str = "") -> str:
    """Return what keeps a landed issue open; ``blockers``: its names as Markdown."""
    names = blockers or ", ".join(record.ending.blocked_by) or "a blocker"
    verb = "are" if len(record.ending.blocked_by) > 1 else "is"
    return f"The issue cannot be closed while {names} {verb} open; close it by hand after that."


REFUSED_LABEL: Final = (
    "`{label}` was put on by an account without write permission, which starts nothing; "
    "afk took it off. Somebody with write permission can put it on."
)


def refused_label(label: str) -> str:
    """Return the one comment about a label that a stranger set."""
    return REFUSED_LABEL.format(label=label)


_LABEL_AGAIN: Final = (
    "`{ready}` starts nothing here yet: it was put on before afk knew this label under this name, "
    "so somebody may have meant another. From now on afk knows it. To approve the issue as it "
    "stands, somebody with write permission takes `{ready}` off and puts it on again."
)


SPOILT_COMMENT: Final = (
    "afk wrote this comment and somebody else changed it. What stood here is no longer afk's word, "
    "so afk took it out; nothing follows from it. Where things stand is in afk's other comment."
)


def label_again(config: Config) -> str:
    """Return the comment about a ready label that is younger, or newer to afk, than its use."""
    return _named(_LABEL_AGAIN, config)


def oversized_notice(config: Config) -> str:
    """Return the comment about an issue that is larger than afk reads."""
    reason = Reason.OVERSIZED
    return f"{why(reason, config)} {way_back(reason, config)}"


def unread_record(issue: Issue) -> TooLarge:
    """Return what is wrong where an agent is at work and its record may be among what is unread."""
    return TooLarge(
        f"{issue.key}: an agent is at work, and its run record was not found",
        cause=issue.oversized,
        next_step="delete or shorten what is huge there; nothing starts in its repository before",
    )


def _named(text: str, config: Config) -> str:
    return text.format(ready=config.ready_label, human=config.human_label)
