"""By which names the configuration may call a check, and what they and their globs mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fold_rig import FAILURE, PLAIN

from afk.config import CIConfig
from afk.decide.ci_names import ignored, matches, names, required, workflow_ignored
from afk.model.ci import Check

TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1)


def test_names__both_forges__call_a_job_by_the_same_names() -> None:
    """GitHub shows the job, Forgejo workflow, job and event."""
    github = Check("mx (3.11)", FAILURE, "CI", event="pull_request")
    forgejo = Check("CI / mx (3.11) (pull_request)", FAILURE, "CI", event="pull_request")
    known = {"mx (3.11)", "CI / mx (3.11)"}
    known |= {f"{one} (pull_request)" for one in known}
    assert names(github) == names(forgejo) == known


def test_names__status_or_apps_check__has_its_own() -> None:
    assert names(Check("codecov/patch", FAILURE)) == {"codecov/patch", "codecov/patch (push)"}


@given(name=TEXT)
def test_matches__any_name__is_itself(name: str) -> None:
    assert matches(name, name)
    assert matches("*", name)
    assert not matches(f"{name}x", name)


@given(name=TEXT, workflow=TEXT)
def test_ignored__workflow_or_check__either_name_suffices(name: str, workflow: str) -> None:
    check = Check(name, FAILURE, workflow)
    assert ignored(check, [workflow])
    assert ignored(check, [name])
    assert not ignored(check, [])
    assert workflow_ignored(workflow, [f"{workflow} / *"])


@pytest.mark.parametrize("name", ["afk", "afk / x", "ci / afk"])
def test_ignored__one_workflows_jobs__are_not_what_else_bears_its_name(name: str) -> None:
    """The workflow that runs a tick is left out, whatever its name is, and no check beside it."""
    assert ignored(Check("tick", FAILURE, "afk"), ["afk / *"])
    assert ignored(Check(name, FAILURE), ["afk / *"]) is (name == "afk / x")
    assert PLAIN.ci.ignore == ("afk",)


def test_required__by_any_of_its_names__and_no_other() -> None:
    check = Check("tests", FAILURE, "CI")
    assert required(check, CIConfig(required=("lint", "CI / tests")))
    assert not required(check, CIConfig(required=("lint", "CI", "test")))
    assert not required(check, CIConfig())
