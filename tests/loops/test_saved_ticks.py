"""``--save`` and ``afk replay``: the same decisions again, with no server and no secret."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from support.loops import start, tick
from support.overheard import doorbell
from support.poll_rig import BODY, forget, on_both_forges, polled
from support.straight import Straight

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.world import READY, Ticked, World, world

ON_PROTOCOL: Final = {Forge.GITHUB: "0.0.33", Forge.FORGEJO: "0.0.32"}


def saved(path: Path) -> Any:
    return json.loads(path.read_text())


def replayed(here: World, path: Path, *arguments: str, **environ: str) -> Ticked:
    """Replay a file where no server is; asserts that none was asked."""
    forget(here)
    held = dict(here.environ)
    here.environ.clear()
    here.environ |= {"AFK_STATE_KEY": held["AFK_STATE_KEY"], **environ}
    done = here.run("replay", str(path), *arguments)
    here.environ |= held
    assert here.requests() == (0, 0)
    return done


@on_both_forges
@pytest.mark.network
def test_replay__every_look_of_a_run__decides_the_same_and_asks_nobody(
    kind: Forge, tmp_path: Path
) -> None:
    path = tmp_path / "look.json"
    with world(kind, t3_version=ON_PROTOCOL[kind]) as here, doorbell(here):
        repo = here.repository("shop")
        issue = here.issue(repo, "till", "[[push=red,green]]")
        here.issue(repo, "waits", BODY)
        while issue.open:
            here.tick("--save", str(path), after=180)
            done = replayed(here, path)

            assert done.exit_code == 0, done.output
            assert "every decision is the same" in done.output


class TakingTime(Straight):
    """Servers on whose clock, and afk's, time passes with every request."""

    def __init__(self, here: World) -> None:
        super().__init__()
        self._here = here

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._here.clock.sleep(0.123457)
        return super().handle_request(request)


@on_both_forges
def test_replay__of_looks_that_took_their_time__decides_the_same(
    kind: Forge, tmp_path: Path
) -> None:
    """Records hold times to a fraction of a second, and are read back."""
    path = tmp_path / "look.json"
    with world(kind, t3_version=ON_PROTOCOL[kind]) as here:
        issue = here.issue(here.repository("shop"), "till", "[[push=red,green]]")
        while issue.open:
            here.clock.sleep(180)
            here.t3.advance()
            here.run("tick", "--save", str(path), transport=TakingTime(here))
            done = replayed(here, path)

            assert done.exit_code == 0, done.output


def test_save__no_secret_of_the_environment__is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    with world(Forge.GITHUB, t3_version="0.0.33") as here, doorbell(here):
        here.issue(here.repository("shop"), "till", BODY)
        here.tick("--save", str(path))
        text = path.read_text()

        for name in ("AFK_TOKEN", "AFK_T3_TOKEN", "AFK_STATE_KEY", "AFK_WEBHOOK_URL"):
            assert here.environ.get(name, "no such thing") not in text
        tickets = [one for one in saved(path)["exchanges"] if "websocket-ticket" in one["url"]]
        assert [json.loads(one["body"])["ticket"] for one in tickets] == ["***"]
        assert "authorization" not in text.lower()


def test_replay__a_file_in_which_an_answer_was_changed__says_what_is_decided_otherwise(
    tmp_path: Path,
) -> None:
    path = tmp_path / "look.json"
    with world(Forge.FORGEJO) as here:
        issue = here.issue(here.repository("shop"), "till", BODY)
        polled(here, "--save", str(path))
        path.write_text(path.read_text().replace(f'"{READY}', '"something-else'))
        done = replayed(here, path)
        document = json.loads(replayed(here, path, "--json").output)

    assert done.exit_code == 1
    assert "then: " in done.output
    assert f"#{issue.number}" in done.output
    assert document["exit_code"] == 1
    assert document["differences"]


def test_replay__of_signed_records_without_their_key__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    with world(Forge.GITHUB) as here:
        here.tick("--save", str(path))
        keys = ("", "another-key-0123-that-signed-nothing")
        refused = [replayed(here, path, AFK_STATE_KEY=key) for key in keys]

    for done in refused:
        assert done.exit_code == 2
        assert "needs AFK_STATE_KEY as it was where it was saved" in done.output


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 2}', '{"form": 1, "version": "1"}'])
def test_replay__of_something_else__is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "look.json"
    path.write_text(text)
    with world(Forge.GITHUB) as here:
        done = replayed(here, path)

        assert done.exit_code == 2
        assert "is no saved look" in done.output
        none = replayed(here, tmp_path / "none")
        assert none.exit_code == 2
        assert "cannot be read. Likely cause: no such file or directory." in none.output


def test_replay__of_a_form_that_is_not_known__names_the_version_that_knows_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "look.json"
    path.write_text('{"form": 2, "version": "9.0"}')
    with world(Forge.GITHUB) as here:
        done = replayed(here, path)

    assert done.exit_code == 2
    assert "of afk 9.0" in done.output
    assert "replay it with that version" in done.output


def test_replay__servers_that_did_not_answer__do_not_answer_again(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    with world(Forge.FORGEJO) as here:
        issue = start(here, "[[hang]]")
        tick(here)
        here.faults["t3"] = lambda *_: Fault("before")
        here.tick("--save", str(path))
        done = replayed(here, path)

        assert done.exit_code == 0, done.output
        assert any("failed" in one for one in saved(path)["exchanges"])
        assert issue.open


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX mode")
def test_save__what_issues_say__is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    with world(Forge.GITHUB) as here:
        here.issue(here.repository("shop"), "till", BODY)
        here.tick("--save", str(path))

    assert path.stat().st_mode & 0o077 == 0


def test_save__where_nothing_can_be_written__says_so_after_the_look(tmp_path: Path) -> None:
    with world(Forge.GITHUB) as here:
        here.issue(here.repository("shop"), "till", BODY)
        done = here.tick("--save", str(tmp_path / "no folder" / "look.json"))

    assert done.exit_code == 2
    assert "cannot be written" in done.output
    assert "started thread" in done.output


def test_save__while_disabled__is_a_look_that_asks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    with world(Forge.GITHUB) as here:
        here.environ["AFK_KILL_SWITCH"] = "true"
        done = here.tick("--save", str(path), "--dry-run", "--repo", "owner/shop", "--issue", "3")
        held: Mapping[str, Any] = saved(path)
        again = replayed(here, path)

    assert done.exit_code == again.exit_code == 0
    assert held["exchanges"] == []
    assert held["arguments"] == ["tick", "--repo", "owner/shop", "--issue", "3", "--dry-run"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["tick", "--save", "out"],
        ["tick", "--sav=out"],
        ["tick", "--config", "out"],
        ["tick", "--every", "1"],
        ["report", "--out", "out"],
        ["init", "--yes"],
        ["sandbox"],
        ["replay", "look.json"],
        ["--help"],
        ["tick", 3],
        [],
        "tick",
    ],
)
def test_replay__a_file_that_names_another_command__is_refused(
    tmp_path: Path, arguments: object
) -> None:
    """Whoever sends a file in may have written it by hand."""
    assert refused(tmp_path, {"arguments": arguments})


@pytest.mark.parametrize(
    "changed",
    [
        {"environ": {"GITHUB_STEP_SUMMARY": "out"}},
        {"environ": {"GITHUB_OUTPUT": "out"}},
        {"environ": {"AFK_T3_TOKEN_COMMAND": "touch out"}},
        {"environ": {"AFK_T3_TOKEN_FILE": "out"}},
        {"environ": {"AFK_CONFIG_FILE": "out"}},
        {"environ": {"AFK_T3_URL": 5}},
        {"secrets": ["GITHUB_STEP_SUMMARY"]},
        {"keys": {"GITHUB_OUTPUT": "out"}},
        {"began": "2026-03-02T09:00:00"},
        {"exchanges": [{"at": "2026-03-02T09:00:00", "method": "GET", "url": "http://a"}]},
        {"exchanges": [{"at": "", "method": "GET", "url": "http://a"}]},
    ],
)
def test_replay__a_file_that_brings_more_of_an_environment__is_refused(
    tmp_path: Path, changed: Mapping[str, Any]
) -> None:
    assert refused(tmp_path, changed)


def refused(folder: Path, changed: Mapping[str, Any]) -> bool:
    """Say whether a saved look that was changed is refused, and nothing was written."""
    path = folder / "look.json"
    with world(Forge.GITHUB) as here:
        here.environ["AFK_KILL_SWITCH"] = "true"
        here.tick("--save", str(path))
        path.write_text(json.dumps(saved(path) | dict(changed)))
        done = replayed(here, path)
    assert [one.name for one in folder.iterdir()] == ["look.json"]
    return done.exit_code == 2 and "is no saved look" in done.output


def test_save__a_password_in_an_address_of_the_configuration__is_not_in_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "look.json"
    with world(Forge.GITHUB) as here:
        probe = "https://probe:hunter2hunter@shop.example/{sha}"
        here.repository("shop", deploy={"probe": probe, "probe_status": 200})
        done = here.tick("--save", str(path))
        assert done.exit_code == 0, done.output
        assert "hunter2hunter" not in path.read_text()
        assert "shop.example" in path.read_text()
        assert replayed(here, path).exit_code == 0


def test_replay__a_version_that_is_more_than_that__is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    with world(Forge.GITHUB) as here:
        here.environ["AFK_KILL_SWITCH"] = "true"
        here.tick("--save", str(path))
        path.write_text(json.dumps(saved(path) | {"version": "1\n::add-mask::a\x1b[2J"}))
        done = replayed(here, path)

    assert done.exit_code == 0
    assert "\x1b" not in done.output
    assert "\n::" not in done.output


def test_replay__what_the_file_has_no_answer_to__is_named(tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    with world(Forge.FORGEJO) as here:
        here.issue(here.repository("shop"), "till", BODY)
        here.tick("--dry-run", "--save", str(path))
        path.write_text(json.dumps(saved(path) | {"exchanges": []}))
        done = replayed(here, path)

    assert done.exit_code == 1
    assert "asked now and not then, so nothing answered: GET " in done.output
