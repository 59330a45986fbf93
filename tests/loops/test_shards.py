"""Shards of a plan: each does its own part, all together keep every ceiling and the order."""

import json
from dataclasses import replace

import pytest
from support.chaos import Killed, KillingTransport
from support.loops import HOUR
from support.loops import said as said_to
from support.poll_rig import BODY, forget, held, on_both_forges, polled, said, threads
from support.shards import plan, planned_round, several, shares, starts, tick_shard, told

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import READY, Ticked, World, world

SHORT = "[[slow=200]] [[push]]"


def priority(here: World, issue: Issue, level: int) -> None:
    here.forge.define_label(issue.repo, f"priority:{level}")
    here.forge.add_label(issue, f"priority:{level}", here.owner)


def answers(ticked: list[Ticked], issue: Issue) -> tuple[str, str]:
    """Return what the shard that has the issue decided of it."""
    name = f"{issue.repo.full_name}#{issue.number}"
    (only,) = [one for each in ticked for one in each.document["decisions"] if one["issue"] == name]
    return only["gate"], only["evidence"]


@pytest.mark.parametrize("shards", [1, 5])
@on_both_forges
def test_shards__few_places__the_same_start_as_in_one_tick(kind: Forge, shards: int) -> None:
    """By priority, then by age; one that is blocked takes nobody's place."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 2
        issues = several(here, 5)
        blocked = here.issue(here.repository("blocked"), "Do", f"Blocked by owner/r0#1. {BODY}")
        priority(here, issues[4], 1)
        priority(here, blocked, 0)

        ticked = planned_round(here, shards=shards)

        assert starts(here, issues) == [1, 0, 0, 0, 1]
        assert not threads(here, blocked)
        for one in issues[1:4]:
            assert answers(ticked, one) == ("max_in_flight", "max_in_flight=2 is at 2")
            assert "a free place" in one.comments[0].body


@on_both_forges
def test_shards__max_dispatch_per_tick__is_that_of_the_whole_plan(kind: Forge) -> None:
    with world(kind) as here:
        here.settings |= {"max_dispatch_per_tick": 2, "max_in_flight": 9}
        issues = several(here, 5)

        ticked = planned_round(here, shards=5)

        assert starts(here, issues) == [1, 1, 0, 0, 0]
        assert answers(ticked, issues[2])[0] == "max_dispatch_per_tick"
        planned_round(here, shards=5)
        assert starts(here, issues) == [1, 1, 1, 1, 0]


@on_both_forges
def test_shards__runs_per_day__is_that_of_the_whole_plan(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["runs_per_day"] = 2
        issues = several(here, 3, "[[idle]]")
        planned_round(here, shards=3)
        ticked = planned_round(here, shards=3)
        assert starts(here, issues) == [1, 1, 0]
        assert answers(ticked, issues[2]) == ("runs_per_day", "runs_per_day=2 is at 2")
        planned_round(here, shards=3, after=24 * HOUR)
        assert starts(here, issues) == [1, 1, 1]


@on_both_forges
def test_shards__a_run_ends__its_place_is_given_out_by_the_next_plan(kind: Forge) -> None:
    """Not within the shard: another one may have who comes first."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 1
        first, later = several(here, 2, SHORT)
        soon = here.issue(first.repo, "Do more", SHORT)
        priority(here, later, 1)
        here.forge.remove_label(later, READY, here.owner)
        planned_round(here, shards=2)
        assert starts(here, [first, later, soon]) == [1, 0, 0]
        here.forge.add_label(later, READY, here.owner)
        for _ in range(4):
            planned_round(here, shards=2, after=120)
            if first.closed_at:
                break
        assert starts(here, [first, later, soon]) == [1, 0, 0]
        planned_round(here, shards=2)
        assert starts(here, [first, later, soon]) == [1, 1, 0]


@on_both_forges
def test_shard__labelled_after_the_plan__starts_where_a_place_is_left(kind: Forge) -> None:
    with world(kind) as here:
        one, two = several(here, 2)
        late = here.issue(here.repository("late"), "Do it", BODY, ready=False)
        planned = plan(here, "--shards", "2", "--fill", "1")
        here.forge.add_label(here.issue(one.repo, "More", BODY, ready=False), READY, here.owner)
        here.clock.sleep(30)
        here.forge.remove_label(one, READY, here.owner)
        here.forge.add_label(late, READY, here.owner)
        for share in shares(planned):
            tick_shard(here, share)
        assert starts(here, [one, two, late]) == [0, 1, 0], "no shard has the third repository"
        assert len(threads(here)) == 2


@on_both_forges
def test_shards__a_usage_limit_elsewhere__shuts_the_provider(kind: Forge) -> None:
    """The record that says so is another shard's: the plan hands the words on."""
    with world(kind) as here:
        limited = here.issue(here.repository("r0"), "Do", "[[limit=5000]] [[push]]")
        polled(here)
        polled(here)
        same = here.issue(here.repository("r1"), "Do", BODY)
        other = here.issue(here.repository("r2", instance="claudeAgent"), "Do", BODY)

        ticked = planned_round(here, shards=3)

        assert starts(here, [limited, same, other]) == [1, 0, 1]
        gate, evidence = answers(ticked, same)
        assert gate == "provider-open"
        assert evidence.startswith("the provider's usage is limited, as the run elsewhere found")
        for _ in range(6):
            planned_round(here, shards=3, after=1200)
        assert starts(here, [same]) == [1], "and it opens again"


@pytest.mark.long
@on_both_forges
def test_shards__a_usage_limit_elsewhere__no_other_run_is_sent_a_turn(kind: Forge) -> None:
    """And once it is over, both go on: the run that waits for it never waits for itself."""
    with world(kind) as here:
        grace = {"ci": {"grace_seconds": 60}}
        limited = here.issue(here.repository("r0", **grace), "Do", "[[limit=2000]] [[push]]")
        slow = "[[slow=200]] [[ci=red,green]]"
        red = here.issue(here.repository("r1", **grace), "Do", slow)
        polled(here)
        for _ in range(6):
            planned_round(here, shards=2, after=120)
        assert len(said_to(here, red)) == 1
        assert "usage is limited, as the run elsewhere found" in red.comments[0].body
        for _ in range(12):
            planned_round(here, shards=2, after=600)
        assert len(said_to(here, red)) == 2
        assert limited.closed_at is not None
        assert red.closed_at is not None


@on_both_forges
def test_shards__a_run_of_another_server__nothing_starts_anywhere(kind: Forge) -> None:
    with world(kind) as here:
        running = here.issue(here.repository("r0"), "Do", BODY)
        polled(here)
        here.t3.environment_id = "another-environment"
        here.t3.state.threads.clear()
        waits = here.issue(here.repository("r1"), "Do", BODY)
        ticked = planned_round(here, shards=2)
        assert not threads(here, running)
        assert not threads(here, waits)
        assert answers(ticked, waits)[1].startswith("T3 is another server")


@pytest.mark.long
@pytest.mark.parametrize("shards", [1, 2, 32])
def test_shards__approvals_to_write_down__are_shared_out_like_all_that_one_token_writes(
    shards: int,
) -> None:
    with world(Forge.FORGEJO) as here:
        here.settings["max_in_flight"] = 1
        issues = several(here, 25)
        (share,) = told(plan(here, "--shards", "1"))
        tick_shard(here, json.dumps(share | {"shards": shards}))
        pinned = sum(bool(one.comments) for one in issues) - 1
        assert pinned == {1: 20, 2: 10, 32: 1}[shards]


@on_both_forges
def test_shard__of_an_old_plan__starts_nothing_and_still_watches(kind: Forge) -> None:
    """A job may stand in line for hours; what its plan knew is not so any more."""
    with world(kind) as here:
        running, waits = several(here, 1, SHORT)[0], None
        polled(here)
        waits = here.issue(here.repository("late"), "Do it", BODY)
        (share,) = shares(plan(here, "--shards", "1"))
        here.clock.sleep(601)
        here.t3.advance()
        ticked = tick_shard(here, share)
        assert not threads(here, waits)
        assert held(ticked, waits).gate == "max_in_flight"
        assert running.closed_at is None
        here.clock.sleep(300)
        tick_shard(here, share)
        assert running.closed_at is not None
        assert not threads(here, waits)


@on_both_forges
def test_shard__reads_its_own_repositories_alone(kind: Forge) -> None:
    with world(kind) as here:
        for name in ("mine", "yours", "theirs"):
            here.issue(here.repository(name), "Do it", BODY)
        share = told(plan(here))[0] | {"repositories": ["owner/mine"]}
        forget(here)
        ticked = tick_shard(here, json.dumps(share))
        asked = "\n".join(
            f"{one.path} {one.body!r}" for one in here.log.exchanges if "search" not in one.path
        )
        assert "mine" in asked
        assert "yours" not in asked
        assert "theirs" not in asked
        assert len(threads(here)) == 1
        assert {one["issue"] for one in ticked.document["decisions"]} == {"owner/mine#1"}


@pytest.mark.parametrize("share", ["unfilled", "{}", "9/8", '{"shard": "1/1"}'])
def test_shard__a_matrix_that_was_not_filled__does_nothing_at_all(share: str) -> None:
    """One job with empty values is what Forgejo 11 makes of a matrix: it must not do everything."""
    with world(Forge.FORGEJO) as here:
        several(here, 1)
        forget(here)
        ticked = tick_shard(here, share)
        assert ticked.exit_code == 2
        assert "AFK_SHARD" in said(ticked, "error")
        assert here.requests() == (0, 0)


def test_shard__repositories_that_left_the_list__are_left_alone() -> None:
    """The plan's word opens nothing: a job's own configuration says where it may work."""
    with world(Forge.FORGEJO) as here:
        issues = several(here, 2)
        (share,) = shares(plan(here))
        here.settings["allowlist"].remove("owner/r0")
        tick_shard(here, share)
        assert starts(here, issues) == [0, 1]
        here.settings["allowlist"] = ["owner/elsewhere"]
        here.settings["repositories"]["owner/elsewhere"] = {"workspace": "/srv/elsewhere"}
        forget(here)
        ticked = tick_shard(here, share)
        assert ticked.exit_code == 0
        assert "none of this shard's repositories is to be looked at" in said(ticked)
        assert here.requests() == (0, 0)


@on_both_forges
def test_shards__one_fails__the_others_work_is_whole(kind: Forge) -> None:
    with world(kind) as here:
        issues = several(here, 3)
        made = shares(plan(here, "--shards", "3", "--fill", "1"))
        tick_shard(here, made[0])
        here.faults["forge"] = lambda _method, _path: Fault("before")
        assert tick_shard(here, made[1]).exit_code == 1
        here.faults.clear()
        tick_shard(here, made[2])
        assert starts(here, issues) == [1, 0, 1]
        planned_round(here, shards=3)
        assert starts(here, issues) == [1, 1, 1]


def test_shards__one_is_killed__the_next_plan_goes_on_from_there() -> None:
    """After its claim: its place is taken, and the claim comes to its thread."""
    with world(Forge.FORGEJO) as here:
        here.settings["max_in_flight"] = 3
        issues = several(here, 4)
        made = shares(plan(here, "--shards", "4", "--fill", "1"))
        with pytest.raises(Killed):
            tick_shard(here, made[0], transport=KillingTransport(4, after=True))
        for one in made[1:]:
            tick_shard(here, one)
        assert sum(starts(here, issues)) <= 3
        planned_round(here, shards=4)
        planned_round(here, shards=4)
        assert starts(here, issues) == [1, 1, 1, 0]


def test_tick__without_a_shard__is_as_it_was() -> None:
    with world(Forge.FORGEJO) as here:
        issues = several(here, 2)
        replace(here, environ={**here.environ, "AFK_SHARD": " "}).run("tick")
        assert starts(here, issues) == [1, 1]
