"""A world in which nothing is set up yet, and somebody who sets it up: `afk init` played.

The person answers from a table, by the first words of a question; whatever is asked beyond it fails
the test. Files are real ones, in a folder of the test's.
"""

import base64
import io
import json
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

from nacl.public import PrivateKey, SealedBox
from support.poll_rig import BODY, assert_started

from afk.cli import main
from afk.environment.desk import Terminal
from afk.environment.process import Outside
from afk.setup.facts import Machine
from afk.types import Forge
from afk_sandbox.forge.records import Repository
from afk_sandbox.github.settings import OPENS
from afk_sandbox.world import Ticked, World, world

ACTION: Final = "tools/afk@" + "0123456789abcdef" * 2 + "01234567"
WORDS: Final = {
    Forge.GITHUB: f"{ACTION}",
    Forge.FORGEJO: f"https://forge.test/{ACTION}",
}
OWN: Final = "own-token-of-the-person"


@dataclass(kw_only=True)
class Person:
    """Who sits at the terminal; None: nobody. ``asked`` keeps the questions."""

    answers: Mapping[str, str] | None
    asked: list[str] = field(default_factory=list)

    def answer(self, prompt: str) -> str:
        self.asked.append(prompt)
        assert self.answers is not None
        found = [text for start, text in self.answers.items() if prompt.startswith(start)]
        assert found, f"nobody expected the question {prompt!r}"
        return found[0]


@dataclass(kw_only=True)
class Bare:
    """A world with repositories and clones, and no afk in it.

    ``owner_token``: of whoever owns everything. ``remote``: where the folder was cloned from.
    """

    world: World
    folder: Path
    home: Path
    owner_token: str
    remote: str = ""
    python: str = "/opt/afk/bin/python"

    @property
    def machine(self) -> Machine:
        return Machine(
            system="linux",
            python=self.python,
            folder=str(self.folder),
            home=str(self.home),
        )

    @property
    def forge_url(self) -> str:
        return str(self.world.settings["forge_url"])

    @property
    def t3_url(self) -> str:
        return str(self.world.settings["t3"]["url"])

    def run(
        self,
        *arguments: str,
        answers: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> tuple[Ticked, Person]:
        """Run a command in the folder, with nothing in the environment but what is given."""
        out, here, person = io.StringIO(), self.world, Person(answers=answers)
        remote = self.remote

        class Played(Terminal):
            def remote(self) -> str:
                return remote

        def desk(folder: Path, shown: TextIO) -> Played:
            return Played(
                folder=folder,
                shown=shown,
                talks=answers is not None,
                line=person.answer,
                hidden=person.answer,
            )

        outside = Outside(
            environ=dict(environ or {}),
            stdout=out,
            now=here.clock.now,
            sleep=here.clock.sleep,
            folder=self.folder,
            desk=desk,
            machine=self.machine,
        )
        return Ticked(main(arguments, outside), out.getvalue()), person

    def given(self, **more: str) -> dict[str, str]:
        """Return afk's own secrets, as a script has them."""
        environ = self.world.environ
        return {
            "AFK_TOKEN": environ["AFK_TOKEN"],
            "AFK_T3_TOKEN": environ["AFK_T3_TOKEN"],
            **more,
        }

    def files(self) -> dict[str, str]:
        """Return everything in the folder and at home, by path."""
        return {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for root in (self.folder, self.home)
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def mode(self, path: str) -> int:
        """Return who may read a file at home."""
        return stat.S_IMODE((self.home / path).stat().st_mode)


@contextmanager
def bare(kind: Forge, tmp_path: Path, *names: str) -> Iterator[Bare]:
    """A world with repositories in which nobody has set anything up."""
    with world(kind) as here:
        for name in names or ("shop",):
            repository(here, name)
        folder, home = tmp_path / "clone", tmp_path / "home"
        folder.mkdir()
        home.mkdir()
        yield Bare(
            world=here, folder=folder, home=home, owner_token=here.forge.token_for(here.owner)
        )


def repository(here: World, name: str, **made: Any) -> Repository:
    """A repository with a commit and a clone that T3 knows; no label of afk's is in it."""
    repo = here.forge.add_repository(here.owner, name, **made)
    for account in (here.bot, here.forge.account("agent")):
        assert account is not None
        here.forge.set_access(repo, account, "write")
    here.forge.push(repo, repo.default_branch, "begin\n\nCI: none", here.owner)
    here.t3.folders[f"/srv/{name}"] = True
    return repo


def environment_of(text: str) -> dict[str, str]:
    """Return what an environment file says."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def document(ticked: Ticked) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ticked.output)
    return found


WORKFLOW: Final = {
    Forge.GITHUB: ".github/workflows/afk.yml",
    Forge.FORGEJO: ".forgejo/workflows/afk.yml",
}


def opened(kind: Forge, secret: str) -> str:
    """Return what a secret holds, as its repository's jobs would see it."""
    if kind is Forge.FORGEJO:
        return secret
    box = SealedBox(PrivateKey(base64.b64decode(OPENS)))
    return box.decrypt(base64.b64decode(secret)).decode()


def shop(here: Bare) -> Repository:
    found = here.world.forge.repository("owner/shop")
    assert found is not None
    return found


def talk(here: Bare, **other: str) -> dict[str, str]:
    """Return what a person answers who has a runner of their own, by a question's first words."""
    environ = here.world.environ
    return {
        "Access token of afk's own account": environ["AFK_TOKEN"],
        "The forge, or a repository on it": here.forge_url,
        "The repositories to work on": "owner/shop",
        "T3 Code's address": here.t3_url,
        "T3's token": environ["AFK_T3_TOKEN"],
        "Where shall the loop run?": "own",
        "Your own access token": here.owner_token,
        "How shall work land?": "push",
        "The repository that the workflow": "owner/shop",
        "The folder of owner/shop's clone": "/srv/shop",
        "The runner's label": "shed",
        "Where afk itself is": WORDS[here.world.kind],
        "Shall afk start agents": "yes",
        "Write this?": "yes",
        **other,
    }


def flags(here: Bare, *more: str) -> list[str]:
    """Return a script's command line for a runner of one's own."""
    return [
        *("init", "--yes", "--forge-url", here.forge_url, "--repo", "owner/shop"),
        *("--t3-url", here.t3_url, "--workspace", "/srv/shop", "--runner", "shed"),
        *("--workflow-repo", "owner/shop", "--action", WORDS[here.world.kind], *more),
    ]


def at_home(here: Bare, *more: str) -> list[str]:
    """Return a script's command line for T3's own machine."""
    return [
        *("init", "--yes", "--forge-url", here.forge_url, "--repo", "owner/shop"),
        *("--t3-url", here.t3_url, "--workspace", "/srv/shop", "--runner", "here", *more),
    ]


def works(here: Bare, **environ: str) -> None:
    """An issue that is labelled now gets an agent, with nothing in hand but what init made."""
    here.world.clock.sleep(60)
    issue = here.world.issue(shop(here), "Add a till", BODY)
    here.world.clock.sleep(60)
    ticked, _ = here.run("tick", environ=environ)
    assert ticked.exit_code == 0, ticked.output
    assert_started(here.world, issue)
