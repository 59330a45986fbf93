"""Servers, tokens and repositories that cannot be used: what is said, the exit code, no write."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import httpx
import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    assert_refused,
    assert_started,
    held,
    on_both_forges,
    polled,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.github import faults
from afk_sandbox.world import World, world

CLOSED_PORT: Final = "http://127.0.0.1:9"
V2_SHELL: Final = (
    Path(__file__).parent.parent / "recordings" / "t3" / "v2-0.0.33" / "04-shell-empty.json"
)
Spoil = Callable[[World], httpx.BaseTransport | None]


def no_forge_token(here: World) -> None:
    here.environ["AFK_TOKEN"] = "sandbox-nobody-1"


def no_t3_token(here: World) -> None:
    here.environ["AFK_T3_TOKEN"] = "another-t3-token"


def revoked_t3_token(here: World) -> None:
    here.t3.tokens.clear()


def no_t3(here: World) -> None:
    here.settings["t3"]["url"] = CLOSED_PORT


def no_forge(here: World) -> None:
    api = here.settings["forge_url"].split("/api/")[1]
    here.settings["forge_url"] = f"{CLOSED_PORT}/api/{api}"


def forge_breaks_down(here: World) -> None:
    here.faults["forge"] = lambda _method, _path: Fault("before", 503)


def forge_shows_a_login_page(here: World) -> None:
    page = Fault("before", 200, b"<html>Sign in</html>", "text/html")
    here.faults["forge"] = lambda _method, _path: page


def t3_shows_a_page(here: World) -> None:
    page = Fault("before", 200, b"<html>T3</html>", "text/html")
    here.faults["t3"] = lambda _method, _path: page


@pytest.mark.parametrize(
    ("spoil", "code", "parts"),
    [
        (no_forge_token, 2, ["answered 401", "Likely cause: ", "Next step: ", "token"]),
        (no_t3_token, 2, ["T3 Code refused the token", "t3 auth session issue --ttl 30d"]),
        (revoked_t3_token, 2, ["T3 Code refused the token", "expired, revoked"]),
        (no_t3, 1, ["T3 at http://127.0.0.1:9/ cannot be reached", "refused: ", "curl"]),
        (no_forge, 1, ["at http://127.0.0.1:9/api/", "cannot be reached", "refused: "]),
        (forge_breaks_down, 1, ["503", "Likely cause: "]),
        (forge_shows_a_login_page, 1, ["instead of JSON", "a login page stands in front"]),
        (t3_shows_a_page, 1, ["instead of JSON", "compare it with the configuration"]),
    ],
)
@on_both_forges
def test_tick__server_or_token_unusable__says_so_and_writes_nothing(
    kind: Forge,
    spoil: Spoil,
    code: int,
    parts: Sequence[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        secrets = list(here.environ.values())
        spoil(here)
        ticked = polled(here)
        assert_refused(here, ticked, issue, code=code, parts=parts)
        told = ticked.output + "".join(capsys.readouterr())
        tokens = [*secrets, here.environ["AFK_TOKEN"], here.environ["AFK_T3_TOKEN"]]
        assert not any(one in told for one in tokens if one != "false")


@on_both_forges
def test_tick__neither_server_usable__says_so_of_both(kind: Forge) -> None:
    """Somebody who mends one of them should not learn of the other only then."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        revoked_t3_token(here)
        forge_breaks_down(here)
        parts = ["T3 Code refused the token", "503"]
        assert_refused(here, polled(here), issue, code=2, parts=parts)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n"])
@on_both_forges
def test_tokens__with_a_newline_behind_them__work(kind: Forge, ending: str) -> None:
    """T3's own command prints one, and so does every here-document."""
    with world(kind) as here:
        for name in ("AFK_TOKEN", "AFK_T3_TOKEN", "AFK_STATE_KEY"):
            here.environ[name] += ending
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        assert held(polled(here), issue) == STARTED
        assert_started(here, issue)


@on_both_forges
def test_token__refused_once_by_a_busy_server__is_asked_for_again(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        refusals = [Fault("before", 401, b'{"message":"busy"}', "application/json")]
        here.faults["forge"] = lambda _method, _path: refusals.pop() if refusals else None
        assert polled(here).exit_code == 0
        assert_started(here, issue)


def test_rate_limit__reached__is_no_failure_and_resumes_next_tick() -> None:
    """GitHub only: Forgejo has none. Nothing more is asked, nothing is written."""
    with world(Forge.GITHUB) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.faults["forge"] = lambda _method, _path: faults.graphql(here.clock.now())
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert "rate limit is reached" in said(ticked, "warning")
        assert "(resumes next tick)" in said(ticked, "warning")
        assert here.requests() == (1, 2)
        assert writes(here) == []
        del here.faults["forge"]
        assert held(polled(here), issue) == STARTED


def test_rate_limit__reached_while_issues_are_read__they_are_not_asked_for_one_by_one() -> None:
    with world(Forge.GITHUB) as here:
        for name in ("shop", "site", "bank"):
            here.issue(here.repository(name), "Add a till", BODY)
        asked = iter(range(1, 100))

        def hook(method: str, path: str) -> Fault | None:
            del method, path
            return faults.secondary(here.clock.now()) if next(asked) > 1 else None

        here.faults["forge"] = hook
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert "(resumes next tick)" in said(ticked, "warning")
        assert here.requests()[0] == 2
        assert threads(here) == []
