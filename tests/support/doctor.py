"""What tests of `afk doctor` share: a world in which all is well, and what is said of a check."""

from collections.abc import Sequence
from typing import Any

from afk_sandbox.forge.records import Repository
from afk_sandbox.world import Ticked, World

Finding = dict[str, str]


def healthy(here: World, name: str = "shop", **settings: Any) -> Repository:
    """Return a repository in which everything is as it should be: CI has run, T3 has a project."""
    repo = here.repository(name, **settings)
    here.forge.push(repo, repo.default_branch, "work", here.owner)
    here.t3.dispatch(
        {
            "type": "project.create",
            "commandId": f"make-{name}",
            "projectId": f"project-{name}",
            "title": name,
            "workspaceRoot": f"/srv/{name}",
            "createdAt": "now",
        }
    )
    here.clock.sleep(300)
    here.t3.advance()
    return repo


def examined(here: World, *arguments: str) -> Ticked:
    """Run `afk doctor`."""
    return here.run("doctor", "--json", *arguments)


def found(ticked: Ticked, check: str, about: str = "") -> list[Finding]:
    """Return what one check said, of one repository where it is named."""
    every: Sequence[Finding] = ticked.document["checks"]
    return [one for one in every if one["check"] == check and about in ("", one["about"])]


def ill(ticked: Ticked) -> dict[str, list[Finding]]:
    """Return what is wrong, or got no answer, by check."""
    said: dict[str, list[Finding]] = {}
    for one in ticked.document["checks"]:
        if one["state"] in ("wrong", "no answer"):
            said.setdefault(one["check"], []).append(one)
    return said
