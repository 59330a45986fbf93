"""What an agent is told and where: the thread to create, the assignment, the trusted comments."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from afk.decide.approval import is_trusted, may_write
from afk.decide.asks import read
from afk.issue_implementer_prompt import MAX_COMMENTS, Assignment, first_turn
from afk.observe.tick import Tick
from afk.ports import ThreadSpec
from afk.record import names
from afk.record.state import RunRecord
from afk.types import Account, Comment, Issue, IssueKey, Permission

MAX_AUTHORS: Final = 20
"""Of a comment's author only the forge knows the rights; anybody can comment."""


def thread_spec(tick: Tick, record: RunRecord, project: str) -> ThreadSpec:
    """Return the run's thread as T3 is to create it."""
    agent = tick.config.agent_of(record.repository, record.thread.agent)
    return ThreadSpec(
        id=record.thread.id,
        project_id=project,
        title=names.title(record.run_id, IssueKey(record.repository, record.issue)),
        instance=agent.instance,
        model=agent.model,
        options=tuple(sorted(agent.options.items())),
    )


def first_message(tick: Tick, issue: Issue, record: RunRecord) -> str:
    """Return what the first turn says; asks the forge about comments' authors."""
    return first_turn(assignment(tick, record), issue, trusted_comments(tick, issue, record))


def assignment(tick: Tick, record: RunRecord) -> Assignment:
    """Return what the prompts say about where the work happens."""
    return Assignment(
        run_id=record.run_id,
        workspace=tick.config.repository(record.repository).workspace,
        branch=record.landing.branch or record.commits.branch,
        base_commit=record.commits.base,
        base_branch=record.commits.branch if record.landing.branch else "",
    )


def trusted_comments(tick: Tick, issue: Issue, record: RunRecord) -> Sequence[Comment]:
    """Return comments that stood unchanged before the approval, by people who may approve.

    What was said to afk itself is nothing to the agent.

    Only as many as the agent is told: each new author is a question to the forge, and beyond
    `MAX_AUTHORS` nobody is asked about.
    """
    second = record.approval.at.replace(microsecond=0)
    asked: set[int] = set()
    newest_first = (
        comment
        for comment in reversed(issue.comments)
        if comment.created_at < second
        and comment.updated_at < second
        and comment.author.id not in tick.forge.own
        and read(comment.body) is None
        and _may_speak(tick, issue, comment.author, record, asked)
    )
    return list(islice(newest_first, MAX_COMMENTS))[::-1]


def _may_speak(
    tick: Tick, issue: Issue, author: Account, record: RunRecord, asked: set[int]
) -> bool:
    """Say whether the author may approve; ``asked`` are those whom the forge was asked about."""
    if author.id == record.approval.actor_id or is_trusted(author, tick.config):
        return True
    if not may_write(author, Permission.WRITE, tick.config):
        return False  # whatever the forge says
    if author.id not in asked and len(asked) == MAX_AUTHORS:
        return False
    asked.add(author.id)
    return may_write(author, tick.forge.permission(issue.repo.name, author), tick.config)
