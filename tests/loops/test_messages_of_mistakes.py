"""Mistakes of a first hour, in a tick and in commands: the words that each deserves."""

from collections.abc import Callable

import pytest
from support.poll_rig import BODY, on_both_forges, polled, said, writes

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, TRACKED, World, world

pytestmark = pytest.mark.network


def t3_at(address: Callable[[World], str]) -> Callable[[World], None]:
    def spoil(here: World) -> None:
        here.settings["t3"]["url"] = address(here)

    return spoil


def wrong_token(here: World) -> None:
    here.environ["AFK_TOKEN"] = "sandbox-nobody"


def variable(name: str) -> Callable[[World], None]:
    def spoil(here: World) -> None:
        here.environ[name] = "x"

    return spoil


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (wrong_token, 2, ["answered 401", "AFK_TOKEN"]),
        (t3_at(lambda _: "http://127.0.0.1:9"), 1, ["Likely cause: refused: "]),
        (t3_at(lambda _: "http://nowhere.invalid"), 1, ["Likely cause: unknown host: "]),
        (
            t3_at(lambda here: here.settings["t3"]["url"].replace("http:", "https:")),
            1,
            ["Likely cause: TLS: it answers without encryption"],
        ),
        (t3_at(lambda here: here.settings["t3"]["url"] + "/x"), 2, ["has a path: /x"]),
        (t3_at(lambda here: here.settings["forge_url"]), 2, ["is the forge's address"]),
        (variable("AFK_FOLDER"), 2, ["the action's input `folder`", "unset AFK_FOLDER"]),
        (variable("AFK_MODEL"), 2, ["write t3.model into afk.yml or AFK_CONFIG"]),
        (variable("AFK_ALOWLIST"), 2, ["did you mean AFK_ALLOWLIST?"]),
    ],
)
@on_both_forges
def test_tick__mistake_of_a_first_hour__gets_its_words(
    kind: Forge, spoil: Callable[[World], None], code: int, words: list[str]
) -> None:
    with world(kind) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        spoil(here)
        ticked = polled(here)
        assert ticked.exit_code == code
        for part in words:
            assert part in said(ticked, "error")
        assert writes(here) == []


def test_tick__t3_at_the_runners_own_forge__is_refused() -> None:
    """Where nothing but the runner says which forge it is."""
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        here.environ["GITHUB_API_URL"] = here.settings.pop("forge_url")
        here.settings["t3"]["url"] = here.environ["GITHUB_API_URL"].removesuffix("/api/v1")
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert "is the forge's address" in said(ticked, "error")
        assert here.requests() == (0, 0)


def other_case(here: World) -> Issue:
    """An issue labelled with what differs from the ready label in case alone."""
    repo = here.repository("shop")
    issue = here.issue(repo, "Add a till", BODY)
    (label,) = here.forge.labels_named(repo, [READY])
    here.forge.rename_label(label, "Ready-for-Agent")
    return issue


def test_tick__label_in_another_case_on_github__is_named() -> None:
    """GitHub takes the two for one."""
    with world(Forge.GITHUB) as here:
        other_case(here)
        ticked = polled(here)
        assert ticked.exit_code == 2
        told = said(ticked, "error")
        assert f"owner/shop has the label 'Ready-for-Agent', but not '{READY}'" in told
        assert f"rename the label to '{READY}'" in told
        assert writes(here) == []


def test_tick__label_in_another_case_on_forgejo__is_named_where_it_shows() -> None:
    """Forgejo takes the two for different labels, and its search finds nothing of either."""
    with world(Forge.FORGEJO) as here:
        issue = other_case(here)
        assert "nothing to do: no issue in owner/shop" in said(polled(here))
        told = here.run("explain", issue.ref).output
        assert f"{READY} is not on the issue; Ready-for-Agent is, which is another label" in told
        for label in here.forge.labels_named(issue.repo, [IN_PROGRESS, TRACKED]):
            here.forge.delete_label(label)
        ticked = polled(here)
        assert ticked.exit_code == 2
        told = said(ticked, "error")
        assert f"owner/shop has the label 'Ready-for-Agent', but not '{READY}'" in told
        assert writes(here) == []


@on_both_forges
def test_tick__nothing_is_labelled__says_what_to_do_next(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("shop")
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert said(ticked).splitlines()[0] == (
            f"nothing to do: no issue in owner/shop carries the label '{READY}', spelt "
            "exactly so; put it on one, and the next tick looks at it"
        )


@on_both_forges
def test_tick__something_is_labelled__does_not_say_so(kind: Forge) -> None:
    with world(kind) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        assert "nothing to do" not in said(polled(here))


@on_both_forges
def test_explain__repository_that_nobody_knows__is_a_mistake(kind: Forge) -> None:
    with world(kind) as here:
        here.repository("shop")
        for ref, hint in (("owner/shpo#1", "did you mean owner/shop"), ("x/y#1", "compare")):
            told = here.run("explain", ref)
            assert (told.exit_code, hint in told.output) == (2, True)
            assert writes(here) == []


@on_both_forges
def test_dry_run__misspelt_repository__may_mean_another(kind: Forge) -> None:
    with world(kind) as here:
        here.issue(here.repository("shop"), "Add a till", BODY)
        here.settings["allowlist"].append("owner/shopp")
        here.settings["repositories"]["owner/shopp"] = {"workspace": "/srv/shopp"}
        ticked = polled(here, "--dry-run")
        assert ticked.exit_code == 2
        assert "owner/shopp cannot be found" in said(ticked, "error")
        assert "did you mean owner/shop? If not, " in said(ticked, "error")
