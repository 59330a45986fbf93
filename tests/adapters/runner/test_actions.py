"""The runner: what its environment says, on both forges."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cassettes import RECORDINGS

from afk.adapters.runner.actions import Runner
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


@pytest.mark.parametrize(
    "environ", [pytest.param(environ, id=name) for name, environ in environs()]
)
def test_from_environ__recorded_on_forgejo__everything_found(environ: dict[str, str]) -> None:
    """There is no GraphQL."""
    runner = Runner.from_environ(environ)

    server = environ["GITHUB_SERVER_URL"]
    assert runner == Runner(
        is_actions=True,
        forge=Forge.FORGEJO,
        api_url=f"{server}/api/v1",
        graphql_url="",
        server_url=server,
        workflow=environ["GITHUB_WORKFLOW"],
        summary_path="<RUNNER_FILES>/SUMMARY.md",
        output_path=environ["GITHUB_OUTPUT"],
        event=environ["GITHUB_EVENT_NAME"],
        event_path=environ["GITHUB_EVENT_PATH"],
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
        workflow="afk",
        summary_path="/runner/summary",
        output_path=GITHUB_ENVIRON["GITHUB_OUTPUT"],
        event=GITHUB_ENVIRON["GITHUB_EVENT_NAME"],
        event_path=GITHUB_ENVIRON["GITHUB_EVENT_PATH"],
    )
    assert Runner.from_environ(GITHUB_ENVIRON).shows_summary


@pytest.mark.parametrize(
    ("api_url", "forge"),
    [
        ("https://api.github.com", Forge.GITHUB),
        ("https://api.github.com/", Forge.GITHUB),
        ("https://api.octocorp.ghe.com", Forge.GITHUB),
        ("https://ghes.example/api/v3", Forge.GITHUB),
        ("https://ghes.example/v3/api/v3/", Forge.GITHUB),
        ("https://forge.example/api/v1", Forge.FORGEJO),
        ("https://forge.example/git/api/v1/", Forge.FORGEJO),
        ("https://api.github.com/api/v1", Forge.FORGEJO),
        ("https://gitlab.example/api/v4", None),
        ("https://api.github.com.evil.example", None),
        ("http://127.0.0.1:3000", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_from_environ__api_url__tells_the_forge(api_url: str, forge: Forge | None) -> None:
    runner = Runner.from_environ({"GITHUB_API_URL": api_url})

    assert (runner.forge, runner.graphql_url) == (forge, "")


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
