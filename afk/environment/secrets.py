"""The secrets of an environment whose configuration is wrong, too: looked at in the same run."""

from collections.abc import Mapping

from afk.environment.state_keys import state_key
from afk.environment.tokens import forge_token, t3_token
from afk.findings import Collected


def check_secrets(environ: Mapping[str, str]) -> None:
    """Raise what is wrong with tokens and keys whatever the configuration says."""
    found = Collected()
    with found.one():
        t3_token(environ)()
    with found.one():
        forge_token(environ, own_forge=True)
    for name in ("AFK_STATE_KEY", "AFK_STATE_KEY_PREVIOUS"):
        with found.one():
            state_key(environ, name)
    found.finish()
