"""`afk doctor` as a whole: one pass, armed or not, with a wrong configuration or with none."""

from typing import Any

import pytest
from support.doctor import examined, found, healthy, ill
from support.overheard import doorbell
from support.poll_rig import on_both_forges, writes

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import AccountKind
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, START, World, world


@pytest.mark.parametrize("version", ["0.0.32", "0.0.33"])
@on_both_forges
def test_doctor__all_is_well__says_so_of_every_check_and_ends_with_0(
    kind: Forge, version: str
) -> None:
    with world(kind, t3_version=version) as here:
        healthy(here)

        ticked = examined(here)

        assert (ticked.exit_code, ill(ticked)) == (0, {})
        states = {one["check"]: one["state"] for one in ticked.document["checks"]}
        hidden = {"agents"} if version == "0.0.32" else set()
        assert {name for name, state in states.items() if state != "good"} == hidden
        assert len(states) == 22
        assert writes(here) == []
        assert ticked.document["requests"] == dict(
            zip((kind.value, "T3"), here.requests(), strict=True)
        )


@pytest.mark.parametrize("place", ["environment", "file", "nobody", "allowlist"])
@on_both_forges
def test_doctor__disabled__looks_at_everything_and_says_which_place_says_so(
    kind: Forge, place: str
) -> None:
    with world(kind) as here:
        healthy(here)
        if place == "environment":
            here.environ["AFK_KILL_SWITCH"] = "true"
            told = "AFK_KILL_SWITCH says true"
        elif place == "allowlist":
            here.settings["allowlist"] = []
            told = "allowlist in AFK_CONFIG:1 names no repository"
        else:
            del here.environ["AFK_KILL_SWITCH"]
            here.settings["kill_switch"] = True
            told = "kill_switch: true in AFK_CONFIG:1"
        if place == "nobody":
            del here.settings["kill_switch"]
            told = "it ships on, and neither AFK_KILL_SWITCH nor AFK_CONFIG says otherwise"

        ticked = examined(here)

        check = "allowlist" if place == "allowlist" else "kill switch"
        (gate,) = found(ticked, check)
        assert (gate["state"], told in gate["what"]) == ("off", True)
        assert gate["fix"].startswith("to arm afk, ")
        assert (ticked.exit_code, ill(ticked)) == (0, {})
        (rights,) = found(ticked, "rights")
        assert (rights["about"], rights["state"]) == ("owner/shop", "good")
        assert writes(here) == []


@on_both_forges
def test_doctor__servers_are_down__ends_with_1_and_says_what_is_well(kind: Forge) -> None:
    with world(kind) as here:
        healthy(here)
        down = Fault("before", 503)
        here.faults |= {name: lambda _method, _path: down for name in ("forge", "t3")}
        ticked = examined(here)
        assert ticked.exit_code == 1
        assert ill(ticked).keys() == {"forge token", "T3"}
        assert found(ticked, "configuration")[0]["state"] == "good"
        assert found(ticked, "rights")[0]["state"] == "cannot be told"


def test_doctor__rate_limit__is_told_and_no_failure_of_the_command() -> None:
    with world(Forge.FORGEJO) as here:
        healthy(here)
        limited = Fault("before", 429, b"{}", "application/json")
        here.faults["forge"] = lambda _method, path: limited if path.endswith("/labels") else None
        ticked = examined(here)
        (said,) = ill(ticked)["labels"]
        assert (said["state"], ticked.exit_code) == ("no answer", 1)


@on_both_forges
def test_doctor__fix__creates_the_missing_labels_and_nothing_else(kind: Forge) -> None:
    with world(kind) as here:
        repo = healthy(here)
        for label in here.forge.labels_named(repo, [IN_PROGRESS, HUMAN]):
            here.forge.delete_label(label)
        assert examined(here).exit_code == 2
        assert writes(here) == []

        ticked = examined(here, "--fix")

        assert (ticked.exit_code, ill(ticked)) == (0, {})
        assert len(writes(here)) == 2
        names = [label.name for label in repo.labels]
        assert sorted(names) == sorted({*names})
        assert {IN_PROGRESS, HUMAN, READY} <= {*names}
        told = f"created in owner/shop: the labels {IN_PROGRESS}, {HUMAN}"
        assert ticked.document["said"][0]["text"] == told


def test_doctor__fix_that_is_refused__says_so_and_what_is_still_missing() -> None:
    with world(Forge.FORGEJO) as here:
        repo = healthy(here)
        for label in here.forge.labels_named(repo, [IN_PROGRESS]):
            here.forge.delete_label(label)
        no = Fault("before", 403, b"{}", "application/json")
        here.faults["forge"] = lambda method, _path: no if method == "POST" else None
        ticked = examined(here, "--fix")
        assert ticked.exit_code == 2
        assert IN_PROGRESS in ill(ticked)["labels"][0]["what"]


def test_doctor__ring__rings_every_doorbell_once() -> None:
    with world(Forge.GITHUB) as here, doorbell(here) as bell:
        healthy(here)
        (quiet,) = found(examined(here), "doorbells")
        assert (quiet["state"], bell.rings) == ("cannot be told", [])

        ticked = examined(here, "--ring")

        (rang,) = found(ticked, "doorbells")
        assert (rang["state"], len(bell.rings)) == ("good", 1)
        assert "rang" in rang["what"]
        assert "Nothing has happened" in str(bell.rings[0])


def test_doctor__ring_that_nobody_takes__is_told() -> None:
    with world(Forge.GITHUB) as here:
        healthy(here)
        here.environ["AFK_WEBHOOK_URL"] = "http://127.0.0.1:9/secret-path"
        ticked = examined(here, "--ring")
        (said,) = ill(ticked)["doorbells"]
        assert "webhook gave no usable answer" in said["what"]
        assert "secret-path" not in ticked.output
        assert ticked.exit_code == 1


def test_doctor__slack_address_alone__is_rung_without_notify() -> None:
    with world(Forge.GITHUB) as here:
        healthy(here)
        here.environ["AFK_SLACK_WEBHOOK"] = "http://127.0.0.1:9/T0/B0/x"
        (said,) = found(examined(here), "doorbells")
        assert said["what"].startswith("slack has an address")


def test_doctor__doorbell_without_an_address__is_told() -> None:
    with world(Forge.GITHUB) as here:
        healthy(here)
        here.settings["notify"] = ["slack"]
        ticked = examined(here)
        (said,) = ill(ticked)["doorbells"]
        assert "notify names slack, but AFK_SLACK_WEBHOOK is not set" in said["what"]


def test_doctor__repository_that_is_not_enrolled_yet__is_looked_at() -> None:
    with world(Forge.GITHUB) as here:
        healthy(here)
        here.settings["allowlist"] = []
        del here.environ["AFK_KILL_SWITCH"]
        del here.settings["kill_switch"]
        ticked = examined(here)
        assert {one["about"] for one in found(ticked, "labels")} == {"owner/shop"}
        assert ticked.exit_code == 0


def test_doctor__job_token_of_another_repository__says_what_it_sees() -> None:
    with world(Forge.GITHUB) as here:
        repo = healthy(here)
        repo.private = True
        here.forge.set_access(repo, here.bot, "none")
        here.environ["GITHUB_TOKEN"] = here.environ.pop("AFK_TOKEN")
        here.environ["GITHUB_API_URL"] = here.settings.pop("forge_url")
        (said,) = ill(examined(here))["repository"]
        assert "a job's own token sees the repository it runs in alone" in said["fix"]


def test_doctor__personal_token_with_time_left__shows_kind_scopes_and_end() -> None:
    with world(Forge.GITHUB) as here:
        healthy(here)
        here.bot.kind = AccountKind.USER
        until = START.replace(year=2027)
        here.environ["AFK_TOKEN"] = here.forge.token_for(here.bot, expires_at=until)
        ticked = examined(here)
        (shown,) = found(ticked, "forge token")
        assert shown["what"].startswith("a classic personal access token of afk-bot (from AFK_TO")
        assert "scopes: repo" in shown["what"]
        assert found(ticked, "token's end")[0]["what"] == "the token ends at 2027-03-02 09:00 UTC"
        assert ticked.exit_code == 0


def test_doctor__lines__outcome_first_and_what_is_alike_in_one() -> None:
    with world(Forge.FORGEJO) as here:
        healthy(here)
        healthy(here, "site")
        here.forge.delete_label(here.forge.labels_named(here.forge.repositories[1], [HUMAN])[0])
        lines = here.run("doctor").output.splitlines()
        assert lines[0].startswith("not healthy: 1 to mend, ")
        assert "good: repository of owner/shop, owner/site: it is there" in lines
        (error,) = [line for line in lines if line.startswith("error: ")]
        assert error == (
            f"error: labels of owner/site: no label {HUMAN}. Next step: `afk doctor --fix` "
            "creates it."
        )


def test_doctor__environment_of_a_stage_on_forgejo__is_told() -> None:
    with world(Forge.FORGEJO) as here:
        healthy(here, deploy={"environment": "production"})
        (said,) = ill(examined(here))["forge token"]
        assert "names an environment" in said["what"]


def test_doctor__forge_address_that_is_none__is_told_and_no_token_goes_there(here: World) -> None:
    here.settings["forge_url"] = "http://git.example.org/api/v1"
    ticked = examined(here)
    assert "without encryption" in ill(ticked)["configuration"][0]["what"]
    assert found(ticked, "forge token")[0]["state"] == "cannot be told"


@pytest.fixture(name="here")
def _here() -> Any:
    with world(Forge.FORGEJO) as here:
        healthy(here)
        yield here
