"""What `afk init` asks of a forge beyond a tick's ports, on a bench of the contract suite's."""

from support.benches import ForgeBench

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.settings import ForgejoSettings
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.settings import GitHubSettings
from afk.ports.setup import Settings
from afk.types import Forge


def settings_of(bench: ForgeBench, login: str = "owner") -> Settings:
    """Return the settings of workflows as somebody sees and sets them, afresh."""
    http = bench.server(login)
    if bench.kind is Forge.FORGEJO:
        return ForgejoSettings(ForgejoApi(http))
    return GitHubSettings(GitHubApi(http=http, graphql_url=f"{bench.url}/api/graphql"))
