"""``afk init`` on T3's own machine: secrets in a file of its own, a service, and that it works."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from support.poll_rig import on_both_forges
from support.set_up import (
    at_home,
    bare,
    environment_of,
    shop,
    works,
)

from afk.types import Forge

pytestmark = pytest.mark.network


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


def test_here__renew__replaces_that_secret_and_keeps_the_key(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        path = ".config/afk/afk.env"
        here.run(*at_home(here), environ=here.given(AFK_T3_TOKEN="t3-wrong-token"))
        before = environment_of(here.files()[path])
        done, _ = here.run(*at_home(here, "--renew", "AFK_T3_TOKEN"), environ=here.given())
        assert environment_of(here.files()[path]) == {**before, **here.given()}
        assert here.mode(path) == 0o600
        assert not any(text in done.output for text in before.values())


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


def test_here__token_in_a_file_of_the_person_s__is_named_not_copied(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        token = tmp_path / "t3-token"
        token.write_text(here.world.environ["AFK_T3_TOKEN"], encoding="utf-8")
        given = {"AFK_TOKEN": here.world.environ["AFK_TOKEN"], "AFK_T3_TOKEN_FILE": str(token)}
        done, _ = here.run(*at_home(here), environ=given)
        assert done.exit_code == 0
        secrets = environment_of(here.files()[".config/afk/afk.env"])
        assert secrets["AFK_T3_TOKEN_FILE"] == str(token)
        assert "AFK_T3_TOKEN" not in secrets


def test_here__armed_by_a_person__stays_so(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        here.run(*at_home(here), environ=here.given())
        file = here.folder / "afk.yml"
        file.write_text(
            file.read_text("utf-8").replace("kill_switch: true", "kill_switch: false"), "utf-8"
        )
        done, _ = here.run(*at_home(here), environ=here.given())
        assert "kill_switch: false" in file.read_text("utf-8")
        assert "Everything is there already" in done.output
        assert done.output.splitlines()[-1].startswith("afk is armed")


def test_here__run_out_of_a_cache__is_warned_of(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        here.python = "/m/.cache/uv/archive-v0/Xy/bin/python"
        done, _ = here.run(*at_home(here), environ=here.given())
        assert "runs from uv's cache" in done.output


def test_here__terminal_without_the_secrets__is_told_how_to_get_them(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        here.run(*at_home(here, "--arm"), environ=here.given())
        at = {"HOME": str(here.home)}
        for command in ("status", "doctor"):
            before = here.world.requests()
            done, _ = here.run(command, environ=at)
            assert done.exit_code == 2
            assert f"set -a; . {here.home}/.config/afk/afk.env; set +a" in done.output
            assert done.output.count("error:") == 1
            assert here.world.requests() == before
        for environ in ({}, {**at, "AFK_T3_TOKEN_FILE": "/nowhere"}, {"HOME": str(tmp_path)}):
            done, _ = here.run("status", environ=environ)
            assert "there is no token for the forge" in done.output


@pytest.mark.parametrize("again", [False, True])
def test_here__ready_label_that_was_there__starts_the_first_issue(
    again: bool, tmp_path: Path
) -> None:
    """What it was put on before still counts nothing, for it may have had another name then."""
    with bare(Forge.FORGEJO, tmp_path) as here:
        label = here.world.forge.define_label(shop(here), "ready-for-agent")
        old = here.world.issue(shop(here), "An old one", "Before afk.")
        here.world.clock.sleep(60)
        done, _ = here.run(*at_home(here, "--arm"), environ=here.given())
        assert "written: description of ready-for-agent in owner/shop" in done.output
        if again:
            told = label.description
            done, _ = here.run(*at_home(here, "--arm"), environ=here.given())
            assert "description of ready-for-agent" not in done.output
            assert label.description == told
        works(here, **environment_of(here.files()[".config/afk/afk.env"]))
        assert "agent-in-progress" not in {one.name for one in old.labels}
