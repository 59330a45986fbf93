"""Forgejo's exclusive labels: those that have to stand together are refused before anything."""

import pytest
from support.loops import CI_GRACE, records, tick, until

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

NAMES = {
    "ready_label": "afk/ready",
    "in_progress_label": "afk/in-progress",
    "human_label": "afk/human",
    "tracked_label": "afk/tracked",
}


def labelled(here: World, exclusive: set[str], **settings: object) -> Issue:
    """Return an issue approved with a scoped label, some of whose kind are exclusive."""
    here.settings.update(NAMES)
    repo = here.repository("shop", **CI_GRACE, **settings)
    for key, name in NAMES.items():
        here.forge.define_label(repo, name, exclusive=key in exclusive)
    return here.issue(repo, "Add a till", "[[push]]", ready=False)


def approved(here: World, issue: Issue) -> None:
    """Put ready on, and once more where afk does not know the label yet."""
    here.forge.add_label(issue, "afk/ready", here.owner)
    here.tick(after=60)
    here.clock.sleep(60)
    here.forge.remove_label(issue, "afk/ready", here.owner)
    here.forge.add_label(issue, "afk/ready", here.owner)


@pytest.mark.parametrize(
    "exclusive",
    [
        set(NAMES),
        {"ready_label", "in_progress_label"},
        {"ready_label", "tracked_label"},
        {"in_progress_label", "tracked_label"},
        {"in_progress_label", "human_label"},
    ],
    ids=lambda names: "-".join(sorted(names)),
)
def test_exclusive_labels__of_which_afk_needs_two__are_named_and_nothing_starts(
    exclusive: set[str],
) -> None:
    with world(Forge.FORGEJO) as here:
        issue = labelled(here, exclusive)
        approved(here, issue)

        told = here.tick(after=60)

        assert told.exit_code == 2, told.output
        for key in exclusive:
            assert NAMES[key] in told.output
        assert "take away the tick at `Exclusive`" in told.output
        there = {one.name for one in issue.labels}
        assert "afk/ready" in there
        assert there <= {"afk/ready", "afk/tracked"}
        assert [one["stage"] for one in records(here, issue)] in ([], ["approved"])
        assert not here.t3.state.threads


@pytest.mark.parametrize("exclusive", [set(), {"ready_label", "human_label"}, {"human_label"}])
def test_scoped_labels__that_never_meet__may_be_exclusive(exclusive: set[str]) -> None:
    with world(Forge.FORGEJO) as here:
        issue = labelled(here, exclusive)
        approved(here, issue)

        tick(here)
        ended = until(here, issue, ticks=20)

        assert (ended["verdict"], ended["reason"]) == ("done", "landed")
