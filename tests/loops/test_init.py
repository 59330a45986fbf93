"""``afk init`` in a terminal: what it asks, proposes, shows and writes; and that it then works."""

from pathlib import Path

import pytest
import yaml
from support.poll_rig import on_both_forges, writes
from support.set_up import (
    WORDS,
    WORKFLOW,
    bare,
    opened,
    shop,
    talk,
    works,
)

from afk.types import Forge
from afk_sandbox.forge.rules_of_branches import Protection

pytestmark = pytest.mark.network


@on_both_forges
def test_conversation__from_an_empty_folder_to_an_agent_at_work(
    kind: Forge, tmp_path: Path
) -> None:
    with bare(kind, tmp_path) as here:
        done, person = here.run("init", answers=talk(here))
        assert done.exit_code == 0, done.output
        assert len(person.asked) == 14
        repo = shop(here)
        assert repo.variables == {"AFK_KILL_SWITCH": "false"}
        secrets = {name: opened(kind, text) for name, text in repo.secrets.items()}
        assert secrets["AFK_TOKEN"] == here.world.environ["AFK_TOKEN"]
        assert secrets["AFK_T3_TOKEN"] == here.world.environ["AFK_T3_TOKEN"]
        assert len(secrets["AFK_STATE_KEY"]) == 64
        files = here.files()
        assert set(files) == {"afk.yml", "afk.schema.json", WORKFLOW[kind]}
        shown = "\n".join([done.output, *files.values()])
        assert not any(secret in shown for secret in (*secrets.values(), here.owner_token))
        tick = yaml.safe_load(files[WORKFLOW[kind]])["jobs"]["tick"]
        assert tick["runs-on"] == "shed"
        assert tick["steps"][-1]["uses"] == WORDS[kind]
        assert tick["steps"][-1]["with"]["config-file"] == "afk.yml"
        assert done.output.splitlines()[-1].startswith("afk is armed: push that, label an")
        board = here.world.forge.issue("owner/shop#1")
        assert (board.title, board.author.login) == ("afk dashboard", "afk-bot")
        works(here, **secrets, **repo.variables, AFK_FORGE_URL=here.forge_url)
        assert "Add a till" in board.body


@on_both_forges
def test_conversation__forge_named_by_its_page__is_found_and_proposes_the_repository(
    kind: Forge, tmp_path: Path
) -> None:
    with bare(kind, tmp_path) as here:
        page = here.forge_url.partition("/api/")[0]
        answers = talk(here, **{"The repositories to work on": ""})
        answers |= {"The forge, or a repository on it": f"{page}/owner/shop"}
        answers |= {"Where shall the loop run?": "here", "Write a service": "no"}
        answers |= {"Whose label counts": "nobody"}
        done, person = here.run("init", answers=answers)
        assert done.exit_code == 0, done.output
        assert any(one.endswith("[owner/shop] ") for one in person.asked)
        assert yaml.safe_load(here.files()["afk.yml"])["forge_url"] == here.forge_url
        asked = [one for one in person.asked if one.startswith("Whose label counts")]
        assert bool(asked) == (kind is Forge.FORGEJO), "only one of them may hide who may write"


def test_conversation__page_of_something_else__says_what_to_give(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        answers = talk(here, **{"The forge, or a repository on it": here.t3_url})
        done, _ = here.run("init", answers=answers)
        assert done.exit_code == 2
        assert f"neither {here.t3_url}/api/v1 nor {here.t3_url}/api/v3 answers" in done.output
        assert here.files() == {}
        answers["The forge, or a repository on it"] = f"{here.t3_url}/api/v1"
        done, _ = here.run("init", answers=answers)
        assert done.exit_code != 0
        assert "neither" not in done.output


def test_conversation__shows_what_it_chose_before_it_writes(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run("init", answers=talk(here, **{"Write this?": "no"}))
        told = done.output
        assert "owner/shop, in /srv/shop on T3's machine; work lands by push to its branch" in told
        assert "agent codex with model " in told
        assert here.files() == {}


def test_conversation__after_the_doctor__says_what_is_left_to_do(tmp_path: Path) -> None:
    """What is well is only counted: what a person has to type stands last."""
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run("init", answers=talk(here))
        before, after = done.output.split("afk doctor says of it:")
        assert "git commit" not in before
        assert "git commit" in after
        assert "good: " not in done.output


def test_conversation__nobody_says_write__nothing_is_written(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run("init", answers=talk(here, **{"Write this?": "no"}))
        assert done.exit_code == 0
        assert "This will be written:" in done.output
        assert done.output.splitlines()[-1] == "Nothing was written."
        assert here.files() == {}
        assert writes(here.world) == []


def test_conversation__not_armed__says_last_how_to_arm(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        done, _ = here.run("init", answers=talk(here, **{"Shall afk start agents": "no"}))
        assert shop(here).variables == {"AFK_KILL_SWITCH": "true"}
        last = done.output.splitlines()[-1]
        assert last.startswith("afk is off. To arm it, set the variable AFK_KILL_SWITCH to false")
        assert "/owner/shop/settings/actions/variables" in last


def test_conversation__wrong_answer__is_asked_again(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        answers = talk(here, **{"How shall work land?": "somehow"})
        done, person = here.run("init", answers=answers)
        assert done.exit_code == 2
        assert len([one for one in person.asked if one.startswith("How shall work")]) == 3
        assert "answer one of push, pull-request" in done.output
        assert "run it in a terminal" not in done.output, "it is run in one"
        assert here.files() == {}


@pytest.mark.parametrize("protected", [True, False])
def test_proposals__are_what_is_seen(protected: bool, tmp_path: Path) -> None:
    """The clone's remote, the branch's protection, T3's projects and agents, where T3 is."""
    with bare(Forge.GITHUB, tmp_path) as here:
        here.remote = "https://forge.test/owner/shop.git"
        here.world.t3.folders["/srv/code/shop"] = True
        if protected:
            shop(here).protections.append(Protection(pattern="main"))
        nothing = dict.fromkeys(
            (
                *("The repositories to work on", "Where shall the loop run?", "How shall work"),
                *("Your own access token", "Write", "Shall afk start agents"),
            ),
            "",
        )
        done, person = here.run("init", answers=talk(here, **nothing))
        proposed = {one.split("?")[0].split("(")[0]: one for one in person.asked}
        told = "\n".join(proposed.values())
        assert "[owner/shop]" in told
        assert f"opens one [{'pull-request' if protected else 'push'}]" in told
        assert "[here]" in told
        assert done.exit_code == 0
