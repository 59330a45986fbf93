"""Forgejo behind the ports: what stands behind each, and where it is."""

from typing import Final
from urllib.parse import urlsplit

from afk.adapters.forge import Addresses, Connected
from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.boards import ForgejoBoards
from afk.adapters.forgejo.checks import ForgejoChecks
from afk.adapters.forgejo.evidence import ForgejoEvidence
from afk.adapters.forgejo.history import ForgejoHistory
from afk.adapters.forgejo.installation import ForgejoInstallation
from afk.adapters.forgejo.pulls import ForgejoPulls
from afk.adapters.forgejo.settings import ForgejoSettings
from afk.adapters.forgejo.talk import ForgejoTalk
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.http import Http
from afk.config import Config

_API: Final = "/api/v1"


def connect(http: Http, addresses: Addresses, config: Config) -> Connected:
    """One server answers for API and people alike; the host is part of every run id."""
    parts = urlsplit(addresses.api)
    web = addresses.api.removesuffix(_API)
    host = (parts.netloc + parts.path.removesuffix(_API)).lower()
    api = ForgejoApi(http)
    tracker = ForgejoTracker(http=http, web=web, host=host, config=config)
    return Connected(
        tracker=tracker,
        checks=ForgejoChecks(http=http, web=web),
        pulls=ForgejoPulls(api=api, web=web),
        evidence=ForgejoEvidence(api, web),
        settings=ForgejoSettings(api),
        installation=ForgejoInstallation(api=api, config=config),
        boards=ForgejoBoards(api=api, tracker=tracker, label=config.human_label),
        history=ForgejoHistory(api),
        talk=ForgejoTalk(api, config),
    )
