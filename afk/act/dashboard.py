"""Writes the dashboard at the end of a tick, where something on it has changed.

Whatever goes wrong here fails no tick: the runs are served, and the dashboard is told of as a
trouble. The issue is read right before it is written, so that what somebody writes meanwhile above
or below afk's part is kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from afk.act.record_book import thread_url
from afk.decide.board_content import (
    HANDED,
    ended_run,
    found_handed_back,
    remembered,
    repositories_of,
    says_handed_back,
    still_handed_back,
    too_large,
    without_titles,
    without_titles_of,
)
from afk.decide.board_owner import flawed_board, refused_author
from afk.dispatch_policy import DispatchDecision
from afk.errors import AfkError, NotFound, UserMustFix, WouldWrite, one_of_many
from afk.model.board import Board, HandedBack
from afk.observe.tick import Tick
from afk.record.board import (
    MAX_BODY,
    BoardFlaw,
    BoardMemory,
    BoardText,
    EndedRun,
    board_body,
    merged,
    read_board,
)
from afk.record.state import RunRecord
from afk.text.cleaning import inert_markdown
from afk.text.dashboard import SAYS, BoardContent, BoardLine, render_board
from afk.text.messages import minutes, waits_for
from afk.text.standing import standing, waits
from afk.text.waits import address, with_links
from afk.types import IssueKey, Verdict

_TROUBLE: Final = 500


def show_board(
    tick: Tick, decisions: Sequence[DispatchDecision], troubles: Sequence[AfkError]
) -> None:
    """Bring the dashboard up to date, if there is to be one.

    ``troubles``: what this tick has reported that concerns the whole installation.
    """
    key = tick.config.dashboard_key
    if key is None:
        return
    with one_of_many(tick.deps.report, key):  # a bug in it keeps nobody from what the tick did
        try:
            _update(tick, key, decisions, troubles)
        except WouldWrite:
            raise
        except AfkError as error:
            tick.deps.report.warn(f"the dashboard is not up to date: {error}", key=key)


def _update(
    tick: Tick,
    key: IssueKey,
    decisions: Sequence[DispatchDecision],
    troubles: Sequence[AfkError],
) -> None:
    boards, keys = tick.deps.boards, tick.deps.keys
    board = boards.read(key, tick.config.watched)
    if board is None:
        raise NotFound(
            f"there is no issue {key}",
            cause="it was deleted or transferred, is a pull request, or the number is wrong",
            next_step="open an issue with an empty text and name it in `dashboard`",
        )
    place = f"{tick.deps.tracker.host}/{board.repository_id}#{key.number}"
    stands = read_board(board.body, place, keys)
    if isinstance(stands, BoardFlaw):
        raise flawed_board(board, stands)
    if stands.memory.as_of is None:
        _may_take_over(tick, board)
    ended, handed = _memory(tick, stands)
    content = board_content(tick, ended, handed, decisions, troubles)

    def text(withheld: Collection[str], as_of: datetime) -> str:
        memory = BoardMemory(
            as_of=as_of,
            withheld=tuple(sorted(withheld)),
            ended=without_titles(ended, withheld),
        )
        shown = without_titles_of(content, withheld)
        return board_body(_text(tick, replace(stands, memory=memory), shown), place, keys)

    standing_now = board.body.replace("\r\n", "\n")
    as_of = stands.memory.as_of or tick.now
    if text(stands.memory.withheld, as_of) == standing_now:
        return
    withheld = boards.withheld(board, sorted(repositories_of(content, ended)))
    boards.write(board, text(withheld, tick.now))
    tick.deps.report.event("the dashboard was brought up to date", key=key)


def _may_take_over(tick: Tick, board: Board) -> None:
    """Raise why an issue that nothing stands in yet is not afk's to write on."""
    if board.author.id in tick.forge.own:
        return
    permission = tick.forge.permission(board.key.repo, board.author)
    refused = refused_author(board, permission, tick.config)
    if refused is not None:
        raise refused


def _memory(tick: Tick, stands: BoardText) -> tuple[tuple[EndedRun, ...], Mapping[str, HandedBack]]:
    """Return what is to be remembered, and what the forge shows as handed back.

    Only where something that this tick has not read is remembered as handed back does anybody have
    to look whether it still is; and once, for what was before there was a dashboard.
    """
    read = {
        found.record.run_id: found.record
        for issue in tick.issues.values()
        for found in tick.forge.records(issue).runs
    }
    records = (read | tick.ledger.ended).values()
    new = [_ended(tick, one) for one in records]
    told = [one for one in new if one is not None]
    told += [too_large(tick.issues[key], tick.now) for key in tick.ledger.too_large]
    memory = merged(stands.memory.ended, told)
    memory = remembered([one for one in memory if not _taken_up(tick, one)], tick.config, tick.now)
    unknown = [one for one in memory if one.verdict in HANDED and not _known(tick, one)]
    begins, asked = stands.memory.as_of is None, {one.repository for one in unknown}
    repos = [repo for repo in tick.config.watched if begins or repo in asked]
    shown = tick.deps.boards.handed_back(repos) if repos else {}
    if begins:
        told_of = {IssueKey(one.repository, one.issue) for one in records}
        found = found_handed_back(shown, told_of | tick.ledger.too_large, tick.now)
        memory = remembered([*memory, *found], tick.config, tick.now)
    over = [one for one in unknown if not still_handed_back(one, shown)]
    mask = tick.deps.mask
    stays = [one for one in memory if one not in over]
    return tuple(replace(one, title=mask(one.title)) for one in stays), shown


def _known(tick: Tick, one: EndedRun) -> bool:
    """Say whether this tick has read the issue, or ended the run itself."""
    return _just_ended(tick, one) or IssueKey(one.repository, one.issue) in tick.issues


def _just_ended(tick: Tick, one: EndedRun) -> bool:
    """Say whether it ended in this tick, after its issue was read."""
    key = IssueKey(one.repository, one.issue)
    return one.run_id in tick.ledger.ended or key in tick.ledger.too_large


def _taken_up(tick: Tick, one: EndedRun) -> bool:
    """Say whether an issue that this tick has read is handed back no longer."""
    issue = tick.issues.get(IssueKey(one.repository, one.issue))
    if one.verdict not in HANDED or issue is None or _just_ended(tick, one):
        return False
    return not (issue.open and issue.has_label(tick.config.human_label))


def _ended(tick: Tick, record: RunRecord) -> EndedRun | None:
    return ended_run(record, _title(tick, IssueKey(record.repository, record.issue)))


def _title(tick: Tick, key: IssueKey) -> str:
    return tick.deps.mask(tick.title(key))


def _text(tick: Tick, stands: BoardText, content: BoardContent) -> BoardText:
    """Return the issue's text with what people are to read, cut to the room there is."""
    bare = board_body(replace(stands, visible=""), "", tick.deps.keys)
    web = tick.deps.tracker.web.rstrip("/")
    as_of = stands.memory.as_of or tick.now
    visible = render_board(content, web=web, as_of=as_of, room=MAX_BODY - len(bare))
    if not visible:
        raise UserMustFix(
            "there is no room left for it",
            cause="what people wrote above and below afk's part is too long",
            next_step="shorten that, or name another issue in `dashboard`",
        )
    return replace(stands, visible=visible)


def board_content(
    tick: Tick,
    ended: Sequence[EndedRun],
    handed: Mapping[str, HandedBack],
    decisions: Sequence[DispatchDecision],
    troubles: Sequence[AfkError],
) -> BoardContent:
    """Return what stands in each section.

    ``ended``: runs that are over; ``handed``: what the forge shows as handed back.
    """
    runs = sorted(tick.ledger.runs.values(), key=lambda one: (one.approval.at, one.run_id))
    over = {IssueKey(one.repository, one.issue) for one in ended if one.verdict in HANDED}
    taken = {IssueKey(one.repository, one.issue) for one in runs} | over
    waiting = [_run(tick, one) for one in runs if waits(one)]
    waiting += [_held(tick, one) for one in decisions if one.key not in taken]
    return BoardContent(
        working=[_run(tick, one) for one in runs if not waits(one)],
        waiting=waiting,
        handed_back=[_handed(tick, one, handed) for one in ended if one.verdict in HANDED],
        landed=[_landed(tick, one) for one in ended if one.verdict is Verdict.DONE],
        troubles=[_trouble(tick, one) for one in _distinct(troubles)],
    )


def _run(tick: Tick, record: RunRecord) -> BoardLine:
    key, url = IssueKey(record.repository, record.issue), thread_url(tick, record)
    says = with_links(standing(record, tick.config), key.repo, "", most=SAYS)
    links = [f"[conversation in T3]({url})"] if url else []
    if record.landing.pull:
        links.append(_pull(tick, key.repo, record.landing.pull))
    return BoardLine(key, _title(tick, key), " · ".join([says, *links]))


def _held(tick: Tick, decision: DispatchDecision) -> BoardLine:
    """Return what an issue waits for, in the words that its own comment says it in."""
    web = tick.deps.tracker.web.rstrip("/")
    told = waits_for(decision.gate, decision.evidence)
    says = with_links(tick.deps.mask(told or "starts next"), "", web, most=SAYS)
    return BoardLine(decision.key, _title(tick, decision.key), says)


def _handed(tick: Tick, one: EndedRun, shown: Mapping[str, HandedBack]) -> BoardLine:
    found = shown.get(one.repository)
    title = found.titles.get(one.issue, one.title) if found is not None else one.title
    links = [_pull(tick, one.repository, one.pull)] if one.pull else []
    says = " · ".join([says_handed_back(one, tick.config), *links])
    return BoardLine(IssueKey(one.repository, one.issue), tick.deps.mask(title), says)


def _landed(tick: Tick, one: EndedRun) -> BoardLine:
    links = [_pull(tick, one.repository, one.pull)] if one.pull else []
    says = " · ".join([minutes(one.at), *links])
    return BoardLine(IssueKey(one.repository, one.issue), one.title, says)


def _pull(tick: Tick, repo: str, number: int) -> str:
    web = tick.deps.tracker.web.rstrip("/")
    return f"[pull request {number}]({address(web, repo, number)})"


def _distinct(troubles: Sequence[AfkError]) -> list[AfkError]:
    return list({error.what: error for error in troubles}.values())


def _trouble(tick: Tick, error: AfkError) -> str:
    """Return a trouble as code: it may quote what a server said."""
    next_step = f" Next: {error.next_step}" if error.next_step else ""
    return inert_markdown(tick.deps.mask(f"{error.what}.{next_step}"), _TROUBLE)
