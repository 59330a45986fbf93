"""Where ``afk init`` meets the forge: its address, the repositories, and who afk is there."""

import argparse
from dataclasses import dataclass, field

from afk.commands.bench import Bench, ForgeBench
from afk.commands.interview import Interview
from afk.config import Config
from afk.errors import ConfigError, OutsideFailure, Unreachable
from afk.setup import proposals
from afk.types import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The forge as afk sees it with its token, its API's address, who afk is, what to work on."""

    afk: ForgeBench
    token: str = field(repr=False)
    address: str
    me: Account
    names: tuple[str, ...]


def met(options: argparse.Namespace, bench: Bench, talk: Interview, config: Config) -> Met:
    """Ask for token, forge and repositories, and introduce afk; raises what is missing."""
    remote = proposals.remote_of(bench.desk.remote())
    token = hidden(bench, talk, "AFK_TOKEN", "Access token of afk's own account (not yours):")
    named = talk.choose(
        "--forge-url",
        options.forge_url or bench.environ.get("AFK_FORGE_URL", "").strip(),
        config.forge_url or (remote.web if remote else ""),
        "The forge, or a repository on it, as your browser shows it (https://HOST/OWNER/REPO):",
    )
    names = talk.choose(
        "--repo",
        " ".join(options.repo),
        " ".join(config.watched)
        or proposals.repository(named)
        or (remote.repository if remote else ""),
        "The repositories to work on (owner/name, several with blanks):",
    )
    talk.finish()
    afk, address, me = _introduced(bench, token, proposals.forge_urls(named))
    bench.desk.say(f"afk acts as {me.login} on {afk.web}")
    return Met(
        afk=afk,
        token=token,
        address=address,
        me=me,
        names=tuple(names.replace(",", " ").split()),
    )


def _introduced(
    bench: Bench, token: str, addresses: tuple[str, ...]
) -> tuple[ForgeBench, str, Account]:
    """Return the forge at the first address at which there is an API, and who the token's is."""
    for address in addresses:
        bench.progress(f"asking {address}")
        afk = bench.forge(address, token)
        try:
            return afk, address, afk.tracker.me()
        except OutsideFailure as error:
            if len(addresses) == 1 or isinstance(error, Unreachable):
                raise
    raise ConfigError(
        f"neither {' nor '.join(addresses)} answers as a forge does",
        cause="the host is another one, or its API has another path",
        next_step="give the API's address itself (--forge-url): it ends with /api/v1 on Forgejo, "
        "with /api/v3 on a GitHub Enterprise Server",
    )


def hidden(bench: Bench, talk: Interview, variable: str, question: str) -> str:
    """Return a secret; from then on it is shown nowhere."""
    text = talk.secret(variable, bench.environ.get(variable, "").strip(), question)
    bench.hide(text)
    return text
