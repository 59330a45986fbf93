"""What branches demand, and what stands in a merge's way.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import BEDS, ON_PULLS, PullBed

from afk_sandbox.forge.protection import Block, Obstacle
from afk_sandbox.forge.pull_records import Verdict
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.reviews import Note
from afk_sandbox.forge.rules_of_branches import Method, Queue


def _obstacles(bed: PullBed) -> list[Obstacle]:
    (pull,) = bed.forge.pulls(bed.repo)
    return [one.obstacle for one in bed.forge.blocks(pull, bed.bot)]


@BEDS
def test_blocks__nothing_asked__nothing_stands_in_the_way(bed: PullBed) -> None:
    """Red CI and refused changes alone block nothing (recording 196)."""
    pull = bed.open()
    bed.forge.review(pull, bed.stranger, Verdict.CHANGES_REQUESTED)
    bed.forge.post_status(bed.repo, pull.head_sha, "failure", bed.bot)
    assert _obstacles(bed) == []


@BEDS
def test_blocks__of_the_pull_itself__in_order(bed: PullBed) -> None:
    pull = bed.open()
    bed.forge.set_draft(pull, bed.bot, draft=True)
    bed.push("main", text="app.py:2=z", actor=bed.owner)
    bed.known(pull)
    assert _obstacles(bed) == [Obstacle.DRAFT, Obstacle.CONFLICT]
    assert bed.forge.blocks(pull, bed.stranger)[0] == Block(Obstacle.NOT_ALLOWED)
    bed.forge.close(pull.issue, bed.bot)
    assert _obstacles(bed) == [Obstacle.CLOSED]


def test_blocks__while_checking__forgejo_only(bed: PullBed, hub: PullBed) -> None:
    """Recordings 55-59."""
    for one, blocked in ((bed, [Obstacle.CHECKING]), (hub, [])):
        one.open()
        one.push("main", text="c.py:1=1", actor=one.owner)
        one.wait(0.3)
        assert _obstacles(one) == blocked


def test_blocks__head_in_the_base_or_an_open_dependency__forgejo_only(bed: PullBed) -> None:
    """Recordings 154, 164, 297."""
    pull = bed.open()
    bed.forge.add_dependency(pull.issue, bed.forge.open_issue(bed.repo, "b", bed.owner), bed.owner)
    assert _obstacles(bed) == [Obstacle.DEPENDENCY]
    bed.forge.move_branch(bed.repo, "main", pull.head_sha, bed.owner)
    bed.known(pull)
    assert _obstacles(bed) == [Obstacle.NOTHING, Obstacle.DEPENDENCY]


# Checks


def test_checks__of_both_events__are_named_as_each_forge_names_them() -> None:
    """Recording 165."""
    names = {}
    for github in (False, True):
        bed = PullBed(github=github, workflows=ON_PULLS)
        pull = bed.open()
        bed.wait(60)
        bed.forge.post_status(bed.repo, pull.head_sha, "success", bed.bot, context="lint")
        names[github] = bed.forge.check_states(bed.repo, pull.head_sha)
    assert names[False] == {
        f"ci / {job} ({event})": ["success"]
        for event in ("push", "pull_request")
        for job in ("build", "lint", "test")
    } | {"lint": ["success"]}
    assert names[True] == {
        "build": ["success"] * 2,
        "lint": ["success"] * 3,
        "test": ["success"] * 2,
    }


@pytest.mark.parametrize(
    ("posted", "unmet"),
    [
        ({}, ["ci / *"]),
        ({"ci / a": "pending"}, ["ci / *"]),
        ({"ci / a": "success"}, []),
        ({"ci / a": "skipped"}, []),
        ({"ci / a": "warning"}, ["ci / *"]),
        ({"ci / a": "success", "ci / b": "failure"}, ["ci / *"]),
        ({"other": "failure", "ci / a": "success"}, []),
    ],
)
def test_checks__globs__every_match_must_pass_and_one_must_be_there(
    bed: PullBed, posted: dict[str, str], unmet: list[str]
) -> None:
    """Recordings 205, 288-290."""
    pull = bed.open()
    bed.forge.protect(bed.repo, "main", required=("ci / *",))
    for context, state in posted.items():
        bed.forge.post_status(bed.repo, pull.head_sha, state, bed.stranger, context=context)
    assert bed.forge.unmet_checks(bed.repo, "main", pull.head_sha) == unmet
    wanted = [Block(Obstacle.CHECKS, tuple(unmet), 1)] if unmet else []
    assert bed.forge.blocks(pull, bed.bot) == wanted


def test_checks__names__are_exact_on_github_and_of_all_rules_together(hub: PullBed) -> None:
    pull = hub.open()
    hub.forge.protect(hub.repo, "main", required=("a", "b"))
    hub.forge.protect(hub.repo, "ma*", ruleset=True, required=("b", "c*"))
    hub.forge.protect(hub.repo, "dev", required=("d",))
    for context in ("a", "c"):
        hub.forge.post_status(hub.repo, pull.head_sha, "success", hub.bot, context=context)
    assert hub.forge.unmet_checks(hub.repo, "main", pull.head_sha) == ["b", "c*"]


# Reviews


@BEDS
def test_approvals__of_writers_only__and_of_named_ones_where_named(bed: PullBed) -> None:
    """Recordings 208, 212, 303."""
    pull = bed.open()
    rule = bed.forge.protect(bed.repo, "main", approvals=1)
    bed.forge.review(pull, bed.stranger, Verdict.APPROVED)
    assert bed.forge.blocks(pull, bed.bot) == [Block(Obstacle.APPROVALS, count=1)]
    review = bed.forge.review(pull, bed.writer, Verdict.APPROVED)
    assert _obstacles(bed) == []
    bed.forge.dismiss(review, bed.owner)
    assert _obstacles(bed) == [Obstacle.APPROVALS]
    bed.forge.unprotect(bed.repo, rule)
    bed.forge.protect(bed.repo, "main", approvers=frozenset({bed.owner.id}))
    assert not bed.forge.review(pull, bed.writer, Verdict.APPROVED).official
    assert bed.forge.review(pull, bed.owner, Verdict.APPROVED).official


def test_changes_requested__block__by_a_setting_on_forgejo_with_approvals_on_github(
    bed: PullBed, hub: PullBed
) -> None:
    """Recording 221."""
    for one, demands in ((bed, {"rejected_blocks": True}), (hub, {"approvals": 1})):
        pull = one.open()
        one.forge.protect(one.repo, "main", **demands)
        one.forge.review(pull, one.owner, Verdict.APPROVED)
        one.forge.review(pull, one.stranger, Verdict.CHANGES_REQUESTED)
        assert _obstacles(one) == []
        one.forge.review(pull, one.writer, Verdict.CHANGES_REQUESTED)
        assert one.forge.blocks(pull, one.bot) == [Block(Obstacle.REJECTED, ("writer",))]
        one.forge.review(pull, one.writer, Verdict.APPROVED)
        assert _obstacles(one) == []


def test_requests__block_until_answered(bed: PullBed) -> None:
    """Recording 236."""
    pull = bed.open()
    bed.forge.protect(bed.repo, "main", requested_blocks=True)
    bed.forge.request_review(pull, bed.bot, bed.writer)
    assert bed.forge.blocks(pull, bed.bot) == [Block(Obstacle.REQUESTED, ("writer",))]
    bed.forge.review(pull, bed.writer, Verdict.COMMENTED)
    assert _obstacles(bed) == []


@BEDS
def test_stale_approvals__ignored_or_dismissed_where_the_rule_says_so(bed: PullBed) -> None:
    """Recording 240."""
    pull = bed.open()
    rule = bed.forge.protect(bed.repo, "main", approvals=1)
    review = bed.forge.review(pull, bed.writer, Verdict.APPROVED)
    bed.push("side", text="app.py:4=d")
    bed.known(pull)
    assert _obstacles(bed) == []
    rule.ignores_stale = True
    assert _obstacles(bed) == [Obstacle.APPROVALS]
    rule.ignores_stale, rule.dismisses_stale = False, True
    bed.push("side", text="app.py:5=e")
    bed.known(pull)
    assert (review.dismissed, _obstacles(bed)) == (True, [Obstacle.APPROVALS])
    rule.dismisses_stale, rule.last_push = False, True
    bed.push("side", text="app.py:6=f", actor=bed.writer)
    bed.known(pull)
    bed.forge.review(pull, bed.writer, Verdict.APPROVED)
    assert _obstacles(bed) == [Obstacle.APPROVALS]
    bed.forge.review(pull, bed.owner, Verdict.APPROVED)
    assert _obstacles(bed) == []


# The rest


@BEDS
def test_rules__up_to_date_threads_files_and_queue__each_blocks(bed: PullBed) -> None:
    """Recordings 242, 246."""
    pull = bed.open()
    rule = bed.forge.protect(
        bed.repo, "main", up_to_date=True, resolved=True, files=("*.py",), queue=Queue()
    )
    assert _obstacles(bed) == [Obstacle.FILES, Obstacle.QUEUE]
    bed.forge.review(pull, bed.writer, Verdict.COMMENTED, notes=[Note("app.py", 2, "?")])
    bed.push("main", text="c.txt:1=1", actor=bed.owner)
    bed.known(pull)
    found = bed.forge.blocks(pull, bed.bot)
    assert [one.obstacle for one in found] == [
        Obstacle.BEHIND,
        Obstacle.THREADS,
        Obstacle.FILES,
        Obstacle.QUEUE,
    ]
    assert found[2].names == ("app.py",)
    rule.bypass = frozenset({bed.bot.id})
    assert _obstacles(bed) == []


@BEDS
def test_may__push_and_merge__as_the_rules_name_them(bed: PullBed) -> None:
    """Recordings 191-194, 244-248."""
    forge, repo = bed.forge, bed.repo
    assert (forge.may_push(repo, "main", bed.bot), forge.may_merge(repo, "main", bed.bot)) == (
        True,
        True,
    )
    rule = forge.protect(repo, "main", push=frozenset(), merge=frozenset({bed.writer.id}))
    assert [forge.may_push(repo, "main", one) for one in (bed.bot, bed.writer)] == [False, False]
    assert [forge.may_merge(repo, "main", one) for one in (bed.bot, bed.writer)] == [False, True]
    assert forge.may_push(repo, "side", bed.bot)
    assert not forge.may_push(repo, "side", bed.stranger)
    assert not forge.may_merge(repo, "side", bed.stranger)
    rule.bypass = frozenset({bed.bot.id})
    assert forge.may_push(repo, "main", bed.bot)
    assert forge.may_merge(repo, "main", bed.bot)


@BEDS
def test_methods__cut_by_settings_and_rules(bed: PullBed) -> None:
    """Recordings 156-159."""
    assert bed.forge.methods(bed.repo, "main") == frozenset(Method)
    bed.repo.merging.methods = frozenset({Method.MERGE, Method.SQUASH, Method.REBASE})
    rule = bed.forge.protect(bed.repo, "main", linear=True)
    assert bed.forge.methods(bed.repo, "main") == {Method.SQUASH, Method.REBASE}
    rule.methods = frozenset({Method.SQUASH, Method.FAST_FORWARD})
    assert bed.forge.methods(bed.repo, "main") == {Method.SQUASH}
    assert Method.MERGE in bed.forge.methods(bed.repo, "side")


@BEDS
def test_delete_branch__protected__is_refused_unless_by_a_ruleset_alone(bed: PullBed) -> None:
    """Recording 250."""
    bed.push("side")
    rule = bed.forge.protect(bed.repo, "si*")
    with pytest.raises(NotPossible, match="protected"):
        bed.forge.delete_branch(bed.repo, "side", bed.bot)
    assert "side" in bed.repo.branches
    rule.ruleset = True
    bed.forge.delete_branch(bed.repo, "side", bed.bot)
    assert "side" not in bed.repo.branches
