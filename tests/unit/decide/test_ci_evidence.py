"""Folding a commit's checks: which are evidence about it, what is ignored, what a name means."""

from dataclasses import replace

import pytest
from support.fold_rig import (
    EARLY,
    FAILURE,
    GREEN,
    LATE,
    NONE_GREEN,
    PENDING,
    PLAIN,
    RED,
    SEEN,
    SKIPPED,
    SUCCESS,
    UNDECIDED,
    ci_test,
    judged,
)

from afk.config import CIConfig
from afk.model.ci import Check, CheckState
from afk.types import CIStatus

FOREIGN = (
    "schedule",
    "issues",
    "issue_comment",
    "workflow_run",
    "workflow_dispatch",
    "repository_dispatch",
    "dynamic",
    "pull_request_target",
    "release",
)
REQUIRES_LINKS = replace(PLAIN, ci=CIConfig(required=("links",)))


def links(state: CheckState, event: str = "schedule") -> Check:
    return Check("links", state, "Nightly", event=event)


@pytest.mark.parametrize("state", CheckState)
@pytest.mark.parametrize("event", FOREIGN)
def test_fold__run_the_forge_hung_on_the_commit__is_no_evidence(
    event: str, state: CheckState
) -> None:
    """Neither red nor holding up green, nor green where nothing else has been seen."""
    verdict = judged(ci_test(SUCCESS), links(state, event))

    assert (verdict.status, verdict.reason) == (GREEN, "CI / test succeeded")
    assert judged(links(state, event)).status is None
    assert judged(links(state, event), settings=NONE_GREEN).status is GREEN


@pytest.mark.parametrize("event", ["push", "pull_request", "merge_group", ""])
def test_fold__run_the_commit_started__counts(event: str) -> None:
    """An app's check and a status have no event: they are about the commit."""
    assert judged(ci_test(SUCCESS), links(FAILURE, event)).status is RED
    assert judged(ci_test(SUCCESS), links(PENDING, event)).status is UNDECIDED


@pytest.mark.parametrize(
    ("state", "status"), [(FAILURE, RED), (PENDING, UNDECIDED), (SUCCESS, GREEN)]
)
def test_fold__required_names_a_night_run__it_counts(state: CheckState, status: CIStatus) -> None:
    assert judged(links(state), settings=REQUIRES_LINKS).status is status


def test_fold__required_bears_two_runs__the_commits_own_is_meant() -> None:
    """One workflow by push and by schedule: last night's word is not about this push."""
    for night, own, status in ((FAILURE, SUCCESS, GREEN), (SUCCESS, FAILURE, RED)):
        verdict = judged(links(night), links(own, "push"), settings=REQUIRES_LINKS)
        assert verdict.status is status


def test_fold__required_night_run_is_first__waits_for_the_commits_own() -> None:
    for ended, now in ((False, LATE), (None, EARLY)):
        for state in (FAILURE, SUCCESS):
            verdict = judged(links(state), settings=REQUIRES_LINKS, ended=ended, now=now)
            assert verdict.reason == "links has not appeared"
            assert verdict.status is None or verdict.status is UNDECIDED


IGNORES = {
    "codecov/patch": Check("codecov/patch", PENDING),
    "codecov/*": Check("codecov/patch", PENDING),
    "netlify/*/deploy-preview": Check("netlify/site/deploy-preview", FAILURE),
    "Vercel": Check("Vercel", FAILURE),
    "flaky": Check("flaky", FAILURE, "CI"),
    "CI / flaky": Check("flaky", FAILURE, "CI"),
    "CI / fla*": Check("flaky", FAILURE, "CI"),
    "Nightly": Check("links", FAILURE, "Nightly"),
    "Night*": Check("links", FAILURE, "Nightly"),
    "CI / flaky (push)": Check("CI / flaky (push)", FAILURE, "CI", event="push"),
    "CI / mx (3.1?)": Check("CI / mx (3.11) (push)", FAILURE, "CI", event="push"),
    "mx (3.11)": Check("CI / mx (3.11) (push)", FAILURE, "CI", event="push"),
    "build [linux]": Check("build [linux]", FAILURE, "CI"),
}


@pytest.mark.parametrize("pattern", IGNORES)
def test_fold__ignore_names_a_check__it_does_not_count(pattern: str) -> None:
    """Statuses, apps' checks, jobs and workflows, by any of their names, with globs."""
    settings = replace(PLAIN, ci=CIConfig(ignore=("afk", pattern)))
    check = IGNORES[pattern]

    assert judged(ci_test(SUCCESS), check).status is not GREEN
    assert judged(ci_test(SUCCESS), check, settings=settings).status is GREEN
    assert judged(ci_test(FAILURE), check, settings=settings).status is RED
    assert judged(check, settings=settings).status is None


@pytest.mark.parametrize("pattern", ["Codecov/patch", "codecov", "patch", "CI /", "[l]inks"])
def test_fold__ignore_names_something_else__everything_counts(pattern: str) -> None:
    settings = replace(PLAIN, ci=CIConfig(ignore=(pattern,)))

    verdict = judged(Check("codecov/patch", FAILURE), ci_test(SUCCESS), settings=settings)

    assert verdict.status is RED


@pytest.mark.parametrize("others", [(), (ci_test(FAILURE),)])
def test_fold__required_check_was_skipped__passes_as_on_github(others: tuple[Check, ...]) -> None:
    settings = replace(PLAIN, ci=CIConfig(required=("CodeQL",)))
    skipped = Check("CodeQL", SKIPPED, url="https://forge.example/run/9")

    verdict = judged(skipped, *others, settings=settings, ended=False, now=SEEN)

    assert (verdict.status, verdict.reason) == (GREEN, "CodeQL was skipped")
    assert verdict.stages[0].url == "https://forge.example/run/9"


def test_fold__two_required_skipped_and_passed__passes() -> None:
    settings = replace(PLAIN, ci=CIConfig(required=("gate", "test")))
    gate = Check("gate", SKIPPED, "CI")

    assert judged(gate, ci_test(SUCCESS), settings=settings).status is GREEN
    assert judged(gate, ci_test(PENDING), settings=settings).status is UNDECIDED
    assert judged(gate, settings=settings).reason == "test has not appeared"


@pytest.mark.parametrize("order", [1, -1])
def test_fold__two_checks_of_one_name__both_count(order: int) -> None:
    """Two workflow files with one name, a job of one name in each."""
    twins = [ci_test(FAILURE), ci_test(SUCCESS)][::order]
    settings = replace(PLAIN, ci=CIConfig(required=("test",)))

    assert judged(*twins).status is RED
    assert judged(*twins, settings=settings).status is RED
