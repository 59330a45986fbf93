"""Every refusal knows its setting and the value as it was written, and says what to do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.factories import REPO, config

from afk import setting_rules as rules
from afk.config import CIConfig, Config, RepositoryConfig, StageConfig, T3Config
from afk.landing_config import AgentConfig
from afk.setting_rules import WrongSetting

LARGEST = 3650 * 86_400
AT = "https://a.test/{sha}"
HERE = RepositoryConfig(workspace="/srv/app")


def at_home(**changes: Any) -> RepositoryConfig:
    return replace(HERE, **changes)


REFUSED: list[tuple[Callable[[], object], str, object]] = [
    (lambda: rules.check_text("model", " x"), "model", " x"),
    (lambda: rules.check_names("ci", ["x", ""]), "ci", ""),
    (lambda: rules.check_names("ci", ["x", " y"]), "ci", " y"),
    (lambda: rules.check_label("ready_label", "x" * 51), "ready_label", "x" * 51),
    (lambda: rules.check_label("ready_label", "a,b"), "ready_label", "a,b"),
    (lambda: rules.check_repository("allowlist", "acme"), "allowlist", "acme"),
    (lambda: rules.issue_named("dashboard", "acme"), "dashboard", "acme"),
    (lambda: rules.issue_named("dashboard", "a/..#3"), "dashboard", "a/.."),
    (lambda: rules.check_branch("refs/heads/x"), "branch", "refs/heads/x"),
    (lambda: rules.check_branch("a b"), "branch", "a b"),
    (lambda: rules.check_workspace("srv"), "workspace", "srv"),
    (lambda: rules.check_probe("a.test"), "probe", "a.test"),
    (lambda: rules.check_proof(AT, "", expects=False), "probe", AT),
    (lambda: rules.check_proof(AT, "{sha}", expects=True), "probe_text", "{sha}"),
    (lambda: rules.check_proof("", "", expects=True), "", ""),
    (lambda: rules.check_ids("own_accounts", [3, 0]), "own_accounts", 0),
    (lambda: rules.check_ids("own_accounts", [2**63]), "own_accounts", 2**63),
    (lambda: rules.check_trusted([0]), "trusted", 0),
    (lambda: rules.check_trusted(["mara", "7"]), "trusted", "7"),
    (StageConfig, "", ""),
    (lambda: StageConfig(status="s", workflow="w"), "workflow", "w"),
    (lambda: StageConfig(probe="a.test"), "probe", "a.test"),
    (lambda: StageConfig(environment=" prod"), "environment", " prod"),
    (lambda: StageConfig(probe=AT, probe_status=-1), "probe_status", -1),
    (lambda: CIConfig(grace_seconds=-1), "grace_seconds", -1),
    (lambda: CIConfig(reruns=LARGEST + 1), "reruns", LARGEST + 1),
    (lambda: CIConfig(required=("",)), "required", ""),
    (lambda: CIConfig(ignore=(" x",)), "ignore", " x"),
    (lambda: at_home(workspace="srv"), "workspace", "srv"),
    (lambda: at_home(branch="HEAD"), "branch", "HEAD"),
    (lambda: at_home(instance=" x"), "instance", " x"),
    (lambda: at_home(model=" x"), "model", " x"),
    (lambda: at_home(runs_per_repository=-1), "runs_per_repository", -1),
    (lambda: AgentConfig(instance=" x"), "instance", " x"),
    (lambda: AgentConfig(model=" x"), "model", " x"),
    (lambda: AgentConfig(options={" x": True}), "options", " x"),
    (lambda: AgentConfig(options={"x": " y"}), "options.x", " y"),
    (lambda: config(agents={"": AgentConfig()}), "agents", ""),
    (lambda: config(agents={"a,b": AgentConfig()}), "agents", "agent:a,b"),
    (lambda: config(runs_per_repository=2), "runs_per_repository", 2),
    (
        lambda: config(repositories={REPO: at_home(runs_per_repository=2)}),
        "runs_per_repository",
        2,
    ),
    (lambda: config(allowlist=("acme",)), "allowlist", "acme"),
    (lambda: config(draining=("acme",)), "draining", "acme"),
    (lambda: config(repositories={"acme": HERE}), "repositories", "acme"),
    (lambda: config(own_accounts=(0,)), "own_accounts", 0),
    (lambda: config(agent_accounts=(0,)), "agent_accounts", 0),
    (lambda: config(dashboard="acme"), "dashboard", "acme"),
    (lambda: config(trusted=("7",)), "trusted", "7"),
    (lambda: config(tick_seconds=-1), "tick_seconds", -1),
    (lambda: config(human_label="READY-for-agent"), "human_label", "READY-for-agent"),
    (lambda: config(tracked_label=""), "tracked_label", ""),
    (lambda: config(ready_label="a,b"), "ready_label", "a,b"),
    (lambda: config(in_progress_label="a,b"), "in_progress_label", "a,b"),
    (lambda: T3Config(instance=" "), "instance", " "),
    (lambda: T3Config(model=""), "model", ""),
    (lambda: config(notify=("carrier-pigeon",)), "notify", "carrier-pigeon"),
]


@pytest.mark.parametrize(("make", "name", "value"), REFUSED, ids=range(len(REFUSED)))
def test_refused__each__knows_what_it_is_about_and_how_to_go_on(
    make: Callable[[], object], name: str, value: object
) -> None:
    with pytest.raises(WrongSetting) as caught:
        make()
    assert (caught.value.name, caught.value.value) == (name, value)
    assert caught.value.cause
    assert caught.value.next_step
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("number", [0, 1, LARGEST])
def test_refuse_out_of_range__what_a_clock_can_add__is_taken(number: int) -> None:
    assert CIConfig(grace_seconds=number, reruns=number).reruns == number


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("a.test/v", "write https://a.test/v"),
        ("//a.test", "write https://a.test"),
        ("ftp://a.test", "write https://a.test"),
        ("ftp://x://a.test", "write https://a.test"),
        ("x" * 200, f"write https://{'x' * 120}"),
    ],
)
def test_check_probe__no_whole_address__shows_a_whole_one(address: str, hint: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        rules.check_probe(address)
    assert caught.value.next_step == hint


OWN = at_home(
    merge_method="rebase",
    merge="green",
    landing="pull-request",
    runs_per_repository=4,
    instance="claude",
    model="small",
)
BOTH = config(
    repositories={REPO: OWN, "acme/other": HERE},
    merge_method="merge",
    merge="approved",
    t3=T3Config(url="http://t3.test", instance="codex", model="plain"),
    agents={"big": AgentConfig(model="large", options={"fast": True})},
)


def test_config__what_a_repository_says__goes_before_what_all_say() -> None:
    def told(settings: Config, name: str) -> tuple[object, ...]:
        by_pull = settings.lands_by_pull(name)
        return by_pull, settings.merge_of(name), settings.method_of(name), settings.room(name)

    assert told(BOTH, REPO) == (True, "green", "rebase", 4)
    assert told(BOTH, "acme/other") == (False, "approved", "merge", 1)
    pulls = replace(BOTH, landing="pull-request", runs_per_repository=2)
    assert told(pulls, "acme/other") == (True, "approved", "merge", 2)


def test_config__one_run_at_a_time__needs_no_pull_requests() -> None:
    alone = config(repositories={REPO: at_home(runs_per_repository=1)})
    assert alone.room(REPO) == 1


def test_config__who_works__is_picked_or_the_repositorys_or_t3s() -> None:
    assert BOTH.agent_of(REPO, "") == AgentConfig(instance="claude", model="small")
    assert BOTH.agent_of("acme/other", "") == AgentConfig(instance="codex", model="plain")
    big = AgentConfig(instance="claude", model="large", options={"fast": True})
    assert BOTH.agent_of(REPO, "big") == big
    assert BOTH.agent_of("acme/other", "gone") == BOTH.agent_of("acme/other", "")
