"""``afk plan``: what there is to do, shared out among jobs that run side by side.

Reads what a tick has to know before it starts anything, and decides by the same code what would
start; the shards decide again, on what they read themselves. Writes nothing but the dashboard,
which only who sees everything can write.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from afk.act.dashboard import show_board
from afk.commands import COMMANDS
from afk.commands.chosen import commented_on
from afk.decide.provider_gate import sentinels
from afk.decide.sharding import MOST, Standing, fill, shares
from afk.decide.share_text import share_text
from afk.deps import Deps
from afk.dispatch_policy import DispatchDecision
from afk.errors import ConfigError
from afk.model.share import Share
from afk.observe.choosing import decide_starts
from afk.observe.fitness import look_fit
from afk.observe.opening import open_tick
from afk.observe.overheard import Overheard
from afk.observe.ready_issue import ceilings
from afk.observe.sharing import other_server
from afk.observe.survey import survey_alone
from afk.observe.tick import Tick
from afk.ports import Reporter
from afk.text.waits import limited_by
from afk.types import IssueKey

_A_RUN: Final = 4
"""What a run is to be watched for, beside an issue that is looked at once."""


@dataclass(slots=True)
class Withheld:
    """Implements `afk.ports.Reporter`: errors are told when it is known who else will tell them.

    A plan that could be made has not failed: a job that fails hands nothing on. Whatever was wrong
    with something that is in a shard, that shard fails over.
    """

    behind: Reporter
    errors: list[tuple[Exception, IssueKey | None]] = field(default_factory=list)

    def event(self, line: str, *, key: IssueKey | None = None) -> None:
        """Pass it on."""
        self.behind.event(line, key=key)

    def warn(self, line: str, *, key: IssueKey | None = None) -> None:
        """Pass it on."""
        self.behind.warn(line, key=key)

    def error(self, error: Exception, *, key: IssueKey | None = None) -> None:
        """Keep it."""
        self.errors.append((error, key))

    def told(self, *, failed: bool) -> None:
        """Tell what was kept: as errors, or as warnings only."""
        for error, key in self.errors:
            if failed:
                self.behind.error(error, key=key)
            else:
                self.behind.warn(str(error), key=key)


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Return the plan as a workflow's matrix takes it."""
    if not 1 <= options.shards <= MOST or options.fill < 1:
        raise ConfigError(
            f"--shards {options.shards} --fill {options.fill} makes no plan",
            cause=f"a matrix has at most {MOST} jobs, and each has something to do",
            next_step=f"give --shards a number from 1 to {MOST}, and --fill 1 or more",
        )
    commented = commented_on(environ)
    return as_outcome(plan(deps, commented, most=options.shards, each=options.fill))


def plan(deps: Deps, commented: IssueKey | None, *, most: int, each: int) -> list[Share]:
    """Look at everything once, and share it out.

    ``commented``: an issue on which somebody said something, as an event has it. ``most``: shards
    there may be; ``each``: how much one has to do before there is another.
    """
    withheld = Withheld(deps.report)
    heard = Overheard(withheld)
    tick = open_tick(replace(deps, report=heard), commented=commented, follows=False)
    choice = decide_starts(_look_over(tick), look_fit, _look_over)
    show_board(choice.tick, choice.decisions, heard.troubles)
    stands = _standing(choice.tick, choice.decisions)
    made = shares(fill(_work(tick, stands), most=most, each=each), stands, deps.config)
    _tell(deps, made)
    withheld.told(failed=not made)
    return made


def as_outcome(made: Sequence[Share]) -> dict[str, Any]:
    """Return what ``--json`` shows, and a workflow's next jobs take."""
    include = [{"shard": one.shard, "share": share_text(one)} for one in made]
    return (
        {"empty": False, "matrix": {"include": include}}
        if made
        else dict(COMMANDS["plan"].disabled)
    )


def _look_over(tick: Tick) -> Tick:
    """Survey what was read, and mend nothing."""
    survey_alone(tick)
    return tick


def _work(tick: Tick, stands: Standing) -> dict[str, int]:
    """Return how much there is to do in each repository that a tick would do anything about.

    Where issues only wait, as quietly as before, there is nothing, unless one of them starts.
    One that could not be read is among them: its shard says what is wrong with it.
    """
    work = Counter(key.repo for key in {*tick.issues, *tick.gone, *tick.ledger.unread})
    work.update(stands.starts)
    for record in tick.ledger.runs.values():
        work[record.repository] += _A_RUN
    troubled = {name: 1 for name in tick.ledger.held if name not in work}
    return {name: work.get(name, 1) for name in (*work, *troubled) if name in tick.config.watched}


def _standing(tick: Tick, decisions: Sequence[DispatchDecision]) -> Standing:
    runs = tick.ledger.runs.values()
    return Standing(
        ceilings=ceilings(tick),
        starts=[one.key.repo for one in decisions if one.start],
        at_work=Counter(one.repository for one in runs if not one.waits_for_people),
        limits=[
            # Whoever reads it in another repository may not know that this one exists.
            (one.repository, instance, limited_by(one, ""))
            for instance, one in sentinels(runs, tick.config, tick.now)
        ],
        as_of=tick.t3.opened_at,
        other_server=other_server(tick),
    )


def _tell(deps: Deps, made: Sequence[Share]) -> None:
    if not made:
        deps.report.event("nothing to do, so there are no shards")
    for one in made:
        count = len(one.repositories)
        many = "1 repository" if count == 1 else f"{count} repositories"
        runs = "1 run" if one.places == 1 else f"{one.places or 'no'} runs"
        deps.report.event(f"shard {one.shard}: {many}, may start {runs}")
