"""Whether afk may write its dashboard into an issue: never over what a person wrote. Pure.

Whatever is afk's in a text shows by itself (`afk.record.board`). An empty issue is taken over where
somebody opened it who may approve: anybody else could go on writing into it, and could have opened
the number that somebody meant to open next.
"""

from afk.config import Config
from afk.decide.approval import may_write
from afk.errors import UserMustFix
from afk.model.board import Board
from afk.record.board import BoardFlaw
from afk.text.cleaning import one_line
from afk.types import Permission


def flawed_board(board: Board, flaw: BoardFlaw) -> UserMustFix:
    """Return why afk does not write on an issue, and what to do about it."""
    next_steps = {
        BoardFlaw.FOREIGN: "name an issue with an empty text in `dashboard`, or empty this one",
        BoardFlaw.ALTERED: "keep what you want of it, then empty the issue's text: afk writes it "
        "anew, and what stands above or below its lines stays",
        BoardFlaw.UNKNOWN_KEY: "set AFK_STATE_KEY_PREVIOUS to the former key, or empty the "
        "issue's text",
        BoardFlaw.NEWER: "upgrade afk here",
    }
    return UserMustFix(
        f"the dashboard {board.key} is not written: {flaw.value}",
        cause="afk writes over nothing that a person wrote",
        next_step=next_steps[flaw],
    )


def refused_author(board: Board, permission: Permission, config: Config) -> UserMustFix | None:
    """Return why an empty issue is not taken over, None where it is; afk's own always is."""
    if may_write(board.author, permission, config):
        return None
    told = "may not write to" if permission is Permission.NO_WRITE else "is not known to write to"
    return UserMustFix(
        f"the dashboard {board.key} is not written: {one_line(board.author.login, 60)} opened it",
        cause=f"who opened it can go on changing it, and {told} {board.key.repo}",
        next_step="open an issue yourself, with an empty text, and name it in `dashboard`",
    )
