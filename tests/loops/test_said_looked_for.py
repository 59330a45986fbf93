"""Looking for what was handed back where that is a request of its own, and what spoils it."""

from collections.abc import Callable

import httpx
import pytest
from support.loops import labels, record, tick
from support.poll_rig import Between
from support.saying import handed_back, reactions, say

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, TRACKED, World, world

TRIES = 3
"""So often a read is sent that a server in trouble does not answer."""


def test_handed_back__cannot_be_searched__the_rest_is_served() -> None:
    with world(Forge.FORGEJO) as here:
        handed_back(here)
        other = here.issue(here.repository("site"), "Add a sink", "[[slow=40000]]")

        def spoil(request: httpx.Request) -> httpx.Response | None:
            return httpx.Response(502) if "since" in request.url.params else None

        here.clock.sleep(60)
        ticked = here.run("tick", transport=Between(spoil))

        assert ticked.exit_code == 1
        assert record(here, other)["stage"] == "running"


OTHERS = "other/attic"


def of_others(request: httpx.Request) -> bool:
    return str(request.url.params.get("owner")) == "other"


def for_handed_back(request: httpx.Request) -> bool:
    return "since" in request.url.params


def at_rest(here: World) -> Issue:
    """Return an issue that was handed back some time ago: nothing but the search finds it."""
    issue = handed_back(here)
    tick(here, after=1200)
    assert {one.name for one in issue.labels} == {HUMAN}
    return issue


def of_another_owner(here: World) -> Issue:
    """Return an issue that was handed back in the repository of another owner."""
    owner = here.forge.add_account("other")
    repo = here.forge.add_repository(owner, "attic")
    for label in (READY, IN_PROGRESS, HUMAN, TRACKED):
        here.forge.define_label(repo, label)
    here.forge.set_access(repo, here.bot, "write")
    here.forge.push(repo, repo.default_branch, "begin\n\nCI: none", owner)
    here.vouch(repo)
    issue = here.forge.open_issue(repo, "Add a lamp", owner, "It is dark.")
    here.forge.add_label(issue, HUMAN, owner)
    here.settings["allowlist"].append(OTHERS)
    here.settings["repositories"][OTHERS] = {"workspace": "/srv/attic"}
    return issue


def answering(*rules: tuple[Callable[[httpx.Request], bool], int]) -> tuple[Between, list[str]]:
    """Answer searches with a status where a rule says so; the first counts. Returns what it met."""
    met: list[str] = []

    def meddle(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/issues/search"):
            return None
        met.append(f"{request.url.params['owner']} {'handed' * for_handed_back(request)}".strip())
        status = next((status for rule, status in rules if rule(request)), 0)
        return httpx.Response(status, json={"message": "no"}) if status else None

    return Between(meddle), met


def test_handed_back__not_answered__is_asked_for_once_and_told() -> None:
    with world(Forge.FORGEJO) as here:
        said = say(here, at_rest(here), "/afk why")
        way, met = answering((for_handed_back, 502))
        here.clock.sleep(60)

        ticked = here.run("tick", transport=way)

        assert ticked.exit_code == 1
        assert met.count("owner handed") == TRIES
        assert reactions(said) == []


@pytest.mark.parametrize(("status", "exit_code"), [(401, 2), (502, 1)])
def test_handed_back__rate_limit_beside_a_listing_that_fails__the_listing_is_told(
    status: int, exit_code: int
) -> None:
    """A limit alone is no fault, and a later tick resumes: it must not hide one."""
    with world(Forge.FORGEJO) as here:
        handed_back(here)
        way, _ = answering((for_handed_back, 429), (lambda _: True, status))
        here.clock.sleep(60)

        assert here.run("tick", transport=way).exit_code == exit_code


def test_handed_back__rate_limit_alone__ends_the_tick() -> None:
    with world(Forge.FORGEJO) as here:
        other = here.issue(here.repository("site"), "Add a sink", "[[slow=40000]]")
        way, met = answering((for_handed_back, 429))

        ticked = here.run("tick", transport=way)

        assert ticked.exit_code == 0
        assert "resumes next tick" in ticked.output
        assert met.count("owner handed") == 1
        assert IN_PROGRESS not in labels(other)


@pytest.mark.parametrize("status", [429, 502])
def test_handed_back__another_owner_does_not_answer__ours_is_served(status: int) -> None:
    """What its repositories keep from being told is asked for once more, without them."""
    with world(Forge.FORGEJO) as here:
        said = say(here, at_rest(here), "/afk why")
        other = here.issue(here.repository("site"), "Add a sink", "[[slow=40000]]")
        of_another_owner(here)
        way, met = answering((of_others, status))
        here.clock.sleep(60)

        ticked = here.run("tick", transport=way)

        assert ticked.exit_code == (1 if status == 502 else 0)
        assert OTHERS in ticked.output
        assert IN_PROGRESS in labels(other)
        assert reactions(said) == ["eyes"]
        assert met.count("owner handed") == 2


@pytest.mark.parametrize("status", [0, 502])
def test_handed_back__owner_whose_listing_fails__is_left_alone_though_this_is_answered(
    status: int,
) -> None:
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        issue = of_another_owner(here)
        said = say(here, issue, "/afk why", by=issue.repo.owner)
        way, met = answering((lambda one: of_others(one) and not for_handed_back(one), status))
        here.clock.sleep(60)

        ticked = here.run("tick", transport=way)

        assert ticked.exit_code == (1 if status else 0)
        assert met.count("other handed") == 1
        assert reactions(said) == ([] if status else ["eyes"])
