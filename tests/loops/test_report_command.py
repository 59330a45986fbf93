"""``afk report``: one file from the records on the forges, and nothing else is touched."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.poll_rig import forget, on_both_forges, polled, said, writes

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import Ticked, World, world


def report(here: World, path: Path, *arguments: str) -> Ticked:
    return here.run("report", "--json", "--out", str(path), *arguments)


def lived(here: World) -> tuple[Issue, Issue]:
    """Let one run land, and one be handed back; both are at rest."""
    repo = here.repository("shop")
    done = here.issue(repo, "Add a till", "[[ci=red,green]]")
    back = here.issue(here.repository("site"), "Add a </script> sink", "[[end]]")
    for after in (60, 60, 120, 300, 700):
        polled(here, after=after)
    return done, back


@on_both_forges
def test_report__a_life__stands_in_the_page_and_the_document(kind: Forge, tmp_path: Path) -> None:
    with world(kind) as here:
        done, back = lived(here)
        path = tmp_path / "afk.html"
        forget(here)

        told = report(here, path)

        assert told.exit_code == 0
        assert writes(here) == []
        rows = {one["title"]: one for one in told.document["report"]["rows"]}
        assert set(rows) == {done.title, back.title}
        assert rows[done.title]["outcome"] == "landed"
        assert rows[done.title]["fixes"] == 1
        assert rows[done.title]["lead_seconds"] >= 300
        assert rows[back.title]["reason"] == "nothing was pushed"
        assert "page" not in told.document
        page = path.read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert "Add a till" in page
        assert "Add a </script>" not in page
        assert "Handed back to you (1)" in page
        assert "No agent is at work." in page


def test_report__what_is_under_way_and_what_waits__is_there_too(tmp_path: Path) -> None:
    with world(Forge.GITHUB) as here:
        repo = here.repository("shop")
        here.issue(repo, "Add a till", "[[ci=slow]]")
        here.issue(repo, "Add a sink", "x")
        polled(here)

        told = report(here, tmp_path / "afk.html")

        (row,) = told.document["report"]["rows"]
        assert (row["title"], row["outcome"]) == ("Add a till", "under way")
        page = (tmp_path / "afk.html").read_text(encoding="utf-8")
        assert "Waiting (1)" in page
        assert "another run is at work" in page


def test_report__days__bound_it(tmp_path: Path) -> None:
    with world(Forge.FORGEJO) as here:
        lived(here)
        here.clock.sleep(3 * 86_400)

        short = report(here, tmp_path / "a.html", "--days", "2")
        long = report(here, tmp_path / "b.html", "--days", "4")

        assert short.document["report"]["rows"] == []
        assert len(long.document["report"]["rows"]) == 2


def test_report__edited_and_forged_records__are_no_runs(tmp_path: Path) -> None:
    with world(Forge.GITHUB) as here:
        done, back = lived(here)
        (record,) = [one for one in done.comments if one.author is here.bot]
        here.forge.edit_comment(record, here.owner, record.body.replace('"issue":', '"issue": '))
        copied = next(one.body for one in back.comments if one.author is here.bot)
        here.forge.comment(done, here.stranger, copied)

        told = report(here, tmp_path / "afk.html")

        assert [one["title"] for one in told.document["report"]["rows"]] == [back.title]


def test_report__one_repository_fails__the_others_are_reported(tmp_path: Path) -> None:
    with world(Forge.FORGEJO) as here:
        done, _ = lived(here)

        def fault(method: str, path: str) -> Fault | None:
            del method
            return Fault("before", 403) if path.endswith("/site/issues/comments") else None

        here.faults["forge"] = fault

        told = report(here, tmp_path / "afk.html")

        assert done.title in [one["title"] for one in told.document["report"]["rows"]]
        assert told.exit_code != 0
        assert (tmp_path / "afk.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (lambda tmp: [tmp / "a.html", "--days", "0"], "--days is 0"),
        (lambda tmp: [tmp / "a.html", "--days", "9999"], "--days is 9999"),
        (lambda tmp: [tmp / "no" / "a.html"], "cannot be written"),
        (lambda tmp: [tmp], "cannot be written"),
    ],
)
def test_report__what_cannot_be__is_said(
    arguments: Callable[[Path], list[Path | str]], words: str, tmp_path: Path
) -> None:
    with world(Forge.GITHUB) as here:
        here.repository("shop")

        path, *more = arguments(tmp_path)
        told = report(here, Path(path), *map(str, more))

        assert told.exit_code == 2
        assert words in said(told, "error")
        assert list(tmp_path.iterdir()) == []


def test_report__more_happened_than_is_read__is_told(tmp_path: Path) -> None:
    with world(Forge.GITHUB) as here:
        repo = here.repository("shop")
        crowded = here.issue(repo, "Add a till", "x", ready=False)
        for _ in range(101):
            here.forge.comment(crowded, here.stranger, "x")

        told = report(here, tmp_path / "afk.html")

        assert told.exit_code == 0
        assert "older runs are not shown" in said(told, "warning")
        assert told.document["report"]["not_read_whole"] == ["owner/shop"]
        assert "More happened than is read" in (tmp_path / "afk.html").read_text(encoding="utf-8")
