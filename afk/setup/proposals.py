"""What ``afk init`` proposes, by what it sees. Pure.

A proposal is what most people would answer; where nothing is seen that speaks for one, there is
none, and whoever cannot be asked has to give it.
"""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from afk.model.installation import ProviderFacts
from afk.setup.facts import Place, RepositorySeen, T3Seen
from afk.types import Account, Forge

T3_URL: Final = "http://127.0.0.1:3773"
"""T3 Code's own default, https://github.com/pingdotgg/t3code (``t3 serve``)."""
_HOST: Final = r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)"
_URL: Final = re.compile(
    rf"(?P<scheme>https?|ssh|git)://(?:[^@/\s]+@)?{_HOST}(?P<port>:[0-9]{{1,5}})?/(?P<path>\S*)"
)
_SCP: Final = re.compile(rf"(?:[^@/\s]+@)?{_HOST}:(?P<path>[^/\s]\S*)")
_LOOPBACK: Final = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)")
_WEB: Final = re.compile(
    rf"(?P<web>https?://{_HOST}(?::[0-9]{{1,5}})?)(?:/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+(?:/.*)?)?"
)
_API: Final = re.compile(r"https://api\..*|https?://.*/api/v[13]")
_CLOUD: Final = re.compile(r"(?:github\.com|[a-z0-9-]+\.ghe\.com)")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a clone came from: the host as people see it, and ``owner/name``."""

    web: str
    repository: str


def remote_of(address: str) -> Remote | None:
    """Return what a git remote's address names, None for a folder or nothing.

    Over ssh the web's port is not known; https is taken.
    """
    address = address.strip()
    found = _URL.fullmatch(address)
    if found:
        plain = found["scheme"] in ("http", "https")
        port = found["port"] or "" if plain else ""
        web, path = (
            f"{found['scheme'] if plain else 'https'}://{found['host']}{port}",
            found["path"],
        )
    elif scp := _SCP.fullmatch(address):
        web, path = f"https://{scp['host']}", scp["path"]
    else:
        return None
    names = path.strip("/").removesuffix(".git").split("/")
    if len(names) != 2 or not all(names):  # noqa: PLR2004  owner and name
        return None
    return Remote(web, "/".join(names))


def forge_url(remote: Remote | None) -> str:
    """Return the API's address of the forge that a clone came from; "" for none.

    Any other host is taken for a Forgejo: that of a GitHub Enterprise Server has to be named.
    """
    if remote is None:
        return ""
    host = remote.web.partition("://")[2]
    return f"https://api.{host}" if _CLOUD.fullmatch(host) else f"{remote.web}/api/v1"


def forge_urls(address: str) -> tuple[str, ...]:
    """Return where the API may be of what somebody names, likeliest first.

    They name the API itself, or the forge or a repository on it as a browser shows them.
    """
    address = address.strip().rstrip("/")
    if "://" not in address:
        address = f"https://{address}"
    found = _WEB.fullmatch(address)
    if found is None or _API.fullmatch(address):
        return (address,)
    host = found["web"].partition("://")[2]
    if _CLOUD.fullmatch(host):
        return (f"https://api.{host}",)
    return (f"{found['web']}/api/v1", f"{found['web']}/api/v3")


def repository(address: str) -> str:
    """Return the repository that an address names, "" where it is that of a forge alone."""
    remote = None if _API.fullmatch(address.strip().rstrip("/")) else remote_of(address)
    return remote.repository if remote else ""


def place(t3_url: str) -> Place:
    """Return where the loop best runs: beside a T3 that only its own machine can reach."""
    return Place.HERE if _LOOPBACK.match(t3_url) else Place.OWN


def landing(repositories: Sequence[RepositorySeen]) -> str:
    """Return how work best lands: where a branch is protected, an agent cannot push to it."""
    return "pull-request" if any(one.protected for one in repositories) else "push"


def workspace(repository: str, seen: T3Seen) -> str:
    """Return T3's folder for a repository: the one project whose folder has its name, or ""."""
    name = repository.rpartition("/")[2].casefold()
    alike = [one for one in seen.workspaces if posixpath.basename(one).casefold() == name]
    return alike[0] if len(alike) == 1 else ""


def offer(seen: T3Seen, instance: str) -> ProviderFacts | None:
    """Return the agent of this name, else the first that T3 can run; None where it shows none."""
    fit = [one for one in seen.offers if not one.trouble]
    named = [one for one in fit if one.instance == instance]
    return next(iter([*named, *fit]), None)


def trusted(person: Account | None, repositories: Sequence[RepositorySeen]) -> str:
    """Return who should be listed as an approver: whoever sets afk up, where rights do not show."""
    if person is None or all(one.rights_shown for one in repositories):
        return ""
    return f"{person.login}:{person.id}"


def runner(forge: Forge, where: Place) -> str:
    """Return the label that a workflow's ``runs-on`` names."""
    if where is Place.HOSTED:
        return "ubuntu-latest" if forge is Forge.GITHUB else "docker"
    return "self-hosted" if forge is Forge.GITHUB else "docker"
