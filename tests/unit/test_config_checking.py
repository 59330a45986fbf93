"""What an armed configuration must have before anything is sent."""

from dataclasses import replace

import pytest
from support.factories import REPO, config

from afk.config import Config, RepositoryConfig, T3Config
from afk.config_loading import check
from afk.errors import ConfigError


def test_check__armed_and_complete__passes() -> None:
    check(config())


def test_check__disabled__may_be_unfinished() -> None:
    check(Config())
    check(Config(kill_switch=False))


def test_check__no_address_of_t3__is_refused() -> None:
    with pytest.raises(ConfigError, match=r"t3\.url is not set"):
        check(config(t3=T3Config()))


@pytest.mark.parametrize("field", ["allowlist", "draining"])
def test_check__watched_repository_without_settings__is_refused_by_name(field: str) -> None:
    with pytest.raises(ConfigError, match="acme/other has no entry"):
        check(config(**{field: ("acme/other",)}))


def test_check__two_repositories_in_one_folder__are_refused() -> None:
    """Runs in one folder exclude each other, and T3 knows one project per folder."""
    same = RepositoryConfig(workspace="/srv/app")
    armed = config(allowlist=("a/b", "c/d"), repositories={"a/b": same, "c/d": same})
    with pytest.raises(ConfigError, match="share the workspace /srv/app"):
        check(armed)
    apart = {"a/b": same, "c/d": replace(same, workspace="/srv/other")}
    check(replace(armed, repositories=apart))


def test_check__repository_listed_twice__is_no_conflict_with_itself() -> None:
    check(config(draining=(REPO,)))
