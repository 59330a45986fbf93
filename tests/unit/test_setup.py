"""What `afk init` proposes, plans and writes, from what it sees: no server, no terminal."""

import plistlib
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from afk.config import Config
from afk.environment.settings import load
from afk.errors import ConfigError, TokenError
from afk.model.installation import ProviderFacts
from afk.setup import proposals, service_file
from afk.setup.configuration_file import configuration, scalar
from afk.setup.facts import (
    Answers,
    Given,
    Machine,
    Place,
    RepositorySeen,
    Seen,
    SettingsSeen,
    T3Seen,
)
from afk.setup.marks import marked, marked_json, plain, untouched
from afk.setup.plan import FileStep, IssueStep, State, VariableStep, planned, to_do
from afk.setup.schema_file import schema
from afk.setup.shown import arming_line, hand_lines, plan_lines, settings_trouble
from afk.setup.workflow_file import workflow
from afk.types import Account, Forge

ROOT: Final = Path(__file__).resolve().parents[2]
COMMIT: Final = "0123456789" * 4
HERE: Final = Answers(
    forge=Forge.FORGEJO,
    forge_url="https://forge.test/api/v1",
    web="https://forge.test",
    place=Place.HERE,
    repositories=("mara/shop",),
    workspaces={"mara/shop": "/srv/shop"},
    t3_url="http://127.0.0.1:3773",
)
ON_A_RUNNER: Final = replace(
    HERE, place=Place.OWN, home_repo="mara/loop", runner="shed", action=f"mara/afk@{COMMIT}"
)
LINUX: Final = Machine(system="linux", python="/opt/afk/bin/python", folder="/srv/loop", home="/m")
MAC: Final = replace(LINUX, system="darwin", home="/Users of mine/mara")
SECRETS: Final = (Given("AFK_TOKEN", "t0ken-of-afk"), Given("AFK_STATE_KEY", "k" * 8 + "1" * 56))


def template(forge: Forge) -> str:
    return (ROOT / f".{forge.value}/workflows/afk.yml").read_text(encoding="utf-8")


# --- proposals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "web", "api"),
    [
        ("https://github.com/mara/shop.git", "https://github.com", "https://api.github.com"),
        ("git@github.com:mara/shop.git", "https://github.com", "https://api.github.com"),
        ("https://x:y@acme.ghe.com/mara/shop", "https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("ssh://git@forge.test:2222/mara/shop.git", "https://forge.test", ""),
        ("http://forge.test:3000/mara/shop/", "http://forge.test:3000", ""),
        ("forge.test:mara/shop", "https://forge.test", ""),
    ],
)
def test_remote__says_which_forge_and_repository(address: str, web: str, api: str) -> None:
    remote = proposals.remote_of(address)
    assert remote == proposals.Remote(web, "mara/shop")
    assert proposals.forge_url(remote) == (api or f"{web}/api/v1")


@pytest.mark.parametrize(
    "address",
    [
        *("", "/srv/git/shop.git", "../shop", "file:///srv/shop", "https://github.com/shop"),
        *("a b:c/d", "https://forge.test/a/b/c", "https://[::1/mara/shop"),
    ],
)
def test_remote__that_names_no_forge__proposes_nothing(address: str) -> None:
    assert proposals.remote_of(address) is None
    assert proposals.forge_url(None) == ""


@given(st.text())
def test_remote__of_any_text__never_fails(text: str) -> None:
    proposals.forge_url(proposals.remote_of(text))


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://127.0.0.1:3773", Place.HERE),
        ("http://localhost", Place.HERE),
        ("http://[::1]:3773/", Place.HERE),
        ("https://t3.test", Place.OWN),
        ("https://localhost.test", Place.OWN),
    ],
)
def test_place__beside_a_t3_that_only_this_machine_reaches(url: str, where: Place) -> None:
    assert proposals.place(url) is where


def test_proposals__rest_on_what_is_seen() -> None:
    shut = RepositorySeen(name="mara/shop", default_branch="main", protected=True)
    free = replace(shut, protected=False)
    assert proposals.landing([free]) == "push"
    assert proposals.landing([free, shut]) == "pull-request"
    seen = T3Seen(workspaces=("/srv/Shop", "/srv/site", "/a/two", "/b/two"))
    assert proposals.workspace("mara/shop", seen) == "/srv/Shop"
    assert proposals.workspace("mara/two", seen) == ""
    offers = (
        ProviderFacts(instance="codex", models=("big", "small")),
        ProviderFacts(instance="claude"),
        ProviderFacts(instance="cursor", trouble="nobody is signed in"),
    )
    assert proposals.offer(T3Seen(offers=offers), "claude") == offers[1]
    assert proposals.offer(T3Seen(offers=offers), "other") == offers[0]
    assert proposals.offer(T3Seen(offers=offers[2:]), "cursor") is None
    assert proposals.offer(T3Seen(), "codex") is None
    mara = Account(7, "mara")
    assert proposals.trusted(mara, [replace(free, rights_shown=False)]) == "mara:7"
    assert proposals.trusted(mara, [free]) == ""
    assert proposals.trusted(None, [replace(free, rights_shown=False)]) == ""
    assert proposals.runner(Forge.GITHUB, Place.HOSTED) == "ubuntu-latest"
    assert proposals.runner(Forge.GITHUB, Place.OWN) == "self-hosted"
    assert proposals.runner(Forge.FORGEJO, Place.HOSTED) == "docker"


# --- the configuration -------------------------------------------------------------------------


def test_configuration__says_what_was_answered_and_is_disabled() -> None:
    answers = replace(
        ON_A_RUNNER,
        repositories=("mara/shop", "mara/site"),
        workspaces={"mara/shop": "/srv/shop", "mara/site": "/srv/my site"},
        branches={"mara/site": "trunk"},
        instance="claude",
        model="opus: big",
        landing="pull-request",
        trusted=(4711, "mara:7"),
    )
    config = load(configuration(answers), {"AFK_KILL_SWITCH": "false"}, "afk.yml")
    assert load(configuration(answers), {}, "afk.yml").disabled
    assert config.allowlist == answers.repositories
    assert {name: one.workspace for name, one in config.repositories.items()} == answers.workspaces
    assert config.repositories["mara/site"].branch == "trunk"
    assert (config.t3.instance, config.t3.model) == ("claude", "opus: big")
    assert config.trusted == (4711, "mara:7")
    assert config.landing == "pull-request"
    assert config.forge_url == ""


def test_configuration__of_this_machine__carries_the_kill_switch_itself() -> None:
    assert load(configuration(HERE), {}, "afk.yml").kill_switch
    armed = load(configuration(replace(HERE, armed=True)), {}, "afk.yml")
    assert not armed.disabled
    assert armed.forge_url == HERE.forge_url


def test_configuration__names_the_dashboard_where_there_is_one() -> None:
    written = yaml.safe_load(configuration(replace(HERE, dashboard="mara/shop#4")))
    assert written["dashboard"] == "mara/shop#4"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))) | st.integers())
def test_scalar__is_read_back_as_what_it_was(value: str | int) -> None:
    assert yaml.safe_load(f"a: {scalar(value)}\n")["a"] == value


def test_schema__describes_every_setting() -> None:
    import json  # noqa: PLC0415  for this alone

    found = json.loads(schema())
    assert set(found["properties"]) == set(Config.__dataclass_fields__)
    assert all(one.get("description") for one in found["properties"].values())
    assert "`" not in found["properties"]["landing"]["description"]
    assert untouched(schema())


# --- the workflow ------------------------------------------------------------------------------


@pytest.mark.parametrize("landing", ["push", "pull-request"])
@pytest.mark.parametrize("where", [Place.OWN, Place.HOSTED])
@pytest.mark.parametrize("forge", list(Forge))
def test_workflow__is_the_shipped_one_but_for_what_differs(
    forge: Forge, where: Place, landing: str
) -> None:
    answers = replace(ON_A_RUNNER, forge=forge, place=where, landing=landing)
    text = workflow(template(forge), answers, "afk.yml")
    found, shipped = yaml.safe_load(text), yaml.safe_load(template(forge))
    on, was = found.pop(True), shipped.pop(True)
    (tick,) = found["jobs"].values()
    (before,) = shipped["jobs"].values()
    step, old = tick["steps"].pop(), before["steps"].pop()
    assert (tick.pop("runs-on"), step["uses"]) == ("shed", f"mara/afk@{COMMIT}")
    before.pop("runs-on")
    assert found == shipped
    cron = "17 * * * *" if where is Place.HOSTED else "*/5 * * * *"
    assert on.pop("schedule") == [{"cron": cron}]
    was.pop("schedule")
    if landing == "push":
        assert was.pop("pull_request", 0) is not None
        assert was.pop("pull_request_review", 0) is not None
    assert on == was
    changed = {name: text for name, text in step["with"].items() if old["with"].get(name) != text}
    ticking = {"command": "${{ inputs.command || 'tick --every 30' }}"}
    assert changed == {"config-file": "afk.yml"} | (ticking if where is Place.OWN else {})
    assert ("720" in text) is (where is Place.HOSTED)
    assert untouched(text)


@pytest.mark.parametrize("action", ["", "mara/afk", "mara/afk@main", f"mara/afk@{COMMIT}\n x: y"])
def test_workflow__of_an_action_that_is_not_pinned__is_not_written(action: str) -> None:
    with pytest.raises(ConfigError, match="no workflow"):
        workflow(template(Forge.GITHUB), replace(ON_A_RUNNER, action=action), "afk.yml")


@pytest.mark.parametrize("runner", ["", "a b", "x\n y: z", "[self-hosted]"])
def test_workflow__of_a_label_that_is_none__is_not_written(runner: str) -> None:
    with pytest.raises(ConfigError, match="no workflow"):
        workflow(template(Forge.GITHUB), replace(ON_A_RUNNER, runner=runner), "afk.yml")


# --- the service -------------------------------------------------------------------------------


def test_unit__names_everything_so_that_systemd_takes_it() -> None:
    machine = replace(LINUX, folder="/srv/100% mine", python="/opt/my $x/py")
    text = service_file.service(machine, 60)
    assert "WorkingDirectory=/srv/100%% mine\n" in text
    assert 'ExecStart="/opt/my $$x/py" -m afk tick --every 60\n' in text
    assert f"EnvironmentFile={service_file.environment_path(machine)}\n" in text
    assert untouched(text)


def test_launch_agent__is_a_property_list_that_reads_the_secrets_from_their_file() -> None:
    text = service_file.service(MAC, 90)
    found = plistlib.loads(text.encode())
    shell, flag, script = found["ProgramArguments"]
    assert (shell, flag) == ("/bin/sh", "-c")
    words = shlex.split(script)
    assert service_file.environment_path(MAC) + ";" in words
    assert words[-3:] == ["tick", "--every", "90"]
    assert found["KeepAlive"] == {"SuccessfulExit": False}
    assert "t0ken" not in text


def test_service__of_another_system__has_no_place() -> None:
    assert service_file.unit_path(replace(LINUX, system="win32")) == ""
    assert service_file.unit_path(MAC).endswith("LaunchAgents/org.afk.loop.plist")
    assert "launchctl bootstrap" in service_file.start_command(MAC)


@pytest.mark.parametrize(
    ("python", "temporary"),
    [("/m/.cache/uv/archive-v0/Xy/bin/python", True), ("/m/.local/share/uv/tools/afk/py", False)],
)
def test_service__of_a_program_in_a_cache__is_told_apart(python: str, temporary: bool) -> None:
    assert service_file.is_temporary(replace(LINUX, python=python)) is temporary


@pytest.mark.parametrize("text", ["two words", 'a"b', "a$b", "a\nb", "", "a'b", "a#b"])
def test_environment__secret_that_is_no_word__is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        service_file.environment([Given("AFK_TOKEN", text)])
    assert not text or text not in str(raised.value).replace("AFK_TOKEN", "")


# --- marks -------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r")))
def test_marks__hold_until_anything_changes(text: str) -> None:
    for made in (marked(text), marked(f"# yaml: x\n{text}")):
        assert untouched(made)
        assert untouched(made.replace("\n", "\r\n"))
        assert not untouched(made + "x")
        assert plain(made) in (text, f"# yaml: x\n{text}")
    assert not untouched(text)


def test_marks__of_json__are_its_first_member() -> None:
    text = '{\n  "a": 1\n}\n'
    assert untouched(marked_json(text))
    assert plain(marked_json(text)) == text


# --- the plan ----------------------------------------------------------------------------------


def plan(answers: Answers, seen: Seen, **more: object) -> tuple[object, ...]:
    return planned(
        seen,
        answers,
        secrets=SECRETS,
        labels=("a", "b"),
        template=template(answers.forge),
        **more,  # type: ignore[arg-type]  # what a test says of it
    )


def test_plan__of_nothing_there__is_everything_and_shows_no_secret() -> None:
    for answers in (replace(HERE, service=True), ON_A_RUNNER):
        seen = Seen(machine=LINUX)
        steps = plan(answers, seen, dashboard=True)
        assert to_do(steps) == steps  # type: ignore[arg-type]
        assert isinstance(steps[0], IssueStep)
        told = [*plan_lines(steps, answers), *hand_lines(steps, seen, answers)]  # type: ignore[arg-type]
        assert not any(one.text in "\n".join([*told, repr(steps)]) for one in SECRETS)


def test_plan__of_everything_there__is_nothing_to_do() -> None:
    steps = plan(ON_A_RUNNER, Seen(machine=LINUX))
    files = {one.path: one.text for one in steps if isinstance(one, FileStep)}
    seen = Seen(
        machine=LINUX,
        files=files,
        labels={"mara/shop": frozenset("ab")},
        settings=SettingsSeen(
            secrets=frozenset({"AFK_TOKEN", "AFK_STATE_KEY"}), kill_switch="true"
        ),
    )
    assert {one.state for one in plan(ON_A_RUNNER, seen, dashboard=True)} == {State.THERE}  # type: ignore[attr-defined]
    (renewed,) = to_do(plan(ON_A_RUNNER, seen, renew=["AFK_TOKEN"]))  # type: ignore[arg-type]
    assert getattr(renewed, "name", "") == "AFK_TOKEN"


@pytest.mark.parametrize(
    ("there", "armed", "state", "text"),
    [
        (None, False, State.TO_DO, "true"),
        (None, True, State.TO_DO, "false"),
        ("false", False, State.THERE, "false"),
        ("true", False, State.THERE, "true"),
        ("true", True, State.TO_DO, "false"),
        ("false", True, State.THERE, "false"),
    ],
)
def test_plan__kill_switch__is_only_ever_changed_to_arm(
    there: str | None, armed: bool, state: State, text: str
) -> None:
    seen = Seen(machine=LINUX, settings=SettingsSeen(kill_switch=there))
    (found,) = [
        one
        for one in plan(replace(ON_A_RUNNER, armed=armed), seen)
        if isinstance(one, VariableStep)
    ]
    assert (found.state, found.text, found.exists) == (state, text, there is not None)


def test_plan__line_ends_of_another_system__are_no_change() -> None:
    steps = plan(HERE, Seen(machine=LINUX))
    files = {one.path: one.text.replace("\n", "\r\n") for one in steps if isinstance(one, FileStep)}
    again = plan(HERE, Seen(machine=LINUX, files=files))
    assert [one.state for one in again[:2]] == [State.THERE] * 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("forge", list(Forge))
@pytest.mark.parametrize("armed", [True, False])
@pytest.mark.parametrize("place", list(Place))
def test_last_line__says_how_to_arm_or_to_stop(place: Place, armed: bool, forge: Forge) -> None:
    answers = replace(ON_A_RUNNER, place=place, armed=armed, forge=forge)
    line = arming_line(answers, Seen(machine=LINUX))
    assert line.startswith("afk is armed" if armed else "afk is off. To arm it")
    assert ("kill_switch" if place is Place.HERE else "AFK_KILL_SWITCH") in line


def test_by_hand__says_why_and_how_init_would_do_it() -> None:
    missing = ConfigError("PyNaCl is not installed", next_step="pip install 'afk[init]'")
    assert settings_trouble(missing) == "PyNaCl is not installed; pip install 'afk[init]'"
    refused = settings_trouble(TokenError("listing was answered 403"))
    assert "listing was answered 403" in refused
    assert "AFK_SETUP_TOKEN" in refused


@pytest.mark.parametrize("place", list(Place))
def test_plan__says_what_looking_costs(place: Place) -> None:
    told = list(plan_lines((), replace(ON_A_RUNNER, place=place)))
    wanted = {Place.HOSTED: "720 started minutes", Place.OWN: "five minutes", Place.HERE: "60 sec"}
    assert len(told) == 1
    assert wanted[place] in told[0]


def test_by_hand__names_each_with_its_page() -> None:
    seen = Seen(machine=LINUX, settings=SettingsSeen(trouble="this token may not do it"))
    github = replace(ON_A_RUNNER, forge=Forge.GITHUB, web="https://github.com")
    told = "\n".join(hand_lines(plan(github, seen), seen, github))  # type: ignore[arg-type]
    assert "because this token may not do it" in told
    assert "https://github.com/mara/loop/settings/secrets/actions" in told
    assert "https://github.com/mara/loop/settings/variables/actions" in told
    assert "variable AFK_KILL_SWITCH: true" in told
