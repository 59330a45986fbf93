"""Which branch a run that is over has left in which state."""

from dataclasses import replace

import pytest
from support.factories import PUSHED, record

from afk.record.landing import Landing
from afk.text.branch_state import branch_state, commit_list
from afk.text.surroundings import Surroundings

OWN = Landing(branch="afk/7-x")


@pytest.mark.parametrize(
    ("count", "more"), [(1, ""), (5, ""), (6, " and 1 before"), (9, " and 4 before")]
)
def test_commit_list__the_newest_five__and_how_many_came_before(count: int, more: str) -> None:
    shas = [f"{number:040x}" for number in range(count)]
    newest = ", ".join(f"`{sha[:10]}`" for sha in shas[-5:])
    assert commit_list(record(pushed=tuple(shas)), "") == newest + more


@pytest.mark.parametrize(
    ("pushed", "landing", "address", "beside"),
    [
        ((), OWN, "", "This run pushed nothing."),
        ((PUSHED,), OWN, "", "The work is on the branch `afk/7-x`, without a pull request."),
        (
            (PUSHED,),
            replace(OWN, pull=12),
            "",
            "The work is on the branch `afk/7-x`, in pull request `12`.",
        ),
        (
            (PUSHED,),
            replace(OWN, pull=12),
            "https://f/12",
            "The work is on the branch `afk/7-x`, in pull request [#12](https://f/12).",
        ),
    ],
)
def test_branch_state__work_beside_the_branch__says_where_it_is(
    pushed: tuple[str, ...], landing: Landing, address: str, beside: str
) -> None:
    run = record(pushed=pushed, landing=landing)
    around = replace(Surroundings(), pull_url=address)
    assert branch_state(run, around) == [f"`main` is as it was. {beside}"]
