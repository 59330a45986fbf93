"""What T3 says of its providers, and what of it is a person's to mend."""

import json
from typing import Any

import pytest
from support.cassettes import RECORDINGS

from afk.adapters.t3.providers import ServerConfig, check
from afk.adapters.t3.wire import parse
from afk.errors import ConfigError

RECORDED = RECORDINGS / "t3" / "v2-0.0.33" / "10-getConfig-providers.json"


def recorded() -> ServerConfig:
    frames = json.loads(RECORDED.read_text(encoding="utf-8"))["frames"]
    return parse(ServerConfig, frames[-1]["data"]["exit"]["value"], "config")


def config(**changes: Any) -> ServerConfig:
    one = {"instanceId": "codex", "models": [{"slug": "m"}], "status": "ready", **changes}
    return parse(ServerConfig, {"providers": [one]}, "config")


def test_check__recorded_and_ready__nothing() -> None:
    check(recorded(), "codex", "gpt-fake")


@pytest.mark.parametrize(
    ("instance", "model", "parts"),
    [
        ("codx", "gpt-fake", ["no provider instance codx", "claudeAgent, codex", "t3.instance"]),
        ("codex", "gpt-5", ["no model gpt-5", "gpt-fake", "t3.model"]),
        ("claudeAgent", "claude-opus-5", ["is not installed", "`claude`"]),
        ("cursor", "x", ["switched off", "disabled in T3 Code settings"]),
    ],
)
def test_check__recorded_and_wrong__says_what_and_what_to_do(
    instance: str, model: str, parts: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        check(recorded(), instance, model)
    for part in parts:
        assert part in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status": "error"}, "its status is error"),
        ({"status": "disabled"}, "its status is disabled"),
        ({"auth": {"status": "unauthenticated"}}, "nobody is signed in"),
        ({"enabled": False}, "it is switched off"),
    ],
)
def test_check__cannot_work__told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        check(config(**changes), "codex", "m")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "warning"},
        {"status": "a-new-word"},
        {"auth": {"status": "unknown"}},
        {"models": []},
        {"message": "an update is there"},
    ],
)
def test_check__nothing_that_keeps_it_from_working__nothing(changes: dict[str, Any]) -> None:
    check(config(**changes), "codex", "m")


def test_check__very_many_names_and_strange_ones__bounded_and_plain() -> None:
    models = [{"slug": f"model-{number}\u202e"} for number in range(40)]
    with pytest.raises(ConfigError) as caught:
        check(config(models=models, message="x" * 9_000), "codex", "none")
    assert "and 28 more" in str(caught.value)
    assert "\u202e" not in str(caught.value)
    assert len(str(caught.value)) < 1_000
