"""GitHub behind the ports: what stands behind each, and where it is."""

from urllib.parse import urlsplit

from afk.adapters.forge import Addresses, Connected
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.boards import GitHubBoards
from afk.adapters.github.checks import GitHubChecks
from afk.adapters.github.evidence import GitHubEvidence
from afk.adapters.github.history import GitHubHistory
from afk.adapters.github.installation import GitHubInstallation
from afk.adapters.github.listing import Known
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pulls import GitHubPulls
from afk.adapters.github.settings import GitHubSettings
from afk.adapters.github.talk import GitHubTalk
from afk.adapters.github.tracker import GitHubTracker
from afk.adapters.http import Http
from afk.config import Config


def connect(http: Http, addresses: Addresses, config: Config) -> Connected:
    """Clouds have their API on a host of its own; the host people know is part of every run id."""
    parts = urlsplit(addresses.api)
    host = parts.netloc.removeprefix("api.")
    api = GitHubApi(http=http, graphql_url=addresses.graphql or graphql_url(addresses.api))
    prefetched, known = Prefetched(), Known()
    return Connected(
        tracker=GitHubTracker(
            api=api,
            web=addresses.web or f"{parts.scheme}://{host}",
            host=host.lower(),
            config=config,
            prefetched=prefetched,
            known=known,
        ),
        checks=GitHubChecks(api=api, config=config, prefetched=prefetched),
        pulls=GitHubPulls(api=api, prefetched=prefetched),
        evidence=GitHubEvidence(api=api, config=config),
        settings=GitHubSettings(api),
        installation=GitHubInstallation(api=api),
        boards=GitHubBoards(api=api, label=config.human_label),
        history=GitHubHistory(api),
        talk=GitHubTalk(api=api, known=known),
        quotas=api.quotas,
    )


def graphql_url(api_url: str) -> str:
    """Return GraphQL's address: beside ``/v3`` on Enterprise Server, below the API elsewhere."""
    base, version, _ = api_url.rpartition("/v3")
    return f"{base if version else api_url}/graphql"
