"""What setting afk up asks of a forge: secrets, variables, an issue of its own."""

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.people import HUMAN, IN_PROGRESS, READY
from support.settings import settings_of

from afk.errors import AfkError
from afk.types import Forge

SECRET = "a-secret-of-the-contract-suite"


def test_settings__secrets__are_listed_by_name_and_replaced(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("safe"))
    settings = settings_of(bench)

    assert settings.secrets(repo) == set()
    settings.set_secret(repo, "AFK_TOKEN", SECRET)
    settings.set_secret(repo, "AFK_TOKEN", SECRET + "-2")
    settings.set_secret(repo, "AFK_STATE_KEY", SECRET)

    assert settings.secrets(repo) == {"AFK_TOKEN", "AFK_STATE_KEY"}


def test_settings__variable__is_made_read_and_replaced(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("knobs"))
    settings = settings_of(bench)

    assert settings.variable(repo, "AFK_KILL_SWITCH") is None
    settings.set_variable(repo, "AFK_KILL_SWITCH", "true", exists=False)
    assert settings.variable(repo, "AFK_KILL_SWITCH") == "true"
    settings.set_variable(repo, "AFK_KILL_SWITCH", "false", exists=True)
    assert settings.variable(repo, "AFK_KILL_SWITCH") == "false"


def test_settings__not_the_owner__sees_and_sets_nothing(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("shut"))
    settings = settings_of(bench, "reader")

    with pytest.raises(AfkError):
        settings.secrets(repo)
    with pytest.raises(AfkError):
        settings.set_secret(repo, "AFK_TOKEN", SECRET)
    with pytest.raises(AfkError):
        settings.variable(repo, "AFK_KILL_SWITCH")
    with pytest.raises(AfkError):
        settings.set_variable(repo, "AFK_KILL_SWITCH", "true", exists=False)
    assert settings_of(bench).secrets(repo) == set()


def test_settings__labels__are_listed_and_described_where_names_change(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("named"))
    settings = settings_of(bench)

    labels = {one.name: one for one in settings.labels(repo)}
    assert {READY, IN_PROGRESS, HUMAN} <= set(labels)
    settings.describe_label(repo, labels[READY], "An agent may work on this")

    found = {one.name: one.description for one in settings.labels(repo)}
    said = "An agent may work on this" if bench.kind is Forge.FORGEJO else None
    assert found[READY] == said


def test_settings__issue__is_opened_with_its_text(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("board"))

    number = settings_of(bench).open_issue(repo, "afk dashboard", "Nothing yet.")

    found = read_one(bench, repo, number)
    assert (found.title, found.body) == ("afk dashboard", "Nothing yet.")
