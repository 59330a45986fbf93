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
