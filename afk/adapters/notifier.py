"""Doorbells behind `afk.ports.Notifier`: the one table of them.

Profile
-------
Endpoints: one POST of JSON per ring and doorbell, to the configured address; what it holds stands
with each kind in `afk.adapters.doorbells`. Nothing is repeated here: a ring that failed is rung
again by the next tick, with the same id in it.

A new kind is one row in `afk.variables.DOORBELLS` (its word, its variables: the configuration takes
it, its secrets are masked, the README has them) and one below (what rings it); a test holds the two
to each other.

Errors: `OutsideFailure` for everything a server or the network does; `ConfigError` when an
address is missing or cannot be one; `TokenError` for a malformed token.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import httpx

from afk.adapters.doorbells.bell import Doorbell, Line
from afk.adapters.doorbells.discord import discord
from afk.adapters.doorbells.ntfy import ntfy
from afk.adapters.doorbells.slack import slack
from afk.adapters.doorbells.webhook import webhook
from afk.errors import ConfigError
from afk.findings import Collected
from afk.variables import DOORBELLS

MAKERS: Final[Mapping[str, Callable[[Line], Doorbell]]] = {
    "slack": slack,
    "discord": discord,
    "ntfy": ntfy,
    "webhook": webhook,
}
"""What makes each kind's doorbell, by its word in the configuration."""


def notifiers(
    kinds: Sequence[str],
    environ: Mapping[str, str],
    *,
    client: httpx.Client,
    sleep: Callable[[float], None],
    mask: Callable[[str], str] = str,
) -> list[Doorbell]:
    """Return the doorbells whose addresses are set, of ``kinds`` only where that names any.

    ``mask`` takes the known secrets out of a text that is to be rung. Raises everything that is
    wrong with them.
    """
    found = Collected()
    made = []
    for kind in kinds or _at_hand(environ):
        with found.one():
            made.append(_notifier(kind, environ, client, sleep, mask))
    found.finish()
    return made


def _at_hand(environ: Mapping[str, str]) -> list[str]:
    """Return the kinds whose addresses are set: whoever set one wants to be rung."""
    return [kind for kind, one in DOORBELLS.items() if environ.get(one.address, "").strip()]


def _notifier(
    kind: str,
    environ: Mapping[str, str],
    client: httpx.Client,
    sleep: Callable[[float], None],
    mask: Callable[[str], str],
) -> Doorbell:
    variables = DOORBELLS[kind]
    address = environ.get(variables.address, "").strip()
    if not address:
        raise ConfigError(
            f"notify names {kind}, but {variables.address} is not set",
            cause="a doorbell's address is a secret, so it does not stand in the file",
            next_step=f"pass {variables.address} as a secret, or take {kind} out of notify",
        )
    line = Line(
        address=address,
        setting=variables.address,
        client=client,
        sleep=sleep,
        mask=mask,
        token=environ.get(variables.token, "").strip(),
        token_setting=variables.token,
    )
    return MAKERS[kind](line)
