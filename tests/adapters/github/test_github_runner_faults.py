"""Annotations of failed jobs: which words blame what carries the job, and where they count."""

from typing import Any

import pytest

from afk.adapters.github.ci_mapping import never_ran
from afk.adapters.github.ci_wire import WireAnnotated
from afk.adapters.github.wire import parse

EXIT = "Process completed with exit code 1."
LOST = "The hosted runner: x lost communication with the server. Anything in your workflow that"
DOWNLOAD = "Failed to resolve action download info. Error: Service Unavailable"


def _annotation(message: str, **changes: Any) -> dict[str, Any]:
    return {
        "message": message,
        "path": ".github",
        "title": "",
        "annotationLevel": "FAILURE",
        "location": {"start": {"line": 1}},
        **changes,
    }


def _blamed(*shown: dict[str, Any]) -> bool:
    nodes = {"pageInfo": {"hasNextPage": False}, "nodes": list(shown)}
    return never_ran(parse(WireAnnotated, {"annotations": nodes}, "test"))


FAULTS = [
    "The job was not started because recent account payments have failed or your spending limit",
    "The job was not started because your account is locked due to a billing issue.",
    LOST,
    "The hosted runner lost communication with the server. Anything in your workflow that",
    "The self-hosted runner: x1 lost communication with the server. Verify the machine is running",
    "The self-hosted runner lost communication with the server. Verify the machine is running",
    "The job was not acquired by Runner of type hosted even after multiple attempts",
    "The job was not acquired by Runner of type self-hosted even after multiple attempts",
    "GitHub Actions has encountered an internal error when running your job.",
    "The job has exceeded the maximum execution time while awaiting a runner for 24h0m0s",
    "The hosted runner encountered an error while running your job. (Error Type: Disconnect).",
    "An error occurred while provisioning resources (Error Type: Disconnect).",
    "The runner has received a shutdown signal. This can happen when the runner service is stopped",
    "Failed to resolve action download info.",
    DOWNLOAD,
    "Failed to download archive 'https://codeload.github.com/a/b/tar.gz/b0' after 3 attempts.",
    "The HTTP request timed out after 00:01:40.",
    "Bad Gateway",
    "Service Unavailable",
    "Failed to download version v3.49.1: Error: Unexpected HTTP response: 504",
    "Response status code does not indicate success: 503 (Service Unavailable).",
    "Failed to CreateArtifact: Unable to make request: ENOTFOUND",
    "fatal: unable to access 'https://github.com/a/b/': The requested URL returned error: 500",
    "Docker pull failed with exit code 1",
    "toomanyrequests: You have reached your pull rate limit.",
    "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate",
    "System.IO.IOException: No space left on device : '/home/runner/runners/_diag/Worker.log'",
    "ENOSPC: no space left on device, write",
]


@pytest.mark.parametrize("message", FAULTS)
def test_never_ran__words_of_service_and_runner__blame_the_runner(message: str) -> None:
    """They stand at the job, alone or beside the exit of the step that was running."""
    assert _blamed(_annotation(message))
    assert _blamed(_annotation(EXIT, location={"start": {"line": 9}}), _annotation(message))
    assert _blamed({"message": message})


def test_never_ran__full_disk__is_a_warning() -> None:
    words = "You are running out of disk space. The runner will stop working when the machine runs"
    assert _blamed(_annotation(EXIT), _annotation(words, annotationLevel="WARNING"))


@pytest.mark.parametrize(
    "message",
    [
        "",
        EXIT,
        "The operation was canceled.",
        f"AssertionError: expected '{LOST}'",
        f"error: {LOST}",
        "Expected Bad Gateway",
        "Bad Gateway was not handled",
        "test_upload: ENOSPC: no space left on device",
        "Failed to download version v3.49.1: Error: Unexpected HTTP response: 404",
        "Response status code does not indicate success: 401 (Unauthorized).",
        "fatal: unable to access 'https://github.com/a/b/': The requested URL returned error: 403",
        "Unable to resolve action `actions/checkot@v4`, repository not found",
        "Unable to resolve action `actions/checkout@v99`, unable to find version `v99`",
        "This request has been automatically failed because it uses a deprecated version",
    ],
)
def test_never_ran__other_words__are_the_codes(message: str) -> None:
    """Whole messages or their beginnings only: a test may well speak of such a fault."""
    assert not _blamed(_annotation(message))


@pytest.mark.parametrize("message", [LOST, DOWNLOAD, "Bad Gateway"])
@pytest.mark.parametrize(
    "changes",
    [{"path": "tests/test_runner.py"}, {"title": "Test failed"}, {"annotationLevel": "NOTICE"}],
)
def test_never_ran__words_a_step_printed__are_the_codes(
    message: str, changes: dict[str, Any]
) -> None:
    """Service and runner point to no file and give no title."""
    assert not _blamed(_annotation(message, **changes))
    assert _blamed(_annotation(message, **dict.fromkeys(changes)) | {"path": ".github"})


def test_never_ran__the_services_words_in_a_steps_log__are_the_codes() -> None:
    """The service writes at the job's first line, where a step's log shows its command."""
    assert not _blamed(_annotation(LOST, location={"start": {"line": 17}}))
    assert _blamed(_annotation(LOST, location=None))
    assert _blamed(_annotation(DOWNLOAD, location={"start": {"line": 17}}))


def test_never_ran__no_annotations__is_the_codes() -> None:
    assert not _blamed()
