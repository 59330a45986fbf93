"""What stands on the dashboard, from what a tick knows and what the dashboard remembers. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.model.board import HandedBack
from afk.record.board import EndedRun, merged
from afk.record.state import RunRecord, Stage
from afk.text.cleaning import one_line
from afk.text.dashboard import SHOWN_DAYS, TITLE, BoardContent, BoardLine, Section
from afk.text.messages import minutes, why
from afk.types import Issue, IssueKey, Reason, Verdict

HANDED: Final = frozenset({Verdict.NEEDS_HUMAN, Verdict.FROZEN})
_MOST_REMEMBERED: Final = 60
"""Runs of each kind: all of it has to fit into an issue, beside what is shown."""


def ended_run(record: RunRecord, title: str) -> EndedRun | None:
    """Return what the dashboard remembers of a run, None for one it shows nothing of."""
    at = record.ending.ended_at or record.ending.at
    shown = record.verdict is Verdict.DONE or record.verdict in HANDED
    if record.stage is not Stage.ENDED or record.verdict is None or at is None or not shown:
        return None
    return EndedRun(
        run_id=record.run_id,
        repository=record.repository,
        issue=record.issue,
        title=one_line(title, TITLE),
        verdict=record.verdict,
        at=at,
        reason=record.reason,
        pull=record.landing.pull,
    )


def too_large(issue: Issue, now: datetime) -> EndedRun:
    """Return what the dashboard remembers of an issue handed over unread: it has no run."""
    return EndedRun(
        run_id=str(issue.key),
        repository=issue.repo.name,
        issue=issue.number,
        title=one_line(issue.title, TITLE),
        verdict=Verdict.NEEDS_HUMAN,
        at=now,
        reason=Reason.OVERSIZED,
    )


def found_handed_back(
    shown: Mapping[str, HandedBack], told_of: Collection[IssueKey], now: datetime
) -> list[EndedRun]:
    """Return what was handed back before there was a dashboard to remember it.

    Issues of which records tell (``told_of``) are left out: those tell more.
    """
    return [
        EndedRun(
            run_id=f"{repo}#{number}",
            repository=repo,
            issue=number,
            title=one_line(title, TITLE),
            verdict=Verdict.NEEDS_HUMAN,
            at=now,
        )
        for repo, found in shown.items()
        for number, title in found.titles.items()
        if IssueKey(repo, number) not in told_of
    ]


def remembered(runs: Sequence[EndedRun], config: Config, now: datetime) -> tuple[EndedRun, ...]:
    """Return what is worth remembering: what landed in the last days, and what was handed back.

    Of an issue that was handed back again, or landed since, the newest run counts. A repository
    that left the configuration is forgotten: nothing is read there any more.
    """
    oldest = now - timedelta(days=SHOWN_DAYS)
    landed: list[EndedRun] = []
    handed: list[EndedRun] = []
    seen: set[IssueKey] = set()
    ordered = [one for one in merged(runs, ()) if one.repository in config.watched]
    for one in ordered:
        key = IssueKey(one.repository, one.issue)
        if one.verdict is Verdict.DONE and one.at >= oldest:
            landed.append(one)
        if one.verdict in HANDED and key not in seen:
            handed.append(one)
        seen.add(key)
    kept = {*landed[:_MOST_REMEMBERED], *handed[:_MOST_REMEMBERED]}
    return tuple(one for one in ordered if one in kept)


def still_handed_back(one: EndedRun, shown: Mapping[str, HandedBack]) -> bool:
    """Say whether nobody has taken it up: closed it, or taken its label off.

    What could not be looked at, or lies beyond what is listed, is left as it is.
    """
    found = shown.get(one.repository)
    return found is None or one.issue in found.titles or not found.whole


def says_handed_back(one: EndedRun, config: Config) -> str:
    """Return why a run was handed back, and when."""
    if one.reason is None:
        return "its comment says why"
    return f"{why(one.reason, config)} ({minutes(one.at)})"


def repositories_of(content: BoardContent, ended: Sequence[EndedRun]) -> set[str]:
    """Return every repository of which a title would be shown or remembered."""
    lines = [one for section in _sections(content) for one in section if isinstance(one, BoardLine)]
    return {one.key.repo for one in lines} | {one.repository for one in ended}


def without_titles_of(content: BoardContent, repos: Collection[str]) -> BoardContent:
    """Return the sections without the titles of some repositories' issues."""
    working, waiting, handed_back, landed = (
        [
            replace(one, title="") if isinstance(one, BoardLine) and one.key.repo in repos else one
            for one in section
        ]
        for section in _sections(content)
    )
    return BoardContent(
        working=working,
        waiting=waiting,
        handed_back=handed_back,
        landed=landed,
        troubles=content.troubles,
    )


def without_titles(ended: Sequence[EndedRun], repos: Collection[str]) -> tuple[EndedRun, ...]:
    """Return what is remembered without the titles of some repositories' issues."""
    return tuple(replace(one, title="") if one.repository in repos else one for one in ended)


def _sections(content: BoardContent) -> tuple[Section, ...]:
    return (content.working, content.waiting, content.handed_back, content.landed)
