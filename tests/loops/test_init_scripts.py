"""``afk init --yes``: for scripts, and again: what is there stays, what is somebody's stays too."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.loops import only
from support.poll_rig import on_both_forges, writes
from support.set_up import (
    WORDS,
    WORKFLOW,
    bare,
    flags,
    repository,
    shop,
)

from afk.types import Forge
from afk_sandbox.faults import Fault

pytestmark = pytest.mark.network


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


def test_dashboard_s_issue_cannot_be_opened__the_rest_is_set_up(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        here.world.faults["forge"] = only("POST", "/issues", Fault("before", status=403))
        done, _ = here.run(*flags(here), environ=here.given(AFK_SETUP_TOKEN=here.owner_token))
        assert done.exit_code == 2
        assert "dashboard" not in here.files()["afk.yml"]
        assert shop(here).variables == {"AFK_KILL_SWITCH": "true"}


def test_one_secret_cannot_be_set__is_told_and_done_the_next_time(tmp_path: Path) -> None:
    with bare(Forge.FORGEJO, tmp_path) as here:
        given = here.given(AFK_SETUP_TOKEN=here.owner_token)
        here.world.faults["forge"] = only(
            "PUT", "/secrets/AFK_T3_TOKEN", Fault("before", status=403)
        )
        done, _ = here.run(*flags(here), environ=given)
        assert done.exit_code == 2
        assert set(shop(here).secrets) == {"AFK_TOKEN", "AFK_STATE_KEY"}
        key = shop(here).secrets["AFK_STATE_KEY"]
        del here.world.faults["forge"]
        again, _ = here.run(*flags(here), environ=given)
        assert again.exit_code == 0
        assert shop(here).secrets["AFK_T3_TOKEN"] == given["AFK_T3_TOKEN"]
        assert shop(here).secrets["AFK_STATE_KEY"] == key


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--landing", "somehow"), "--landing is 'somehow': answer one of push, pull-request"),
        (("--action", "mara/afk@main"), "with a whole commit"),
        (("--action", f"http://forge.test/mara/afk@{'0' * 40}"), "write https://"),
        (("--service",), "--service writes a systemd unit"),
    ],
)
def test_flag_that_cannot_be__is_refused_before_anything_is_written(
    more: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        done, _ = here.run(*flags(here, *more), environ=here.given())
        assert done.exit_code == 2
        assert told in done.output
        assert here.files() == {}
        assert writes(here.world) == []


def test_trust__is_written_as_it_is_given(tmp_path: Path) -> None:
    with bare(Forge.GITHUB, tmp_path) as here:
        here.run(*flags(here, "--trust", "4711", "--trust", "mara:7"), environ=here.given())
        assert yaml.safe_load(here.files()["afk.yml"])["trusted"] == [4711, "mara:7"]
