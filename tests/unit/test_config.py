"""The configuration's schema: what ships, what is refused."""

from dataclasses import fields, replace
from typing import Any

import pytest
from support.factories import REPO, config

from afk.config import CIConfig, Config, RepositoryConfig, StageConfig
from afk.errors import ConfigError

SIDE_BY_SIDE = RepositoryConfig(workspace="/srv/app", runs_per_repository=3)


def test_config__as_shipped__is_disabled_twice() -> None:
    """Both gates have to be opened by a person before anything happens."""
    shipped = Config()
    assert shipped.kill_switch
    assert shipped.allowlist == ()
    assert shipped.disabled == "the kill switch is on"
    assert replace(shipped, kill_switch=False).disabled == "the allowlist is empty"
    assert replace(shipped, allowlist=(REPO,)).disabled == "the kill switch is on"
    assert replace(shipped, kill_switch=False, allowlist=(REPO,)).disabled == ""


def test_config__defaults__are_the_design_s() -> None:
    shown = {item.name: getattr(Config(), item.name) for item in fields(Config)}
    expected = {
        "ready_label": "ready-for-agent",
        "in_progress_label": "agent-in-progress",
        "human_label": "ready-for-human",
        "tracked_label": "agent-tracked",
        "max_in_flight": 4,
        "max_dispatch_per_tick": 4,
        "approval_max_age": 7 * 24 * 3600,
        "fix_forward_max_attempts": 5,
        "fix_forward_max_seconds": 3600,
        "usage_wait_seconds": 43200,
        "redispatches": 1,
        "silence_seconds": 3600,
        "running_grace_seconds": 1800,
        "start_seconds": 300,
        "unseen_seconds": 14400,
        "prepush_seconds": 14400,
        "ci_seconds": 7200,
        "stop_seconds": 900,
        "landing": "push",
        "allow_unsigned_state": False,
    }
    assert {name: shown[name] for name in expected} == expected
    assert CIConfig() == CIConfig(required=(), ignore=("afk",), none="wait", grace_seconds=120)


def test_watched__allowlisted_and_draining__each_once_in_order() -> None:
    armed = config(allowlist=("a/b", "c/d"), draining=("e/f", "a/b"))
    assert armed.watched == ("a/b", "c/d", "e/f")


def test_disabled__only_draining_repositories__is_not_disabled() -> None:
    """They start nothing, and their runs are watched to the end."""
    assert config(allowlist=(), draining=("a/b",)).disabled == ""


def test_repository__configured__is_returned() -> None:
    assert config().repository(REPO) == RepositoryConfig(workspace="/srv/app")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "app",
        "acme/",
        "/app",
        "acme/*",
        "*/*",
        "acme/app/x",
        "acme/app ",
        " acme/app",
        "acme/app\n",
        "https://github.com/acme/app",
        "acme/äpp",
        "acme/app#1",
    ],
)
@pytest.mark.parametrize("field", ["allowlist", "draining"])
def test_config__not_a_repository_name__is_refused(field: str, name: str) -> None:
    with pytest.raises(ConfigError, match="is not a repository name"):
        config(**{field: (name,)})


def test_config__settings_for_something_that_is_no_repository__are_refused() -> None:
    with pytest.raises(ConfigError, match="is not a repository name"):
        config(repositories={"acme/*": RepositoryConfig(workspace="/srv/app")})


@pytest.mark.parametrize(
    "changes",
    [
        {"ready_label": "x", "human_label": "x"},
        {"in_progress_label": "ready-for-agent"},
        {"human_label": "Ready-For-Agent"},
        {"ready_label": ""},
        {"in_progress_label": ""},
        {"human_label": ""},
    ],
)
def test_config__labels_that_are_not_told_apart__are_refused(changes: dict[str, Any]) -> None:
    """GitHub does not tell labels apart by case: two of them would be one there."""
    with pytest.raises(ConfigError, match="different names"):
        config(**changes)


@pytest.mark.parametrize(
    "field", ["ready_label", "in_progress_label", "human_label", "tracked_label"]
)
def test_config__label_with_a_comma__is_refused(field: str) -> None:
    """A list of labels asked for by name would name two others."""
    with pytest.raises(ConfigError, match="contains a comma"):
        config(**{field: "bug,urgent"})


NUMBERS = [item.name for item in fields(Config) if type(getattr(Config(), item.name)) is int]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [-1, 10**12])
def test_config__number_out_of_range__is_refused(name: str, value: int) -> None:
    """A duration no clock can add would end a tick as a bug, a negative one makes no sense."""
    with pytest.raises(ConfigError, match=f"{name} is {value}"):
        config(**{name: value})


@pytest.mark.parametrize("name", NUMBERS)
def test_config__zero__is_taken(name: str) -> None:
    assert getattr(config(**{name: 0}), name) == 0


@pytest.mark.parametrize("value", [-1, 10**12])
def test_ci_config__grace_out_of_range__is_refused(value: int) -> None:
    with pytest.raises(ConfigError, match="grace_seconds is"):
        CIConfig(grace_seconds=value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"notify": ("slack", "pigeon")}, "notify: pigeon"),
    ],
)
def test_config__option_that_is_not_built__is_refused_by_name(
    changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError, match="is not built in this version") as caught:
        config(**changes)
    assert named in caught.value.what
    assert "notify: slack" in caught.value.next_step


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"runs_per_repository": 2}, "runs_per_repository is 2"),
        ({"repositories": {REPO: SIDE_BY_SIDE}}, f"runs_per_repository of {REPO} is 3"),
        (
            {
                "landing": "pull-request",
                "repositories": {REPO: replace(SIDE_BY_SIDE, landing="push")},
            },
            f"runs_per_repository of {REPO} is 3",
        ),
    ],
)
def test_config__several_runs_that_would_push_to_one_branch__are_refused_with_the_way_out(
    changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config(**changes)
    assert caught.value.what == named
    assert caught.value.next_step == "set landing: pull-request, or take it out"


def test_config__several_runs_where_some_work_lands_by_pull_request__are_room_there_only() -> None:
    """For all repositories together it is a default: one that lands by push has room for one."""
    there = RepositoryConfig(workspace="/srv/other", landing="pull-request")
    repositories = {**config().repositories, "acme/other": there}
    some = config(runs_per_repository=2, repositories=repositories)
    assert (some.room(REPO), some.room("acme/other")) == (1, 2)
    own = config(landing="pull-request", repositories={REPO: SIDE_BY_SIDE})
    assert own.room(REPO) == 3


@pytest.mark.parametrize("kind", ["slack", "ntfy", "webhook"])
def test_config__doorbell_that_is_built__is_taken(kind: str) -> None:
    assert config(notify=(kind,)).notify == (kind,)


@pytest.mark.parametrize(
    "workspace",
    ["", "srv/app", "./app", "~/app", "C:\\app", "/srv/app/", "/srv//app", "/srv/../app", "/a\nb"],
)
def test_repository_config__not_a_plain_absolute_path__is_refused(workspace: str) -> None:
    """T3 is asked for the folder by name: two spellings would look like two folders."""
    with pytest.raises(ConfigError, match="is not a plain absolute path"):
        RepositoryConfig(workspace=workspace)


@pytest.mark.parametrize("workspace", ["/", "/srv/app", "/srv/my app", "/srv/.hidden", "/srv/ä"])
def test_repository_config__absolute_path__is_taken(workspace: str) -> None:
    assert RepositoryConfig(workspace=workspace).workspace == workspace


@pytest.mark.parametrize(
    ("stage", "named"),
    [
        ({}, "nothing"),
        ({"workflow": "a", "probe": "b"}, "workflow and probe"),
        ({"status": "a", "environment": "b"}, "status and environment"),
    ],
)
def test_stage_config__not_exactly_one_proof__is_refused(stage: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=f"names {named}"):
        StageConfig(**stage)


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ({"probe": "https://a.test/{sha}"}, "`probe: https://a.test/{sha}` asks with the commit"),
        ({"probe": "https://a.test/?q=%7bSHA%7d"}, "asks with the commit"),
        ({"probe": "https://a.test/{sha}", "probe_text": "at {sha}"}, "is what was asked for"),
        ({"status": "deploy", "probe_status": 200}, "without a probe"),
        ({"workflow": "deploy", "probe_json": "sha"}, "without a probe"),
        ({"probe_text": "live"}, "without a probe"),
        ({"probe": "https://a.test/", "probe_status": -1}, "probe_status is -1"),
    ],
)
def test_stage_config__probe_that_would_prove_every_commit__is_refused_with_its_line(
    stage: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        StageConfig(**stage)
    assert told in caught.value.what


@pytest.mark.parametrize(
    "expected", [{"probe_status": 200}, {"probe_json": "build.commit"}, {"probe_text": "is live"}]
)
def test_stage_config__probe_that_asks_with_the_commit_and_names_a_proof__is_taken(
    expected: dict[str, Any],
) -> None:
    stage = StageConfig(probe="https://a.test/{sha}", **expected)
    assert stage.sha_in_address
    assert stage.expects


@pytest.mark.parametrize("name", ["workflow", "status", "environment", "probe"])
def test_stage_config__one_proof__is_taken(name: str) -> None:
    proof: dict[str, Any] = {name: "https://x" if name == "probe" else "x"}
    assert getattr(StageConfig(**proof), name) == proof[name]


def test_room__pull_requests_everywhere_and_no_repository_yet__is_taken() -> None:
    assert Config(landing="pull-request", runs_per_repository=2).runs_per_repository == 2
