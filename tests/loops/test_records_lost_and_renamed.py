"""Run records of a repository that has another name by now, deleted ones too."""

from support.loops import assert_ended, at_work, both, record_comments, records, start, tick, until
from support.overheard import Mark

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world


def delete_and_rename(here: World, issue: Issue) -> None:
    """Delete the record and rename the repository."""
    here.forge.delete_comment(record_comments(here, issue)[-1])
    rename(here, issue)


def rename(here: World, issue: Issue) -> None:
    """Rename the repository and enrol it again, in the folder it always had."""
    former = issue.repo.full_name
    here.forge.rename_repository(issue.repo, "store")
    here.settings["allowlist"] = ["owner/store"]
    here.settings["repositories"] = {"owner/store": here.settings["repositories"][former]}


@both
def test_record__of_a_renamed_repository__run_is_found_by_its_former_title(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=300]] [[push]]")
        delete_and_rename(here, issue)
        before = Mark(here)

        assert "rebuilt the record" in tick(here)

        assert len(at_work(here)) == 1
        assert "thread.create" not in before.commands
        until(here, issue)
        assert_ended(here, issue, "done", "landed", turns=0)  # none under the new name
        assert "thread.turn.start" not in before.commands


@both
def test_record__of_a_renamed_repository_label_off__session_is_stopped(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=4000]] [[push]]")
        for label in (READY, IN_PROGRESS):
            here.forge.remove_label(issue, label, here.owner)
        delete_and_rename(here, issue)

        tick(here)

        assert at_work(here) == []
        assert records(here, issue) == []


@both
def test_record__of_a_renamed_repository__gets_the_new_name_though_nothing_else_changed(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = start(here, "[[hang]]")
        for _ in range(4):
            tick(here)
        rename(here, issue)
        assert records(here, issue)[-1]["repository"] == "owner/shop"

        tick(here)
        assert records(here, issue)[-1]["repository"] == "owner/store"

        before = Mark(here)
        tick(here)
        assert before.writes == []
