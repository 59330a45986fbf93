"""Whether a run can start in a repository, as far as reading tells; what has to be written is not.

The labels, and the right to set them, are seen to by `afk.act.start.prepare`.
"""

from afk.model.forge import RepositoryTrouble, Trouble
from afk.observe.tick import Tick
from afk.parallel import at_once
from afk.text.troubles import trouble_error
from afk.types import Issue


def takes_writes(tick: Tick, repo: str) -> bool:
    """Say whether the repository takes writes; an archived one is reported once a tick."""
    if not tick.deps.tracker.repository(repo).archived:
        return True
    trouble = Trouble(repo, RepositoryTrouble.ARCHIVED)
    if repo not in tick.ledger.held:
        tick.deps.report.error(trouble_error(trouble, tick.config))
    tick.ledger.hold(repo, trouble.kind.value)
    return False


def base_of_start(tick: Tick, repo: str, agent: str = "") -> str:
    """Return the commit that a run would start from, asked once a tick.

    ``agent``: the one that a label picked, which T3 must have. Raises what keeps a run from
    starting: no such branch, no such agent.
    """
    chosen = tick.config.agent_of(repo, agent)

    def base() -> str:
        known = tick.ledger.bases.get(repo)
        return known or tick.deps.tracker.head(repo, tick.forge.branch(repo))

    _, found = at_once(lambda: tick.t3.check_provider(chosen.instance, chosen.model), base)
    return found


def look_fit(tick: Tick, issue: Issue, agent: str) -> None:
    """Ask all that can be asked without a write; raises what keeps a run from starting."""
    repo = issue.repo.name
    if takes_writes(tick, repo):
        tick.ledger.bases[repo] = base_of_start(tick, repo, agent)
