"""Folding a commit's checks: the build stage, by table and as properties."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fold_rig import (
    CANCELLED,
    EARLY,
    FAILURE,
    GREEN,
    INFRASTRUCTURE,
    LATE,
    NONE_GREEN,
    PENDING,
    PLAIN,
    RED,
    REQUIRED,
    REQUIRED_NONE_GREEN,
    SEEN,
    SHA,
    SKIPPED,
    SUCCESS,
    UNDECIDED,
    UNKNOWN,
    ci_lint,
    ci_test,
    judged,
)

from afk.config import CIConfig, RepositoryConfig
from afk.model.ci import Check, CheckState
from afk.types import CIStatus


@pytest.mark.parametrize(
    ("checks", "status", "detail"),
    [
        ([ci_test(SUCCESS)], GREEN, "CI / test succeeded"),
        ([ci_test(SUCCESS), ci_lint(SUCCESS)], GREEN, "CI / test succeeded (and 1 more)"),
        ([ci_test(SUCCESS), ci_lint(SKIPPED)], GREEN, "CI / test succeeded"),
        ([ci_test(PENDING), ci_lint(SUCCESS)], UNDECIDED, "CI / test is pending"),
        ([ci_test(FAILURE), ci_lint(PENDING)], RED, "CI / test failed"),
        ([ci_test(FAILURE), ci_lint(FAILURE)], RED, "CI / test failed (and 1 more)"),
        ([ci_test(FAILURE), ci_lint(CANCELLED)], RED, "CI / test failed"),
        ([ci_test(FAILURE), ci_lint(INFRASTRUCTURE)], RED, "CI / test failed"),
        ([ci_test(UNKNOWN), ci_lint(SUCCESS)], UNDECIDED, "CI / test says what afk does not know"),
        ([ci_test(CANCELLED), ci_lint(SUCCESS)], UNDECIDED, "CI / test was cancelled"),
        ([ci_test(INFRASTRUCTURE)], UNDECIDED, "CI / test hit an infrastructure fault"),
        ([Check("CI / test (push)", FAILURE, "CI")], RED, "CI / test (push) failed"),
        ([Check("coverage", FAILURE)], RED, "coverage failed"),
    ],
)
def test_fold__build__first_word_decides(
    checks: list[Check], status: CIStatus, detail: str
) -> None:
    verdict = judged(*checks)

    assert (verdict.status, verdict.reason) == (status, detail)
    assert verdict.sha == SHA


def test_fold__deciding_check__its_link_is_kept() -> None:
    """The link is the deciding check's, not the first one's."""
    verdict = judged(ci_lint(SUCCESS), ci_test(FAILURE))

    assert verdict.stages[0].url == "https://forge.example/run/1"


@pytest.mark.parametrize(
    ("ended", "now", "status"),
    [
        (True, EARLY, GREEN),
        (True, LATE, GREEN),
        (None, EARLY, UNDECIDED),
        (None, LATE, GREEN),
        (False, EARLY, UNDECIDED),
        (False, LATE, UNDECIDED),
    ],
)
def test_fold__all_seen_green__only_green_once_the_set_cannot_grow(
    *,
    ended: bool | None,
    now: datetime,
    status: CIStatus,
) -> None:
    verdict = judged(ci_test(SUCCESS), ended=ended, now=now)

    assert verdict.status is status
    assert not verdict.superseded


@pytest.mark.parametrize(
    "checks", [[], [ci_test(SKIPPED), ci_lint(SKIPPED)], [ci_test(SUCCESS, "afk")]]
)
@pytest.mark.parametrize(
    ("settings", "ended", "now", "status", "superseded"),
    [
        (PLAIN, None, EARLY, None, False),
        (PLAIN, None, LATE, None, True),
        (PLAIN, True, LATE, None, True),
        (PLAIN, False, LATE, None, False),
        (NONE_GREEN, None, EARLY, None, False),
        (NONE_GREEN, True, EARLY, None, False),
        (NONE_GREEN, False, LATE, None, False),
        (NONE_GREEN, None, LATE, GREEN, False),
        (NONE_GREEN, True, LATE, GREEN, False),
    ],
)
def test_fold__nothing_proved__only_ci_none_and_the_grace_make_it_green(
    *,
    checks: list[Check],
    settings: RepositoryConfig,
    ended: bool | None,
    now: datetime,
    status: CIStatus | None,
    superseded: bool,
) -> None:
    """No check, only skipped ones, or only afk's own workflow: the same empty set."""
    verdict = judged(*checks, settings=settings, ended=ended, now=now)

    assert (verdict.status, verdict.superseded) == (status, superseded)


@pytest.mark.parametrize(
    ("checks", "status", "reason"),
    [
        ([ci_test(SUCCESS), ci_lint(SUCCESS)], GREEN, "CI / test succeeded (and 1 more)"),
        ([ci_test(SUCCESS), ci_lint(SKIPPED)], GREEN, "CI / test succeeded"),
        ([ci_test(SUCCESS)], UNDECIDED, "CI / lint has not appeared"),
        ([ci_test(SUCCESS), ci_lint(SUCCESS, "Other")], UNDECIDED, "CI / lint has not appeared"),
        ([ci_lint(SUCCESS)], UNDECIDED, "test has not appeared"),
        ([Check("docs", SUCCESS)], UNDECIDED, "test has not appeared (and 1 more)"),
        (
            [ci_test(SUCCESS), ci_lint(SUCCESS), Check("docs", FAILURE)],
            GREEN,
            "CI / test succeeded",
        ),
        ([ci_test(FAILURE)], RED, "CI / test failed"),
        ([ci_test(PENDING), ci_lint(SUCCESS)], UNDECIDED, "CI / test is pending"),
        ([ci_test(UNKNOWN), ci_lint(SUCCESS)], UNDECIDED, "CI / test says what afk does not know"),
        (
            [ci_test(SUCCESS), ci_test(FAILURE, "Nightly"), ci_lint(SUCCESS)],
            RED,
            "Nightly / test failed",
        ),
        ([ci_test(SUCCESS, "afk"), ci_lint(SUCCESS)], GREEN, "afk / test succeeded (and 1 more)"),
    ],
)
def test_fold__required__exactly_those_names_count(
    checks: list[Check], status: CIStatus, reason: str
) -> None:
    """Required names need no grace, and a run that has not ended does not hold them up."""
    verdict = judged(*checks, settings=REQUIRED, now=SEEN, ended=False)

    assert verdict.status is status
    assert verdict.reason.startswith(reason)


@pytest.mark.parametrize("name", ["ok", "CI build / ok", "CI build / ok (push)", "ok (push)"])
def test_fold__required_by_any_of_its_names__is_found(name: str) -> None:
    """Forgejo's context carries workflow and event; people may leave them out."""
    context = Check("CI build / ok (push)", SUCCESS, "CI build")
    job = Check("ok (push)", SUCCESS, "CI build")
    settings = replace(PLAIN, ci=CIConfig(required=(name,)))

    found = [judged(check, settings=settings).status for check in (context, job)]

    assert GREEN in found


def test_fold__required_and_nothing_seen__no_status() -> None:
    verdict = judged(settings=REQUIRED, now=EARLY)

    assert verdict.status is None
    assert verdict.stages[0].status is UNDECIDED
    assert not verdict.superseded


@pytest.mark.parametrize(
    ("checks", "superseded"),
    [
        ([], True),
        ([ci_test(SKIPPED)], True),
        ([ci_test(SUCCESS)], False),
        ([ci_test(PENDING)], False),
    ],
)
def test_fold__required_missing_after_the_grace__superseded_only_if_none_ran(
    *,
    checks: list[Check],
    superseded: bool,
) -> None:
    verdict = judged(*checks, settings=REQUIRED)

    assert verdict.superseded is superseded
    assert verdict.status is not GREEN


def test_fold__required_missing__never_green_by_ci_none() -> None:
    """``ci.none`` speaks of repositories without CI, not of a required check that is late."""
    assert judged(settings=REQUIRED_NONE_GREEN, ended=True).status is None
    assert judged(ci_test(SKIPPED), settings=REQUIRED_NONE_GREEN, ended=True).status is GREEN


@pytest.mark.parametrize(
    ("checks", "superseded", "infrastructure"),
    [
        ([ci_test(CANCELLED)], True, False),
        ([ci_test(CANCELLED), ci_lint(SUCCESS)], True, False),
        ([ci_test(CANCELLED), ci_lint(PENDING)], True, False),
        ([ci_test(INFRASTRUCTURE), ci_lint(SUCCESS)], False, True),
        ([ci_test(INFRASTRUCTURE), ci_lint(CANCELLED)], True, True),
        ([ci_test(PENDING)], False, False),
        ([ci_test(UNKNOWN)], False, False),
        ([ci_test(FAILURE), ci_lint(CANCELLED)], False, False),
        ([ci_test(FAILURE), ci_lint(INFRASTRUCTURE)], False, False),
    ],
)
def test_fold__cancelled_or_infrastructure__is_said_unless_something_failed(
    *,
    checks: list[Check],
    superseded: bool,
    infrastructure: bool,
) -> None:
    verdict = judged(*checks)

    assert (verdict.superseded, verdict.infrastructure) == (superseded, infrastructure)
    assert verdict.status is (RED if FAILURE in {check.state for check in checks} else UNDECIDED)


HOSTILE = [
    "\x1b[31mred\x1b[0m\nsecond\u202eline\u200b",
    "x" * 5_000,
    "\U0001f600" * 500,
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_fold__hostile_check_name__detail_is_short_and_visible(name: str) -> None:
    detail = judged(Check(name, FAILURE), Check("b", FAILURE)).reason

    assert len(detail) <= 100
    assert detail.isprintable()
    assert detail.endswith("failed (and 1 more)")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://forge.example/a/b/actions/runs/1", True),
        ("http://forge.example/?a=1&b=2#c", True),
        ("javascript:alert(1)", False),
        ("/a/b/actions/runs/1", False),
        ("https://forge.example/) [x](https://evil.example", False),
        ("https://forge.example/\nx", False),
        ("https://forge.example/" + "a" * 600, False),
    ],
)
def test_fold__check_url__only_a_harmless_web_address_is_kept(
    *,
    url: str,
    kept: bool,
) -> None:
    verdict = judged(Check("test", FAILURE, url=url))

    assert verdict.stages[0].url == (url if kept else "")


@given(
    states=st.lists(st.sampled_from(CheckState), max_size=5),
    ended=st.sampled_from([None, True, False]),
    age=st.integers(-10, 300),
    settings=st.sampled_from([PLAIN, NONE_GREEN, REQUIRED]),
)
def test_fold__any_checks__green_and_red_keep_their_promises(
    *,
    states: list[CheckState],
    ended: bool | None,
    age: int,
    settings: RepositoryConfig,
) -> None:
    """RED means a failure; GREEN means none, nothing open, and proof or ``ci.none``."""
    checks = [Check("test", state, "CI") for state in states]
    verdict = judged(*checks, settings=settings, ended=ended, now=SEEN + timedelta(seconds=age))

    assert (verdict.status is RED) == (FAILURE in states)
    if verdict.status is GREEN:
        assert set(states) <= {SUCCESS, SKIPPED}
        assert settings is not REQUIRED, "lint is missing"
        assert SUCCESS in states or settings is NONE_GREEN
        assert ended is True or (ended is None and age >= 120)
    if verdict.status in (RED, GREEN):
        assert not verdict.superseded
        assert not verdict.infrastructure
