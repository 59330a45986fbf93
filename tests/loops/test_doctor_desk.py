"""`afk doctor` on a desk: with nothing set up, or with a configuration that is wrong."""

import io
from pathlib import Path
from typing import Any

import pytest
from support.doctor import found, ill

from afk.cli import main
from afk.environment.process import Outside
from afk_sandbox.world import START, Ticked


def alone(folder: Path, config: str = "", **environ: str) -> Ticked:
    """Run `afk doctor` on a desk on which nothing is set up."""
    if config:
        (folder / "afk.yml").write_text(config, encoding="utf-8")
    out = io.StringIO()
    outside = Outside(
        environ=environ, stdout=out, now=lambda: START, sleep=lambda _: None, folder=folder
    )
    return Ticked(main(["doctor", "--json"], outside), out.getvalue())


def test_doctor__bare_desk__names_everything_that_is_missing_at_once(tmp_path: Path) -> None:
    ticked = alone(tmp_path)
    assert ticked.exit_code == 2
    said = ill(ticked)
    assert "which forge is at no address cannot be told" in said["forge token"][0]["what"]
    assert said["T3"][0]["what"] == "t3.url is not set"
    assert found(ticked, "kill switch")[0]["state"] == "off"
    assert ticked.document["requests"] == {}


def test_doctor__many_mistakes__are_told_in_one_pass(tmp_path: Path) -> None:
    config = """
kill_swich: false
forge_url: https://git.test/api/v1
t3: {url: 'http://127.0.0.1:9/x', modle: y}
allowlist: [acme/app, acme/none]
repositories:
  acme/app: {workspace: code/app, landing: maybe}
"""
    ticked = alone(
        tmp_path,
        config,
        AFK_STATE_KEY="tiny-key",
        AFK_MODEL="gpt",
        AFK_FOLDER="x",
        AFK_TOKEN="t k",
        AFK_T3_TOKEN="t3",
    )
    assert ticked.exit_code == 2
    said = ill(ticked)
    problems = " ".join(one["what"] + one["fix"] for one in said["configuration"])
    for part in (
        "did you mean kill_switch?",
        "did you mean model?",
        "has a path: /x",
        "acme/none has no entry",
        "'code/app' is not a plain absolute path",
        "landing",
    ):
        assert part in problems
    assert [one["fix"] for one in said["environment"]] == [
        "unset AFK_FOLDER",
        "unset AFK_MODEL, and write t3.model into afk.yml or AFK_CONFIG",
    ]
    assert "shorter than 16" in said["state key"][0]["what"]
    assert "white space" in said["forge token"][0]["what"]
    assert "tiny-key" not in ticked.output


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("a:\n  b: 1\n c: 2\n", "afk.yml:3: the configuration is not valid YAML: "),
        ("a: [1\n", "afk.yml:2: the configuration is not valid YAML: "),
        ("kill_switch: yes please\n  x: 1\n", "afk.yml:2: the configuration is not valid YAML: "),
    ],
)
def test_doctor__bad_yaml__names_line_and_reason(tmp_path: Path, config: str, told: str) -> None:
    ticked = alone(tmp_path, config)
    what = ill(ticked)["configuration"][0]["what"]
    assert what.startswith(told)
    assert "None" not in what
    assert ticked.exit_code == 2


def test_doctor__proxy_that_cannot_be_obeyed__is_named_and_nobody_is_asked(tmp_path: Path) -> None:
    ticked = alone(
        tmp_path,
        "forge_url: https://git.test/api/v1\nt3: {url: 'https://t3.test'}",
        AFK_TOKEN="f0rge-s3cret",
        AFK_T3_TOKEN="t3-s3cret",
        HTTPS_PROXY="socks5://proxy.test",
    )
    assert ticked.exit_code == 2
    assert "HTTPS_PROXY names a proxy" in ill(ticked)["forge token"][0]["what"]
    assert ticked.document["requests"] == {}


def test_doctor__fix_without_a_forge__mends_nothing(tmp_path: Path) -> None:
    out = io.StringIO()
    outside = Outside(
        environ={}, stdout=out, now=lambda: START, sleep=lambda _: None, folder=tmp_path
    )
    assert main(["doctor", "--fix"], outside) == 2
    assert out.getvalue().startswith("not healthy: ")


def test_doctor__two_config_files__are_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    ticked = alone(tmp_path, "kill_switch: true", AFK_CONFIG="kill_switch: false")
    assert ticked.exit_code == 2
    settings: Any = found(ticked, "configuration")
    assert ticked.document["checks"]
    assert settings
