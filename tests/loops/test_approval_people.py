"""Whose ready label counts: asked from the forge at that moment, never believed from the label."""

from datetime import timedelta

import pytest
from support.poll_rig import (
    BODY,
    STARTED,
    assert_started,
    assert_untouched,
    forget,
    held,
    labels,
    on_both_forges,
    polled,
    ready,
    record,
    said,
    threads,
    writes,
)

from afk.types import Forge
from afk_sandbox.faults import Fault, FaultHook
from afk_sandbox.forge.records import AccountKind, Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world

WITHOUT = "applied by an account without write permission"
UNTOLD = "whether its author may write cannot be told"
DAY = 86_400


def by_stranger(here: World, name: str = "shop") -> Issue:
    """An issue that a stranger opened with the label on, as Forgejo's web form lets anybody."""
    repo = here.forge.repository(f"owner/{name}") or here.repository(name)
    return here.forge.web_form_issue(repo, here.stranger, [READY], title="Mine", body=BODY)


def unreadable(status: int) -> FaultHook:
    """Answer every question about rights with this status."""

    def hook(method: str, path: str) -> Fault | None:
        asks = path.endswith(("/permission", "/assignees")) and method == "GET"
        return Fault("before", status, b'{"message":"no"}', "application/json") if asks else None

    return hook


@on_both_forges
def test_label__by_a_stranger__is_taken_off_with_one_comment_ever(kind: Forge) -> None:
    with world(kind) as here:
        issue = by_stranger(here)
        ticked = polled(here)
        assert ticked.exit_code == 0
        assert held(ticked, issue) == ("approved", WITHOUT)
        assert READY not in labels(issue)
        here.clock.sleep(60)
        here.forge.add_label(issue, READY, here.stranger)
        polled(here)
        assert READY not in labels(issue)
        (comment,) = issue.comments
        assert comment.author is here.bot
        assert "afk took it off" in comment.body
        assert threads(here) == []
        forget(here)
        assert polled(here).document["decisions"] == []
        assert writes(here) == []


@on_both_forges
def test_label__by_strangers_on_many_issues__at_most_five_a_tick(kind: Forge) -> None:
    """Ready and in-progress alike: what is written about strangers is bounded."""
    with world(kind) as here:
        issues = [by_stranger(here) for _ in range(5)]
        repo = issues[0].repo
        issues += [
            here.forge.web_form_issue(repo, here.stranger, [IN_PROGRESS], body="x")
            for _ in range(2)
        ]
        polled(here)
        assert sum(not labels(issue) for issue in issues) == 5
        assert sum(len(issue.comments) for issue in issues) == 5
        polled(here)
        assert [labels(issue) for issue in issues] == [set()] * 7
        assert sum(len(issue.comments) for issue in issues) == 7
        assert threads(here) == []


@on_both_forges
def test_label__by_a_stranger_on_top_of_an_approved_issue__the_newest_application_counts(
    kind: Forge,
) -> None:
    """Newest by order: afk does not look for a better one further back."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.forge.remove_label(issue, READY, here.owner)
        here.forge.add_label(issue, READY, here.stranger)
        assert held(polled(here), issue) == ("approved", WITHOUT)
        assert threads(here) == []


@on_both_forges
def test_label__by_a_collaborator_who_may_only_read__counts_as_a_stranger_s(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        here.forge.set_access(issue.repo, here.stranger, "read")
        ready(here, issue, here.stranger)
        assert held(polled(here), issue) == ("approved", WITHOUT)
        assert READY not in labels(issue)


@on_both_forges
def test_label__by_a_collaborator_with_write__starts(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        here.forge.set_access(issue.repo, here.stranger, "write")
        ready(here, issue, here.stranger)
        assert held(polled(here), issue) == STARTED
        assert record(here, issue)["approval"]["actor_id"] == here.stranger.id


@on_both_forges
def test_label__its_author_lost_the_right_since__is_refused(kind: Forge) -> None:
    """Asked at dispatch time: what somebody was allowed yesterday counts for nothing."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        here.forge.set_access(issue.repo, here.stranger, "write")
        ready(here, issue, here.stranger)
        assert held(polled(here), issue).gate == "max_in_flight"
        del here.settings["max_in_flight"]
        here.forge.set_access(issue.repo, here.stranger, "none")
        assert held(polled(here), issue) == ("approved", WITHOUT)
        assert threads(here) == []
        assert READY not in labels(issue)


@on_both_forges
def test_label__by_afk_s_own_account__is_held_and_left_alone(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        ready(here, issue, here.bot)
        assert held(polled(here), issue) == (
            "approved",
            (
                "applied by the account afk itself runs as: label it as yourself, and give afk an "
                "account of its own"
            ),
        )
        assert writes(here) == []
        assert_untouched(here, issue)


@on_both_forges
def test_label__by_a_former_account_of_afk__is_held_too(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.settings["own_accounts"] = [here.owner.id]
        assert held(polled(here), issue).evidence.startswith(
            "applied by the account afk itself runs as: label it as yourself"
        )
        assert writes(here) == []


def test_label__by_an_app__counts_only_once_it_is_listed_by_id() -> None:
    """GitHub's apps; a login in ``trusted`` is a person's and vouches for no app."""
    with world(Forge.GITHUB) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        app = here.forge.add_account("triage", kind=AccountKind.BOT)
        here.forge.set_access(issue.repo, app, "write")
        ready(here, issue, app)
        here.settings["trusted"] = ["triage"]
        gate, evidence = held(polled(here), issue)
        assert gate == "approved"
        assert evidence.startswith("applied by an app that is not listed in `trusted`")
        assert f"trusted: [{app.id}]" in evidence
        assert writes(here) == []
        here.settings["trusted"] = [app.id]
        assert held(polled(here), issue) == STARTED
        assert_started(here, issue)


@on_both_forges
def test_label__rights_cannot_be_told__held_untouched_and_the_way_out_is_named(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        here.faults["forge"] = unreadable(403)
        ticked = polled(here)
        assert ticked.exit_code == 0
        gate, evidence = held(ticked, issue)
        assert (gate, evidence.startswith(UNTOLD)) == ("approved", True)
        assert f"trusted: [{here.owner.id}]" in evidence
        assert writes(here) == []
        assert READY in labels(issue)
        assert_untouched(here, issue)
        here.settings["trusted"] = [here.owner.id]
        assert held(polled(here), issue) == STARTED
        assert_started(here, issue)


@on_both_forges
def test_label__asking_for_rights_fails__one_error_and_the_others_go_on(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        other = here.issue(here.repository("site"), "Add a page", BODY)

        def hook(method: str, path: str) -> Fault | None:
            return unreadable(500)(method, path) if "owner/shop/" in path else None

        here.faults["forge"] = hook
        ticked = polled(here)
        assert ticked.exit_code == 1
        assert "owner/shop#1" in {one["issue"] for one in ticked.document["said"]}
        assert [one["issue"] for one in ticked.document["decisions"]] == ["owner/site#1"]
        assert not any("owner/shop" in one for one in writes(here))
        assert_untouched(here, issue)
        assert_started(here, other)


@on_both_forges
def test_label__in_trusted_by_login__counts_for_a_person(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["trusted"] = ["stranger"]
        issue = by_stranger(here)
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_label__account_deleted_since__is_refused(kind: Forge) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY, ready=False)
        here.forge.set_access(issue.repo, here.stranger, "write")
        ready(here, issue, here.stranger)
        here.forge.delete_account(here.stranger)
        assert held(polled(here), issue).gate == "approved"
        assert threads(here) == []


@pytest.mark.parametrize(("age", "starts"), [(7 * DAY, True), (7 * DAY + 1, False)])
@on_both_forges
def test_label__of_an_age__is_good_for_seven_days(kind: Forge, age: int, starts: bool) -> None:
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        ticked = polled(here, after=timedelta(seconds=age).total_seconds())
        if starts:
            assert held(ticked, issue) == STARTED
            return
        gate, evidence = held(ticked, issue)
        assert gate == "approved"
        assert evidence == "the approval is too old (approval_max_age=604800): label it again"
        assert writes(here) == []
        assert_untouched(here, issue)
        here.forge.remove_label(issue, READY, here.owner)
        ready(here, issue)
        assert held(polled(here), issue) == STARTED


@on_both_forges
def test_label__recorded_and_then_too_old__is_held_without_another_write(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        assert record(here, issue)["stage"] == "approved"
        del here.settings["max_in_flight"]
        forget(here)
        ticked = polled(here, after=7 * DAY)
        assert "label it again" in held(ticked, issue).evidence
        assert "label it again" in said(ticked, "event")
        assert writes(here) == []
        assert threads(here) == []
