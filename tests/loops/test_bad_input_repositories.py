"""Repositories and labels that cannot be used: what is said, the exit code, no write."""

from collections.abc import Callable, Sequence

import pytest
from support.poll_rig import (
    BODY,
    assert_refused,
    assert_untouched,
    on_both_forges,
    polled,
    prompts,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.world import READY, World, world


def without_labels(here: World) -> None:
    for repo in here.forge.repositories:
        for label in list(repo.labels):
            here.forge.delete_label(label)


def renamed(here: World) -> None:
    here.forge.rename_repository(here.forge.repositories[0], "store")


def archived(here: World) -> None:
    here.forge.archive(here.forge.repositories[0])


def misspelt(here: World) -> None:
    here.settings["allowlist"] = ["owner/shopp"]
    here.settings["repositories"] = {"owner/shopp": {"workspace": "/srv/shop"}}


def hidden(here: World) -> None:
    repo = here.forge.repositories[0]
    repo.private = True
    here.forge.set_access(repo, here.bot, "none")


@pytest.mark.parametrize(
    ("spoil", "code", "parts"),
    [
        (without_labels, 2, [f"owner/shop has no label '{READY}'", "create the label"]),
        (renamed, 2, ["repository owner/shop is now owner/store", "replace owner/shop by owner/"]),
        (archived, 2, ["owner/shop is archived", "take owner/shop out of the allowlist"]),
        (misspelt, 2, ["owner/shopp cannot be found", "did you mean owner/shop? If not, compare"]),
    ],
)
@on_both_forges
def test_tick__repository_or_label_unusable__says_so_and_writes_nothing(
    kind: Forge, spoil: Callable[[World], None], code: int, parts: Sequence[str]
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        spoil(here)
        assert_refused(here, polled(here), issue, code=code, parts=parts)


@on_both_forges
def test_repository__renamed_and_enrolled_under_its_new_name__goes_on(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        renamed(here)
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert "owner/shop is now owner/store" in said(ticked, "error")
        here.settings["allowlist"] = ["owner/store"]
        here.settings["repositories"] = {"owner/store": {"workspace": "/srv/shop"}}
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert [run["repository"] for run in ticked.document["runs"]] == ["owner/store"]
        assert len(prompts(here, issue)) == 0
        assert len(threads(here)) == 1


def test_repository__hidden_from_the_token__is_not_found_and_nothing_is_written() -> None:
    with world(Forge.GITHUB) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        hidden(here)
        ticked = polled(here)
        assert ticked.exit_code == 2
        assert "owner/shop cannot be found" in said(ticked, "error")
        assert "give the token access" in said(ticked, "error")
        assert writes(here) == []
        assert_untouched(here, issue)


def test_repository__hidden_on_forgejo__is_found_out_when_asked_for() -> None:
    """Its search lists what the token sees and says nothing of the rest: a tick sees no issue."""
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        hidden(here)
        assert (polled(here).exit_code, polled(here).document["decisions"]) == (0, [])
        ticked = here.run("explain", issue.ref, "--json")
        assert ticked.exit_code == 2
        assert "owner/shop cannot be found" in said(ticked, "error")
        assert writes(here) == []


@on_both_forges
@pytest.mark.parametrize("spoil", [misspelt, hidden], ids=["misspelt", "hidden"])
def test_repository__that_is_not_there__is_named_by_a_dry_run(
    kind: Forge, spoil: Callable[[World], None]
) -> None:
    """The look before the leap: with nothing ready under it, no search would ever say so."""
    with world(kind) as here:
        here.repository("shop")
        spoil(here)
        ticked = polled(here, "--dry-run")
        assert ticked.exit_code == 2
        assert "cannot be found" in said(ticked, "error")
        assert said(ticked, "error").count("cannot be found") == 1
        assert writes(here) == []


def test_repository__that_moved_with_nothing_ready__is_named_by_a_dry_run() -> None:
    with world(Forge.FORGEJO) as here:
        here.repository("shop")
        renamed(here)
        assert polled(here).exit_code == 0
        ticked = polled(here, "--dry-run")
        assert ticked.exit_code == 2
        assert "owner/shop is now owner/store" in said(ticked, "error")
        assert writes(here) == []
