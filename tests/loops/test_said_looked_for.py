"""Looking for what was handed back where that is a request of its own, and what spoils it."""

import httpx
from support.loops import record
from support.poll_rig import Between, spoiling
from support.saying import handed_back, reactions, say

from afk.types import Forge
from afk_sandbox.world import world

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


def test_handed_back__not_answered_at_first__is_asked_for_again() -> None:
    """The first look goes beside the listing, the second one after it."""
    with world(Forge.FORGEJO) as here:
        issue = handed_back(here)
        said = say(here, issue, "/afk why")
        failed: list[httpx.Request] = []

        def spoil(request: httpx.Request) -> httpx.Response | None:
            if "since" not in request.url.params or len(failed) == TRIES:
                return None
            failed.append(request)
            return httpx.Response(502)

        here.clock.sleep(60)
        ticked = here.run("tick", transport=Between(spoil))

        assert ticked.exit_code == 0
        assert len(failed) == TRIES
        assert reactions(said) == ["eyes"]


def test_handed_back__repository_that_cannot_be_read__is_left_alone() -> None:
    """Where the listing shows none of its issues it is asked for by its name."""
    with world(Forge.FORGEJO) as here:
        issue = handed_back(here)
        here.issue(here.repository("site"), "Add a sink", "Something.")
        here.settings["allowlist"] = ["owner/shop"]
        said = say(here, issue, "/afk why")
        here.clock.sleep(60)

        ticked = here.run("tick", transport=spoiling(lambda one: one.url.path.endswith("/shop")))

        assert ticked.exit_code == 1
        assert reactions(said) == []
