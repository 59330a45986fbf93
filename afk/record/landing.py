"""What a run record remembers of landing by pull request.

Pure data. Times are afk's own clock at the tick that first saw the fact. Nothing that people or
models wrote stands here: reviews and comments are remembered by their ids.
"""

from dataclasses import dataclass

from pydantic import AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """How far a run's pull request has come; ``branch`` empty: the run pushes to the base.

    ``tip`` is the commit whose CI counts: the branch's head, and after the merge what landed.
    ``ready_at``: it was made ready for review, so a draft is a person's word from then on.
    ``waiting_since``: nothing but people could take it further; since then the run holds no agent
    and no place, until it is sent a turn. ``updated_from`` are the heads into which afk had the
    base merged; ``conflict_head`` is the one where that failed. ``seen_mark`` stands for the last
    whole look at it that left people to wait for, and in which nobody had said anything.
    ``taken_over``: somebody else's commits stood on the branch. ``rung_turns``: how many turns
    there were when people were last rung for.
    ``refused_at`` and ``refused_head``: the forge last refused to merge this head; ``tried_head``
    and ``tries``: how often in a row it said of this one to try again. ``rerun_of``, ``rerun_at``
    and ``reruns``: the commit whose failed jobs were run again, when that was last asked for and
    how often it was done; ``rerun_refusals``: how often the forge would not. ``others``: other
    people's pull requests of the repository that said they close the issue, when the run's own was
    opened or made ready.
    """

    branch: str = ""
    pull: int = 0
    tip: str = ""
    merged: str = ""
    ready_at: AwareDatetime | None = None
    waiting_since: AwareDatetime | None = None
    reminded_at: AwareDatetime | None = None
    updated_from: tuple[str, ...] = ()
    seen_mark: str = ""
    taken_over: bool = False
    conflict_head: str = ""
    rung_turns: int = 0
    refused_at: AwareDatetime | None = None
    refused_head: str = ""
    tried_head: str = ""
    tries: int = 0
    rerun_of: str = ""
    rerun_at: AwareDatetime | None = None
    reruns: int = 0
    rerun_refusals: int = 0
    others: tuple[str, ...] = ()
