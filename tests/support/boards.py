"""What tests of the dashboard share: the ports behind it, and the issue in a world."""

from support.benches import ForgeBench
from support.poll_rig import writes

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.boards import ForgejoBoards
from afk.adapters.forgejo.history import ForgejoHistory
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.boards import GitHubBoards
from afk.adapters.github.history import GitHubHistory
from afk.ports.report import Boards, History
from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World


def boards_of(bench: ForgeBench) -> Boards:
    """Return what the dashboard is read and written through, afresh, as one tick has it."""
    http, label = bench.server("bot"), bench.config.human_label
    if bench.kind is Forge.FORGEJO:
        return ForgejoBoards(api=ForgejoApi(http), tracker=bench.tracker(), label=label)
    return GitHubBoards(
        api=GitHubApi(http=http, graphql_url=f"{bench.url}/api/graphql"), label=label
    )


def history_of(bench: ForgeBench) -> History:
    """Return what runs of the past are read through, afresh."""
    http = bench.server("bot")
    if bench.kind is Forge.FORGEJO:
        return ForgejoHistory(ForgejoApi(http))
    return GitHubHistory(GitHubApi(http=http, graphql_url=f"{bench.url}/api/graphql"))


def with_dashboard(here: World, body: str = "") -> Issue:
    """Open an issue in the first repository and tell afk to keep its dashboard there."""
    repo = here.repository("shop")
    board = here.forge.open_issue(repo, "afk", here.owner, body=body)
    here.settings["dashboard"] = f"{repo.full_name}#{board.number}"
    return board


def written(here: World, board: Issue) -> list[str]:
    """Return the writes to the dashboard since the logs were emptied."""
    return [one for one in writes(here) if one.endswith(f"{board.repo.name}/issues/{board.number}")]


def section(board: Issue, name: str) -> str:
    """Return what stands below a heading."""
    return board.body.split(f"### {name}", 1)[1].split("\n###", 1)[0].split("_As of", 1)[0]
