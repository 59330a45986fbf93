"""``afk init`` against servers: what it asks, shows, writes, leaves alone; and that it works."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from nacl.public import PrivateKey, SealedBox
from support.poll_rig import BODY, assert_started, on_both_forges, writes
from support.set_up import WORDS, Bare, bare, environment_of, repository

from afk.types import Forge
from afk_sandbox.forge.records import Repository
from afk_sandbox.forge.rules_of_branches import Protection
from afk_sandbox.github.settings import OPENS

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
        "The forge's API": here.forge_url,
        "The repositories to work on": "owner/shop",
        "T3 Code's address": here.t3_url,
        "T3's token": environ["AFK_T3_TOKEN"],
        "Where shall the loop run?": "own",
        "Your own access token": here.owner_token,
        "How shall work land?": "push",
        "Who may approve": "nobody",
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


# --- the conversation --------------------------------------------------------------------------


@on_both_forges
def test_conversation__from_an_empty_folder_to_an_agent_at_work(
    kind: Forge, tmp_path: Path
) -> None:
    with bare(kind, tmp_path) as here:
        done, person = here.run("init", answers=talk(here))
        assert done.exit_code == 0, done.output
        assert len(person.asked) == 15
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
        assert done.output.splitlines()[-1].startswith("afk is armed: label an issue")
        board = here.world.forge.issue("owner/shop#1")
        assert (board.title, board.author.login) == ("afk dashboard", "afk-bot")
        works(here, **secrets, **repo.variables, AFK_FORGE_URL=here.forge_url)
        assert "Add a till" in board.body


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
                *("Your own access token", "Who may approve", "Write", "Shall afk start agents"),
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


# --- scripts -----------------------------------------------------------------------------------


def test_no_terminal_and_no_yes__is_a_clear_error(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run("init", environ=here.given())
        assert done.exit_code == 2
        assert "there is no terminal to answer them on" in done.output
        assert "--yes" in done.output
        assert here.files() == {}
        assert here.world.requests() == (0, 0)


def test_yes__without_what_nobody_can_see__names_all_of_it(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run("init", "--yes")
        assert done.exit_code == 2
        for name in ("AFK_TOKEN", "--forge-url", "--repo"):
            assert name in done.output
        assert here.world.requests() == (0, 0)


@on_both_forges
def test_again__writes_nothing_and_says_that_it_is_there(kind: Forge, tmp_path: Path) -> None:
    with bare(kind, tmp_path) as here:
        given = here.given(AFK_SETUP_TOKEN=here.owner_token)
        first, _ = here.run(*flags(here), environ=given)
        assert first.exit_code == 0, first.output
        before, secrets = here.files(), dict(shop(here).secrets)
        here.world.log.clear()
        again, _ = here.run(*flags(here), environ=given)
        assert again.exit_code == 0
        assert "Already there, and left as it is:" in again.output
        assert "secret AFK_STATE_KEY" not in again.output.split("Already there")[0]
        assert here.files() == before
        assert shop(here).secrets == secrets
        assert writes(here.world) == []


def test_again__file_changed_by_a_person__is_kept_and_the_difference_shown(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        given = here.given(AFK_SETUP_TOKEN=here.owner_token)
        here.run(*flags(here), environ=given)
        file = here.folder / "afk.yml"
        theirs = file.read_text("utf-8") + "max_in_flight: 1\n"
        file.write_text(theirs, encoding="utf-8")
        again, _ = here.run(*flags(here), environ=given)
        assert file.read_text("utf-8") == theirs
        assert "Changed by somebody, and left as it is." in again.output
        assert "-max_in_flight: 1" in again.output


def test_again__file_of_an_older_init__is_brought_up_to_date(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        given = here.given(AFK_SETUP_TOKEN=here.owner_token)
        here.run(*flags(here), environ=given)
        newer = WORDS[Forge.GITHUB].replace("0123", "9999")
        again, _ = here.run(*flags(here, "--action", newer), environ=given)
        assert again.exit_code == 0
        assert f"+      - uses: {newer}" in again.output
        assert newer in here.files()[WORKFLOW[Forge.GITHUB]]


def test_again__armed_meanwhile__is_not_thrown_off(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        given = here.given(AFK_SETUP_TOKEN=here.owner_token)
        here.run(*flags(here), environ=given)
        shop(here).variables["AFK_KILL_SWITCH"] = "false"
        here.run(*flags(here), environ=given)
        assert shop(here).variables == {"AFK_KILL_SWITCH": "false"}
        shop(here).variables["AFK_KILL_SWITCH"] = "true"
        here.run(*flags(here, "--arm"), environ=given)
        assert shop(here).variables == {"AFK_KILL_SWITCH": "false"}


def test_renew__replaces_that_secret_alone(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        given = here.given(AFK_SETUP_TOKEN=here.owner_token)
        here.run(*flags(here), environ=given)
        key = shop(here).secrets["AFK_STATE_KEY"]
        shop(here).secrets["AFK_TOKEN"] = "old"
        shop(here).secrets["AFK_T3_TOKEN"] = "old"
        here.run(*flags(here, "--renew", "AFK_T3_TOKEN"), environ=given)
        assert shop(here).secrets == {
            "AFK_TOKEN": "old",
            "AFK_T3_TOKEN": given["AFK_T3_TOKEN"],
            "AFK_STATE_KEY": key,
        }


def test_dry_run__shows_everything_and_writes_nothing(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run(*flags(here, "--dry-run"), environ=here.given())
        assert "afk.yml" in done.output
        assert "Nothing was written (--dry-run)." in done.output
        assert here.files() == {}
        assert writes(here.world) == []


@on_both_forges
def test_token_that_may_not_write_secrets__prints_what_to_paste_where(
    kind: Forge, tmp_path: Path
) -> None:
    with bare(kind, tmp_path) as here:
        repo = repository(here.world, "loop")
        here.world.forge.set_access(repo, here.world.bot, "read")
        arguments = flags(here)
        arguments[arguments.index("--workflow-repo") + 1] = "owner/loop"
        done, _ = here.run(*arguments, environ=here.given())
        assert done.exit_code == 0, done.output
        pages = {
            Forge.GITHUB: ("settings/secrets/actions", "settings/variables/actions"),
            Forge.FORGEJO: ("settings/actions/secrets", "settings/actions/variables"),
        }
        for page in pages[kind]:
            assert f"/owner/loop/{page}" in done.output
        assert "secret AFK_STATE_KEY: what `openssl rand -hex 32` prints" in done.output
        assert "AFK_SETUP_TOKEN" in done.output
        assert set(here.files()) == {"afk.yml", "afk.schema.json", WORKFLOW[kind]}
        assert not any(text in done.output for text in here.given().values())


def test_json__is_the_plan_without_a_secret(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        given = here.given(AFK_SETUP_TOKEN=here.owner_token)
        done, _ = here.run(*flags(here, "--json"), environ=given)
        document: dict[str, Any] = json.loads(done.output)
        kinds = [(one["kind"], one["written"]) for one in document["steps"]]
        wanted = ["issue", *["file"] * 3, "label", *["secret"] * 3, "variable"]
        assert kinds == [(one, True) for one in wanted]
        assert not any(text in done.output for text in given.values())


def test_token_of_the_person_s_own__is_warned_of(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        done, _ = here.run(*flags(here), environ=here.given(AFK_TOKEN=here.owner_token))
        assert "AFK_TOKEN is owner's own: what owner labels will start nothing" in done.output


def test_t3_out_of_order__goes_on_with_what_is_given(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        done, _ = here.run(
            *flags(here, "--instance", "codex", "--model", "m"),
            environ=here.given(AFK_SETUP_TOKEN=here.owner_token, AFK_T3_TOKEN="t3-wrong-token"),
        )
        assert done.exit_code == 0
        assert "T3 shows nothing to propose" in done.output
        assert yaml.safe_load(here.files()["afk.yml"])["t3"]["model"] == "m"


# --- T3's own machine --------------------------------------------------------------------------


@on_both_forges
def test_here__service__from_an_empty_folder_to_an_agent_at_work(
    kind: Forge, tmp_path: Path
) -> None:
    with bare(kind, tmp_path) as here:
        done, _ = here.run(*at_home(here, "--service", "--arm"), environ=here.given())
        assert done.exit_code == 0, done.output
        files = here.files()
        env, unit = ".config/afk/afk.env", ".config/systemd/user/afk.service"
        assert set(files) == {"afk.yml", "afk.schema.json", env, unit}
        assert here.mode(env) == 0o600
        secrets = environment_of(files[env])
        assert set(secrets) == {"AFK_TOKEN", "AFK_T3_TOKEN", "AFK_STATE_KEY"}
        rest = "\n".join(text for path, text in files.items() if path != env)
        assert not any(text in rest + done.output for text in secrets.values())
        assert shop(here).secrets == {}
        assert "systemctl --user enable --now afk" in done.output
        works(here, **secrets)


def test_here__not_armed__says_last_where_to_arm(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run(*at_home(here), environ=here.given())
        assert yaml.safe_load(here.files()["afk.yml"])["kill_switch"] is True
        assert done.output.splitlines()[-1] == (
            f"afk is off. To arm it, write kill_switch: false into {here.folder}/afk.yml"
        )
        secrets = environment_of(here.files()[".config/afk/afk.env"])
        ticked, _ = here.run("tick", environ=secrets)
        assert "kill switch" in ticked.output


def test_here__again__keeps_the_secrets_and_never_shows_them(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        here.run(*at_home(here, "--service"), environ=here.given())
        before = here.files()
        again, _ = here.run(*at_home(here, "--service"), environ=here.given())
        assert again.exit_code == 0
        assert "nothing is left to write" in again.output
        assert here.files() == before


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_here__unit__is_one_that_systemd_takes(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        here.run(*at_home(here, "--service"), environ=here.given())
        unit = here.home / ".config/systemd/user/afk.service"
        python = shutil.which("python3") or ""
        text = unit.read_text("utf-8").replace("/opt/afk/bin/python", python)
        copy = tmp_path / "afk.service"
        copy.write_text(text, encoding="utf-8")
        systemd = shutil.which("systemd-analyze") or ""
        done = subprocess.run(  # noqa: S603  a fixed command
            [systemd, "verify", "--man=no", str(copy)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_schema__takes_what_init_writes_and_refuses_a_misspelt_setting(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        here.run(*at_home(here), environ=here.given())
        files = here.files()
        schema = json.loads(files["afk.schema.json"])
        Draft202012Validator.check_schema(schema)
        written = yaml.safe_load(files["afk.yml"])
        Draft202012Validator(schema).validate(written)
        assert list(Draft202012Validator(schema).iter_errors({**written, "alowlist": []}))
        assert "# yaml-language-server: $schema=./afk.schema.json" in files["afk.yml"]
