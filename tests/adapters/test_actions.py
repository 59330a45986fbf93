"""The runner: what its environment and event say, on both forges, and what is written to it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from support.cassettes import RECORDINGS

from afk.adapters import actions
from afk.adapters.actions import EventInfo, Runner, event_summary
from afk.types import Forge

FOLDER = RECORDINGS / "forgejo-actions"
VERSIONS = ("14.0.0", "11.0.15")
GITHUB_ENVIRON = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_API_URL": "https://api.github.com",
    "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "owner/app",
    "GITHUB_RUN_ID": "1658821493",
    "GITHUB_RUN_NUMBER": "3",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_EVENT_NAME": "issues",
    "GITHUB_WORKFLOW": "afk",
    "GITHUB_OUTPUT": "/runner/output",
    "GITHUB_STEP_SUMMARY": "/runner/summary",
    "GITHUB_EVENT_PATH": "/runner/event.json",
}
"""As documented: docs.github.com/en/actions/reference/workflows-and-actions/variables."""


def environs(pattern: str = "env-*.txt") -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the recorded environment of every job, with its file's name."""
    for path in sorted(path for version in VERSIONS for path in (FOLDER / version).glob(pattern)):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield f"{path.parent.name}/{path.stem}", dict(line.split("=", 1) for line in lines)


def recorded(version: str, name: str) -> tuple[Runner, Path]:
    """Return the runner of a recorded job and its payload's file."""
    environ = dict(environs(f"env-{name}.txt"))[f"{version}/env-{name}"]
    path = FOLDER / version / f"event-{name}.json"
    return Runner.from_environ({**environ, "GITHUB_EVENT_PATH": str(path)}), path


# ---- the environment


@pytest.mark.parametrize(("name", "environ"), list(environs()), ids=lambda value: str(value)[:60])
def test_from_environ__recorded_on_forgejo__everything_found(
    name: str, environ: dict[str, str]
) -> None:
    """Run pages are addressed by number, and there is no GraphQL."""
    runner = Runner.from_environ(environ)

    server, number = environ["GITHUB_SERVER_URL"], environ["GITHUB_RUN_NUMBER"]
    assert runner == Runner(
        is_actions=True,
        forge=Forge.FORGEJO,
        api_url=f"{server}/api/v1",
        graphql_url="",
        server_url=server,
        repository=environ["GITHUB_REPOSITORY"],
        run_id=int(environ["GITHUB_RUN_ID"]),
        run_number=int(number),
        run_attempt=1,
        run_url=f"{server}/{environ['GITHUB_REPOSITORY']}/actions/runs/{number}",
        event_name=name.split("/env-")[1].split("-", maxsplit=1)[0]
        if "composite" not in name
        else "workflow_dispatch",
        workflow=environ["GITHUB_WORKFLOW"],
        output_path="<RUNNER_FILES>/outputcmd.txt",
        summary_path="<RUNNER_FILES>/SUMMARY.md",
        event_path="<RUNNER_FILES>/event.json",
    )
    assert not runner.shows_summary


def test_from_environ__recorded_jobs__no_token_is_kept() -> None:
    for _, environ in environs():
        assert "TOKEN" not in repr(Runner.from_environ(environ))


def test_from_environ__github__everything_found() -> None:
    assert Runner.from_environ(GITHUB_ENVIRON) == Runner(
        is_actions=True,
        forge=Forge.GITHUB,
        api_url="https://api.github.com",
        graphql_url="https://api.github.com/graphql",
        server_url="https://github.com",
        repository="owner/app",
        run_id=1658821493,
        run_number=3,
        run_attempt=2,
        run_url="https://github.com/owner/app/actions/runs/1658821493",
        event_name="issues",
        workflow="afk",
        output_path="/runner/output",
        summary_path="/runner/summary",
        event_path="/runner/event.json",
    )
    assert Runner.from_environ(GITHUB_ENVIRON).shows_summary


@pytest.mark.parametrize(
    ("api_url", "forge", "graphql_url"),
    [
        ("https://api.github.com", Forge.GITHUB, "https://api.github.com/graphql"),
        ("https://api.github.com/", Forge.GITHUB, "https://api.github.com/graphql"),
        ("https://api.octocorp.ghe.com", Forge.GITHUB, "https://api.octocorp.ghe.com/graphql"),
        ("https://ghes.example/api/v3", Forge.GITHUB, "https://ghes.example/api/graphql"),
        ("https://ghes.example/v3/api/v3/", Forge.GITHUB, "https://ghes.example/v3/api/graphql"),
        ("https://forge.example/api/v1", Forge.FORGEJO, ""),
        ("https://forge.example/git/api/v1/", Forge.FORGEJO, ""),
        ("https://api.github.com/api/v1", Forge.FORGEJO, ""),
        ("https://gitlab.example/api/v4", None, ""),
        ("https://api.github.com.evil.example", None, ""),
        ("http://127.0.0.1:3000", None, ""),
        ("https://[broken", None, ""),
        ("", None, ""),
    ],
)
def test_from_environ__api_url__tells_the_forge_and_its_graphql(
    api_url: str, forge: Forge | None, graphql_url: str
) -> None:
    runner = Runner.from_environ({"GITHUB_API_URL": api_url})

    assert (runner.forge, runner.graphql_url) == (forge, graphql_url)


@pytest.mark.parametrize("api_url", ["https://forge.example/api/v1", "http://127.0.0.1:3000"])
def test_from_environ__graphql_url_of_another_server__not_taken(api_url: str) -> None:
    environ = {"GITHUB_API_URL": api_url, "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql"}

    assert Runner.from_environ(environ).graphql_url == ""


def test_from_environ__ghes_says_its_graphql_url__it_is_taken() -> None:
    environ = {
        "GITHUB_API_URL": "https://ghes.example/api/v3",
        "GITHUB_GRAPHQL_URL": "https://graph.example/api/graphql/",
    }

    assert Runner.from_environ(environ).graphql_url == "https://graph.example/api/graphql"


def test_from_environ__a_persons_shell__nothing_known() -> None:
    assert Runner.from_environ({}) == Runner()
    assert Runner.from_environ({"GITHUB_ACTIONS": "", "GITHUB_API_URL": " "}) == Runner()


@pytest.mark.parametrize("missing", ["SERVER_URL", "REPOSITORY", "RUN_ID"])
def test_from_environ__part_of_the_run_unknown__no_link(missing: str) -> None:
    environ = {**GITHUB_ENVIRON, f"GITHUB_{missing}": ""}

    assert Runner.from_environ(environ).run_url == ""


@pytest.mark.parametrize("number", ["", "-1", "x", "1.5", "9" * 5000, "\u0661"])
def test_from_environ__run_id_that_is_no_number__zero(number: str) -> None:
    assert Runner.from_environ({**GITHUB_ENVIRON, "GITHUB_RUN_ID": number}).run_id == 0


# ---- the event


LABELED = {"label": "ready-for-agent", "issue": 1, "sender": 3}


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [
        ("14.0.0", "issues-labeled", {"action": "labeled", **LABELED}),
        ("11.0.15", "issues-labeled", {"action": "labeled", **LABELED}),
        ("14.0.0", "issues-unlabeled", {**LABELED, "action": "unlabeled", "sender": 2}),
        ("14.0.0", "issues-labeled-by-stranger-web-form",
         {**LABELED, "action": "labeled", "issue": 3, "sender": 5}),
        ("14.0.0", "issues-closed", {"action": "closed", "issue": 1, "sender": 3}),
        ("14.0.0", "issues-edited-1", {"action": "edited", "issue": 1, "sender": 3}),
        ("14.0.0", "issue_comment-created",
         {"action": "created", "issue": 1, "comment": 3, "sender": 4}),
        ("14.0.0", "issue_comment-edited",
         {"action": "edited", "issue": 1, "comment": 3, "sender": 3}),
        ("14.0.0", "issue_comment-created-on-pull-request",
         {"action": "created", "issue": 5, "comment": 38, "sender": 2, "is_pull": True}),
        ("14.0.0", "pull_request-synchronized",
         {"action": "synchronized", "issue": 5, "sender": 2, "is_pull": True}),
        ("14.0.0", "schedule", {"action": "schedule"}),
        ("11.0.15", "schedule", {"action": "schedule"}),
        ("14.0.0", "workflow_dispatch", {"sender": 3}),
        ("11.0.15", "workflow_dispatch", {"sender": 3}),
    ],
)  # fmt: skip
def test_event_summary__recorded_on_forgejo__in_githubs_words(
    version: str, name: str, expected: dict[str, object]
) -> None:
    runner, _ = recorded(version, name)

    summary = asdict(event_summary(runner))

    assert summary == {**asdict(EventInfo(name=name.split("-", maxsplit=1)[0])), **expected}


def test_event_summary__every_recorded_payload__holds_no_address() -> None:
    """Payloads carry e-mail addresses and bodies; what is kept of them does not."""
    for version in VERSIONS:
        for path in sorted((FOLDER / version).glob("event-*.json")):
            assert "@" in path.read_text(encoding="utf-8") or path.stem == "event-schedule"
            assert "@" not in repr(event_summary(Runner(event_path=str(path))))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"action": "labeled", "label": {"name": "x"}, "issue": {"number": 7}},
         EventInfo(action="labeled", label="x", issue=7)),
        ({"issue": {"number": 7, "pull_request": {"url": "u"}}},
         EventInfo(issue=7, is_pull=True)),
        ({"pull_request": {"number": 9}, "number": 9}, EventInfo(issue=9, is_pull=True)),
        ({"action": 7, "label": "x", "issue": {"number": True}, "sender": {"id": "3"}},
         EventInfo()),
        ({"label": {"name": None}, "issue": [], "comment": None, "sender": {"id": -2}},
         EventInfo(sender=-2)),
        ([], EventInfo()),
        ("labeled", EventInfo()),
        (None, EventInfo()),
    ],
)  # fmt: skip
def test_event_summary__other_shapes__taken_for_what_they_are(
    tmp_path: Path, payload: object, expected: EventInfo
) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")

    assert event_summary(Runner(event_path=str(path))) == expected


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"action": "opened"}' + b" " * actions.MAX_EVENT],
    ids=["empty", "cut off", "not text", "deep", "huge"],
)
def test_event_summary__broken_file__only_the_name_is_left(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(content)

    summary = event_summary(Runner(event_name="issues", event_path=str(path)))

    assert summary == EventInfo(name="issues")


@pytest.mark.parametrize("path", ["", "/nowhere/event.json", "."])
def test_event_summary__no_file__only_the_name_is_left(path: str) -> None:
    assert event_summary(Runner(event_name="push", event_path=path)) == EventInfo(name="push")
