"""What `afk init` writes: configuration, schema, workflow, service, secrets; and its marks."""

import plistlib
import shlex
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.setups import (
    COMMIT,
    HERE,
    LINUX,
    MAC,
    ON_A_RUNNER,
    template,
)

from afk.config import Config
from afk.environment.settings import load
from afk.errors import ConfigError
from afk.setup import service_file
from afk.setup.configuration_file import configuration, scalar
from afk.setup.facts import (
    Given,
    Place,
)
from afk.setup.marks import marked, marked_json, plain, untouched
from afk.setup.schema_file import schema
from afk.setup.workflow_file import address_trouble, workflow
from afk.types import Forge


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


@given(st.text(st.characters(), max_size=20))
def test_scalar__any_text__adds_nothing_beside_itself(text: str) -> None:
    """Whatever a workspace, a branch or an owner is called: unseen characters stand by number."""
    assert yaml.safe_load(f"a:\n  - {scalar(text)}\n  - b\n") == {"a": [text, "b"]}
    assert all(map(str.isprintable, scalar(text)))


@pytest.mark.parametrize("runner", ["", "a b", "x\n y: z", "[self-hosted]", "docker:", "${{x}}"])
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


def test_action__unencrypted__only_from_a_forge_that_is() -> None:
    action = f"http://forge.test/mara/afk@{COMMIT}"
    assert address_trouble(action, "http://forge.test") == ""
    for web in ("https://forge.test", "http://forge.test:3000", "http://forge", ""):
        assert "https://" in address_trouble(action, web)
    assert address_trouble(action.replace("http:", "https:")) == ""
