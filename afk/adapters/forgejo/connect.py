"""Forgejo as one of the forges: what it needs, and where it is."""

from typing import Final
from urllib.parse import urlsplit

from afk.adapters.forge import Addresses, Connected, ForgeKind
from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.checks import ForgejoChecks
from afk.adapters.forgejo.evidence import ForgejoEvidence
from afk.adapters.forgejo.installation import ForgejoInstallation
from afk.adapters.forgejo.pulls import ForgejoPulls
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.http import Http
from afk.config import Config

_API: Final = "/api/v1"


def _connect(http: Http, addresses: Addresses, config: Config) -> Connected:
    """One server answers for API and people alike; the host is part of every run id."""
    parts = urlsplit(addresses.api)
    web = addresses.api.removesuffix(_API)
    host = (parts.netloc + parts.path.removesuffix(_API)).lower()
    api = ForgejoApi(http)
    return Connected(
        tracker=ForgejoTracker(http=http, web=web, host=host, config=config),
        checks=ForgejoChecks(http=http, web=web),
        pulls=ForgejoPulls(api=api, web=web),
        evidence=ForgejoEvidence(api, web),
        installation=ForgejoInstallation(api=api, config=config),
    )


FORGEJO: Final = ForgeKind(
    name="Forgejo", needs_state_key=True, has_environments=False, connect=_connect
)
