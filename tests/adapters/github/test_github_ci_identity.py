"""Which of GitHub's checks repeat one another: told by who made them, not by their name."""

from typing import Any

import pytest

from afk.adapters.github.ci_mapping import latest
from afk.adapters.github.ci_wire import WireCheckRun, WireStatus
from afk.adapters.github.wire import parse

EARLY, LATE = "2026-05-01T10:00:00Z", "2026-05-01T11:00:00Z"


def _suite(status: str = "COMPLETED", workflow: str = "CI", **changes: Any) -> dict[str, Any]:
    named = {"id": f"W_{workflow}", "name": workflow}
    run = {"event": "push", "workflow": named} if workflow else None
    return {"id": f"S_{workflow}", "status": status, "workflowRun": run, **changes}


def _run(status: str = "COMPLETED", conclusion: str | None = "SUCCESS", **changes: Any) -> Any:
    shown = {
        "__typename": "CheckRun",
        "id": "CR_1",
        "name": "build",
        "status": status,
        "conclusion": conclusion,
        "startedAt": EARLY,
        "completedAt": EARLY if status == "COMPLETED" else None,
        "detailsUrl": "https://h/run/1",
        "checkSuite": _suite(status),
    }
    return parse(WireCheckRun, {**shown, **changes}, "test")


def _status(state: str, context: str = "ci/x", url: str | None = "https://ci/1") -> Any:
    shown = {
        "__typename": "StatusContext",
        "context": context,
        "state": state,
        "targetUrl": url,
    }
    return parse(WireStatus, shown, "test")


def _ids(shown: list[Any]) -> list[str]:
    return [one.id for one in shown]


def test_latest__superseded_run__gives_way_whatever_the_order() -> None:
    """A rollup keeps the failed run beside the one that replaced it."""
    old = _run(conclusion="FAILURE", id="old", checkSuite=_suite(id="S_old"))
    new = _run(startedAt=LATE, id="new", checkSuite=_suite(id="S_new"))
    for order in ((old, new), (new, old)):
        assert _ids(latest(order)) == ["new"]


def test_latest__run_not_started_yet__is_the_newest() -> None:
    queued = _run("QUEUED", None, id="new", startedAt=None)
    done = _run(id="old", startedAt=LATE)
    assert _ids(latest([queued, done])) == ["new"]


def test_latest__same_second__the_later_entry_counts() -> None:
    assert _ids(latest([_run(id="a"), _run(id="b")])) == ["b"]


@pytest.mark.parametrize(
    "other",
    [
        _run(name="test"),
        _run(checkSuite=_suite(workflow="Deploy")),
        _run(
            checkSuite=_suite(
                workflowRun={
                    "event": "workflow_dispatch",
                    "workflow": {"id": "W_CI", "name": "CI"},
                }
            )
        ),
        _run(checkSuite=_suite(workflow="", id="S_app")),
        _status("SUCCESS", "build"),
    ],
)
def test_latest__different_checks__are_all_kept(other: Any) -> None:
    assert len(latest([_run(), other])) == 2


def test_latest__apps_with_the_same_name__are_all_kept() -> None:
    """Without a workflow only the suite tells whose check it is."""
    apps = [_run(checkSuite=_suite(workflow="", id=name)) for name in ("a", "b")]
    assert len(latest(apps)) == 2


SECOND_FILE = {"event": "push", "workflow": {"id": "W_other", "name": "CI"}}


def test_latest__two_files_of_one_name__are_both_kept() -> None:
    """Else the later one's success would hide the earlier one's failure: green on a red commit."""
    red = _run(conclusion="FAILURE", id="red")
    green = _run(id="green", startedAt=LATE, checkSuite=_suite(id="S", workflowRun=SECOND_FILE))
    for order in ((red, green), (green, red)):
        assert set(_ids(latest(order))) == {"red", "green"}


def test_latest__files_unknown__are_told_apart_by_their_suites() -> None:
    unknown = {"event": "push", "workflow": {"name": "CI"}}
    suites = [_suite(id=one, workflowRun=unknown) for one in ("a", "b", "b")]
    shown = [
        _run(id=str(number), checkSuite=suite, startedAt=at, completedAt=at)
        for number, (suite, at) in enumerate(zip(suites, (EARLY, EARLY, LATE), strict=True))
    ]
    assert set(_ids(latest(shown))) == {"0", "2"}


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({"completedAt": LATE}, {"startedAt": "2026-05-01T10:30:00Z"}, ["first", "second"]),
        ({"completedAt": "2026-05-01T10:30:00Z"}, {"startedAt": LATE}, ["second"]),
        ({"completedAt": LATE}, {"startedAt": LATE}, ["second"]),
        ({"completedAt": LATE}, {"startedAt": None, "status": "QUEUED"}, ["second"]),
        ({"status": "IN_PROGRESS", "completedAt": None}, {"startedAt": LATE}, ["first", "second"]),
        ({"completedAt": None}, {"startedAt": LATE}, ["second"]),
    ],
)
def test_latest__one_name_twice_in_a_run__side_by_side_are_two_jobs(
    first: dict[str, Any], second: dict[str, Any], kept: list[str]
) -> None:
    """A job is run again only after the whole run has ended, so what overlaps is another job."""
    shown = [_run(id="first", **first), _run(id="second", **second)]
    assert _ids(latest(shown)) == kept


def test_latest__apps_check_posted_again__the_newest_counts_even_side_by_side() -> None:
    app = _suite(workflow="", id="S_app")
    shown = [
        _run("IN_PROGRESS", None, id="old", checkSuite=app),
        _run(id="new", startedAt=LATE, checkSuite=app),
    ]
    assert _ids(latest(shown)) == ["new"]


def test_latest__a_context_twice__the_later_entry_counts() -> None:
    shown = [_status("FAILURE"), _status("SUCCESS"), _status("PENDING", "ci/y")]
    assert latest(shown) == shown[1:]
