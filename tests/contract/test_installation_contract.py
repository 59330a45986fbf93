"""What a forge shows of an installation: the token, a repository, its labels, waiting jobs."""

import pytest
from support.benches import ForgeBench
from support.people import READY

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.installation import ForgejoInstallation
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.installation import GitHubInstallation
from afk.errors import NotFound, TokenError
from afk.ports.installation import Installation
from afk.types import Forge


def installation(bench: ForgeBench, login: str = "bot") -> Installation:
    """Return what looks at an installation, as somebody."""
    http = bench.server(login)
    if bench.kind is Forge.FORGEJO:
        return ForgejoInstallation(api=ForgejoApi(http), config=bench.config)
    return GitHubInstallation(api=GitHubApi(http=http, graphql_url=f"{bench.url}/api/graphql"))


def test_installation__as_it_should_be__is_shown(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("fitted"))
    ask = installation(bench)

    token, facts = ask.token(), ask.repository(repo)

    assert token.account is not None
    assert token.account.login == "bot"
    assert token.lacks == ()
    assert (facts.name, facts.default_branch) == (repo, "main")
    assert (facts.archived, facts.has_issues, facts.has_pulls) == (False, True, True)
    assert facts.may_write
    assert READY in ask.labels(repo)
    ask.may_label(repo)


def test_installation__no_job_waits__or_the_forge_does_not_tell(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("idle"))

    waiting = installation(bench).waiting(repo)

    assert waiting == (None if bench.version.startswith("11.") else ())


def test_installation__somebody_who_may_only_read__is_told_so(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("look-only"))

    assert installation(bench, "reader").repository(repo).may_write is False


@pytest.mark.forge("forgejo")
def test_installation__token_short_of_a_scope__is_told_which(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("short"))

    assert installation(bench, "bot.issues").token().lacks == ("read:user",)
    with pytest.raises(TokenError, match="write:issue"):
        installation(bench, "bot.reading").may_label(repo)


def test_installation__misspelt_repository__is_not_there_and_may_mean_another(
    bench: ForgeBench,
) -> None:
    repo = bench.given("repo", lambda people: people.repository("spelling"))
    ask = installation(bench)

    with pytest.raises(NotFound):
        ask.repository(f"{repo}x")

    assert repo in ask.names_like(f"{repo}x")
