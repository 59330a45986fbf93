"""GitHub as one of the forges: what it needs and has; what speaks to it is loaded when it is to."""

from collections.abc import Mapping
from typing import Final

from afk.adapters.forge import Addresses, Connected, ForgeKind
from afk.adapters.http import Http
from afk.config import Config

HEADERS: Final[Mapping[str, str]] = {
    "accept": "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
}
"""For `Http.headers`. The newest version that GitHub Enterprise Server knows too; github.com
keeps it until 10 March 2028 (its ``sunset`` header, recordings 013, 015)."""

WRITES_AT_ONCE: Final = 40
WRITE_EVERY: Final = 1.5
"""How many writes go without a pause, and seconds between those beyond them: 80 in any minute.

GitHub allows 80 requests that create content a minute and 500 an hour, and 100 at once; it prefers
a second between writes where many are due. Other jobs of the token may write, too; if that is too
much GitHub says so, and a later tick resumes.
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""


def _connect(http: Http, addresses: Addresses, config: Config) -> Connected:
    from afk.adapters.github.connect import connect  # noqa: PLC0415  see the module's docstring

    return connect(http, addresses, config)


GITHUB: Final = ForgeKind(
    name="GitHub",
    needs_state_key=False,
    has_environments=True,
    connect=_connect,
    headers=HEADERS,
    at_once=WRITES_AT_ONCE,
    every=WRITE_EVERY,
)
