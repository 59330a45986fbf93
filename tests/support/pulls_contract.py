"""What the contract tests of pull requests share."""

from collections.abc import Callable

import pytest
from support.benches import ForgeBench, Value

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.evidence import ForgejoEvidence
from afk.adapters.forgejo.pulls import ForgejoPulls
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.evidence import GitHubEvidence
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pulls import GitHubPulls
from afk.model.pull import Mergeability, Merged, MergeMethod, MergeResult, Pull
from afk.ports.landing import Evidence, PullQuery, Pulls, PullSpec
from afk.types import Forge

HEAD = "afk/7-abcd1234"
TITLE, MESSAGE = "Work (#1)", "AFK-Run: 0123"


def landing(bench: ForgeBench, login: str = "bot.landing") -> tuple[Pulls, Evidence]:
    """Return fresh adapters of what landing by pull request needs, with its own rights."""
    http = bench.server(login)
    if bench.kind is Forge.FORGEJO:
        forgejo = ForgejoApi(http)
        return ForgejoPulls(api=forgejo, web=bench.url), ForgejoEvidence(forgejo, bench.url)
    github = GitHubApi(http=http, graphql_url=f"{bench.url}/api/graphql")
    evidence = GitHubEvidence(api=github, config=bench.config)
    return GitHubPulls(api=github, prefetched=Prefetched()), evidence


def given_branch(bench: ForgeBench, name: str, text: str = "by the run") -> tuple[str, str]:
    """Return a repository with a branch of the run's, and the branch's tip."""
    repo = bench.given("repo", lambda people: people.repository(name))
    bench.given("main", lambda people: people.write(repo, "main", "first", by="owner"))
    return repo, bench.given("head", lambda people: people.write(repo, HEAD, text))


def spec(repo: str, *, draft: bool = False, body: str = "Does it.") -> PullSpec:
    """Return the pull that afk would open."""
    return PullSpec(repo=repo, head=HEAD, base="main", title="Work", body=body, draft=draft)


def one(bench: ForgeBench, repo: str, number: int) -> Pull:
    """Return a pull as a tick of its own reads it."""
    query = PullQuery(repo, HEAD, number=number)
    (found,) = landing(bench)[0].read([query])[query]
    return found


def until(bench: ForgeBench, ask: Callable[[], Value], enough: Callable[[Value], bool]) -> Value:
    """Return what is answered once it is as wanted; a forge needs a moment for some things."""
    for _ in range(60):
        found = ask()
        if enough(found):
            return found
        if bench.people is not None:
            bench.people.wait(bench.pause or 0.05)
    return pytest.fail("it never came to that")


def clean(bench: ForgeBench, repo: str, number: int, name: str = "checked") -> Pull:
    """Return a pull once the forge has found that it can be merged.

    What it says right after a push is about what was there before. ``name``: the fact's.
    """
    bench.given(name, lambda people: people.let_check(repo, number))

    def ask() -> Pull:
        return one(bench, repo, number)

    return until(bench, ask, lambda pull: pull.mergeability is Mergeability.CLEAN)


def opened(bench: ForgeBench, name: str) -> Pull:
    """Return an open pull of afk's that can be merged."""
    repo, _ = given_branch(bench, name)
    return clean(bench, repo, landing(bench)[0].open(spec(repo)).number)


def merge(bench: ForgeBench, pull: Pull, method: MergeMethod = "merge") -> Merged:
    """Return what became of a merge, tried again as ticks do while the forge says so."""

    def ask() -> Merged:
        return landing(bench)[0].merge(pull, method, title=TITLE, message=MESSAGE)

    return until(bench, ask, lambda done: done.result is not MergeResult.TRY_AGAIN)
