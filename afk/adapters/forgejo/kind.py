"""Forgejo as one of the forges: what it needs; what speaks to it is loaded when it is to."""

from typing import Final

from afk.adapters.forge import Addresses, Connected, ForgeKind
from afk.adapters.http import Http
from afk.config import Config


def _connect(http: Http, addresses: Addresses, config: Config) -> Connected:
    from afk.adapters.forgejo.connect import connect  # noqa: PLC0415  see the module's docstring

    return connect(http, addresses, config)


FORGEJO: Final = ForgeKind(
    name="Forgejo", needs_state_key=True, has_environments=False, connect=_connect
)
