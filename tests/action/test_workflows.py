"""What no runner of ours honours: filters, permissions, pins, the accord of the two folders."""

import re
import subprocess
from pathlib import Path

import pytest
from support.act_rig import tool
from support.workflow_files import (
    ACTION,
    FORGEJO,
    GITHUB,
    ROOT,
    WORKFLOWS,
    action_name,
    load,
    short,
    steps,
)

from action.uv import SETUP_UV, UV_VERSION
from afk.config import Config
from afk.variables import KNOWN, SECRETS

EVERY_FILE = (*WORKFLOWS, ACTION)
# Not inputs: they make sense where a person has the machine, not in somebody else's action.
ENVIRONMENT_ONLY = {"AFK_FORGE_URL", "AFK_SETUP_TOKEN", "AFK_T3_TOKEN_COMMAND", "AFK_T3_TOKEN_FILE"}
OF_A_PULL = "startsWith(github.event_name, 'pull_request')"
OF_A_FORK = "github.event.pull_request.head.repo.full_name != github.repository"
each_file = pytest.mark.parametrize("path", EVERY_FILE, ids=short)
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=short)
each_loop = pytest.mark.parametrize("path", [GITHUB / "afk.yml", FORGEJO / "afk.yml"], ids=short)


def inputs() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = load(ACTION)["inputs"]
    return found


def variable(name: str) -> str:
    """Return the environment variable of an input."""
    prefix = "ACTION" if name in ("command", "folder") else "AFK"
    return f"{prefix}_{name.upper().replace('-', '_')}"


def test_folders__hold_the_same_files() -> None:
    """Forgejo reads .forgejo only, once it exists: what is missing there does not run there."""
    names = ["afk-many.yml", "afk.yml", "ci.yml"]
    assert [path.name for path in sorted(GITHUB.iterdir())] == names
    assert [path.name for path in sorted(FORGEJO.iterdir())] == names


@each_file
def test_run__holds_no_expression(path: Path) -> None:
    """An expression in a script is text that a stranger may have written."""
    scripts = [step["run"] for step in steps(load(path)) if "run" in step]

    assert not [script for script in scripts if "${{" in script]
    assert all("\n" not in script for script in scripts), "no logic in YAML"


@each_file
def test_uses__is_pinned_by_commit__with_its_version_beside_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = re.findall(r"^ +(?:- )?uses: (.+)$", text, re.MULTILINE)

    pinned = re.compile(r"[\w./:-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert not [one for one in written if one != "./" and not pinned.fullmatch(one)]


@pytest.mark.parametrize("path", sorted(FORGEJO.glob("*.yml")), ids=short)
def test_uses__on_forgejo__is_a_whole_address(path: Path) -> None:
    """A bare owner/name means what the server's DEFAULT_ACTIONS_URL says."""
    written = [step["uses"] for step in steps(load(path)) if "uses" in step]

    assert not [one for one in written if one != "./" and not one.startswith("https://")]


@each_workflow
def test_checkout__keeps_no_token_and_takes_nobody_elses_code(path: Path) -> None:
    found = [step for step in steps(load(path)) if "checkout" in step.get("uses", "")]

    assert [step["with"].pop("persist-credentials") for step in found] == [False] * len(found)
    if path.name != "ci.yml":
        ref = f"{OF_A_PULL} && github.event.repository.default_branch || ''"
        assert [step["with"] for step in found] == [{"ref": f"${{{{ {ref} }}}}"}] * len(found)
    else:
        assert [step["with"] for step in found] == [{}] * len(found)


@each_workflow
def test_jobs__have_a_time_limit(path: Path) -> None:
    assert all(0 < job["timeout-minutes"] <= 30 for job in load(path)["jobs"].values())


@each_loop
def test_loop__lives_no_longer_than_afk_believes(path: Path) -> None:
    """A young thread without a turn is left to the tick that made it: see tick_seconds."""
    assert load(path)["jobs"]["tick"]["timeout-minutes"] * 60 <= Config().tick_seconds


@each_loop
def test_loop__is_woken_by_clock_label_and_hand(path: Path) -> None:
    on = load(path)["on"]

    assert on["schedule"] == [{"cron": "*/5 * * * *"}]
    assert on["issues"] == {"types": ["labeled"]}
    assert on["issue_comment"] == {"types": ["created"]}
    dispatched = on["workflow_dispatch"]["inputs"]
    assert {name: one["type"] for name, one in dispatched.items()} == {
        "command": "choice",
        "repository": "string",
        "issue": "string",
        "dry-run": "choice",  # Forgejo 11 turns a boolean "true" into false
    }
    assert dispatched["dry-run"]["options"] == ["false", "true"]
    assert dispatched["dry-run"]["default"] == "false"
    of_pulls = {"pull_request", "pull_request_review"}
    by_people = {"issues", "issue_comment", "workflow_dispatch"}
    assert set(on) - {"workflow_run"} == {"schedule", *by_people, *of_pulls}


@each_loop
def test_loop__is_woken_by_reviews_and_by_what_becomes_of_pull_requests(path: Path) -> None:
    """Never by ``pull_request_target``, nor by what a push does to one: CI's end tells that.

    Forgejo names every review ``reviewed`` and looks at no types (recording ``pulls-16/256``).
    """
    on = load(path)["on"]

    assert on["pull_request_review"] == {"types": ["submitted", "dismissed"]}
    assert on["pull_request"] == {"types": ["closed"]}
    assert "pull_request_target" not in {name for one in WORKFLOWS for name in load(one)["on"]}


@each_loop
def test_loop__pull_request_of_a_fork__starts_no_job_and_stands_in_nobodys_way(path: Path) -> None:
    """Its jobs have no secrets: each would fail, and tell whoever has to look at failures."""
    workflow = load(path)

    fork = OF_A_FORK.replace("!=", "==")
    assert f"&& (!{OF_A_PULL} || {fork})" in workflow["jobs"]["tick"]["if"]
    assert workflow["concurrency"]["group"].endswith(
        f"${{{{ {OF_A_PULL} && {OF_A_FORK} && 'fork' || '' }}}}"
    )


@each_loop
def test_loop__queues_and_never_cancels(path: Path) -> None:
    """Written out: left away, Forgejo 14 cancels."""
    assert load(path)["concurrency"]["cancel-in-progress"] is False


@each_loop
def test_loop__stop__waits_for_no_tick(path: Path) -> None:
    """A tick whose runner died holds its group for a quarter of an hour, a pending one is replaced.

    The command is part of the group, so a stop is in none of a tick's; what it is about is too, so
    that two stops do not push one another out of the queue. A tick by hand that names nothing is
    like any other.
    """
    group = load(path)["concurrency"]["group"]

    parts = "inputs.command || 'tick'", "inputs.repository", "inputs.issue"
    assert group.startswith(" ".join(["afk", *(f"${{{{ {part} }}}}" for part in parts)]))
    options = load(path)["on"]["workflow_dispatch"]["inputs"]["command"]["options"]
    assert options[0] == "tick"
    assert "stop --all" in options


@each_loop
def test_loop__shows_secrets_to_its_last_step_only(path: Path) -> None:
    workflow = load(path)

    text = path.read_text(encoding="utf-8")
    (last,) = [step for step in steps(workflow) if step.get("uses") == "./"]
    shown = [value for value in last["with"].values() if "secrets." in value]
    assert text.count("secrets.") == len(shown)
    assert steps(workflow)[-1] == last
    assert "env" not in workflow
    assert "env" not in workflow["jobs"]["tick"]


@each_loop
def test_loop__wires_every_input_to_its_secret_or_variable(path: Path) -> None:
    """The gates come from variables that do not exist at first: it ships disabled."""
    (last,) = [step for step in steps(load(path)) if step.get("uses") == "./"]

    wanted = {}
    for name in set(inputs()) - {"config-file", "shard"}:
        if name in ("command", "repository", "issue"):
            wanted[name] = f"${{{{ inputs.{name} }}}}"
        elif name == "dry-run":
            wanted[name] = "${{ inputs.dry-run == 'true' && 'true' || vars.AFK_DRY_RUN }}"
        elif name == "commented":
            number = "github.event_name == 'issue_comment' && github.event.issue.number || ''"
            wanted[name] = f"${{{{ {number} }}}}"
        elif name == "folder":
            wanted[name] = "${{ vars.AFK_FOLDER }}"
        elif variable(name) in SECRETS:
            wanted[name] = f"${{{{ secrets.{variable(name)} }}}}"
        else:
            wanted[name] = f"${{{{ vars.{variable(name)} }}}}"
    assert last["with"] == wanted


@pytest.mark.parametrize("name", ["afk-many.yml", "afk.yml", "ci.yml"])
def test_folders__agree_in_substance(name: str) -> None:
    """Same triggers, jobs, order of steps, and inputs; only where actions come from differs."""
    github, forgejo = load(GITHUB / name), load(FORGEJO / name)

    for workflow in (github, forgejo):
        workflow["on"].pop("workflow_run", None)
        workflow.pop("permissions", None)
        for job in workflow["jobs"].values():
            job.pop("runs-on")
            if "needs" in job:  # see test_workflow_many.py
                job.pop("if", None)
            job.pop("permissions", None)
        for step in steps(workflow):
            step["uses"] = action_name(step.get("uses", ""))
            step.get("with", {}).pop("github-token", None)
    assert github == forgejo


def test_setup_uv__on_forgejo__is_not_given_this_servers_token() -> None:
    """Its default is the job's token, which it would send to GitHub."""
    for path in sorted(FORGEJO.glob("*.yml")):
        found = [step for step in steps(load(path)) if "setup-uv" in step.get("uses", "")]
        assert [step["with"]["github-token"] for step in found] == [""] * len(found)


@each_workflow
def test_setup_uv__is_the_one_that_the_action_recommends(path: Path) -> None:
    """One pin, one version of uv, and nothing restored that another job stored."""
    found = [step for step in steps(load(path)) if "setup-uv" in step.get("uses", "")]

    assert found
    for step in found:
        assert step["uses"].removeprefix("https://github.com/") == SETUP_UV.split(" ")[0]
        assert step["with"]["version"] == UV_VERSION
        assert step["with"]["enable-cache"] is False
    assert SETUP_UV in path.read_text(encoding="utf-8")


def test_uv__is_pinned_to_the_same_version_everywhere() -> None:
    pinned = (ROOT / "requirements" / "uv.txt").read_text(encoding="utf-8")

    assert pinned.splitlines()[0] == f"uv=={UV_VERSION} \\"


def test_inputs__are_optional_described_and_in_lower_case_with_dashes() -> None:
    for name, one in inputs().items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert one["description"]
        assert not one.get("required", False)


def test_inputs__reach_afk_as_the_variables_it_knows() -> None:
    """Nothing is dropped on the way, and afk refuses AFK_* variables that it does not know."""
    (step,) = steps(load(ACTION))

    passed = {variable(name): f"${{{{ inputs.{name} }}}}" for name in inputs()}
    # Under its own name: afk gives the job's token to the runner's own forge and to no other.
    assert step["env"] == passed | {"GITHUB_TOKEN": "${{ github.token }}"}
    known = {one for one in KNOWN if one.startswith("AFK_")}
    assert set(passed) - {"ACTION_COMMAND", "ACTION_FOLDER"} == known - ENVIRONMENT_ONLY


def test_action__is_one_step_that_names_no_secrets() -> None:
    """Naming the secrets context in a composite action kills the job on Forgejo."""
    action = load(ACTION)

    assert action["runs"]["using"] == "composite"
    (step,) = steps(action)
    assert step["run"] == 'bash "$GITHUB_ACTION_PATH/action/run.sh"'
    assert "secrets." not in ACTION.read_text(encoding="utf-8")


def test_ci__runs_what_a_submission_must_pass_and_the_action_itself() -> None:
    for folder in (GITHUB, FORGEJO):
        workflow = load(folder / "ci.yml")
        assert workflow["jobs"]["check"]["steps"][-1] == {"run": "bash .ci/run"}
        assert workflow["jobs"]["action"]["steps"][-1] == {"uses": "./"}
        assert "secrets" not in (folder / "ci.yml").read_text(encoding="utf-8")


@each_workflow
def test_workflow__is_what_a_runner_understands(path: Path, tmp_path: Path) -> None:
    """Contexts included: an unknown one in an expression is an error here, and empty elsewhere."""
    done = subprocess.run(  # noqa: S603  act, with arguments of our own
        [tool("act"), "--validate", "--strict", "-W", str(path)],
        env={"HOME": str(tmp_path), "DO_NOT_TRACK": "1", "DOCKER_HOST": "-"},
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 0, done.stderr
