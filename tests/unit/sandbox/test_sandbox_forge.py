"""The sandbox's forge itself: what acts leave behind, who may what, what pushes set off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.history import KEPT_REVISIONS
from afk_sandbox.forge.issues import BadDependency, Blocked
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Access, Account, Issue, Repository
from afk_sandbox.forge.references import Reference, Verb, in_commit, in_markdown

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
K = EventKind


class Bed:
    """A forge with one repository, one issue, a clock that moves when told."""

    def __init__(self) -> None:
        """Build it."""
        self.time = START
        self.forge = ForgeModel(lambda: self.time)
        self.owner: Account = self.forge.add_account("owner")
        self.stranger: Account = self.forge.add_account("stranger")
        self.repo: Repository = self.forge.add_repository(self.owner, "shop", workflows=())
        for name in ("ready-for-agent", "bug"):
            self.forge.define_label(self.repo, name)
        self.issue: Issue = self.forge.open_issue(self.repo, "broken", self.stranger, "please")

    def later(self, seconds: float = 1) -> None:
        self.time += timedelta(seconds=seconds)

    def kinds(self, issue: Issue | None = None) -> list[EventKind]:
        return [event.kind for event in (issue or self.issue).events]


# Issues


@pytest.mark.parametrize(
    ("act", "moved", "kind"),
    [
        (lambda b: b.forge.add_label(b.issue, "bug", b.owner), True, K.LABELED),
        (lambda b: b.forge.edit_title(b.issue, b.owner, "other"), True, K.RENAMED),
        (lambda b: b.forge.edit_title(b.issue, b.owner, "broken"), False, None),
        (lambda b: b.forge.edit_body(b.issue, b.stranger, "evil"), True, None),
        (lambda b: b.forge.comment(b.issue, b.owner, "hello"), True, None),
        (lambda b: b.forge.edit_comment(b.issue.comments[0], b.owner, "x"), False, None),
        (lambda b: b.forge.delete_comment(b.issue.comments[0]), False, None),
        (lambda b: b.forge.close(b.issue, b.owner), True, K.CLOSED),
        (lambda b: b.forge.reopen(b.issue, b.owner), False, None),
        (lambda b: b.forge.remove_label(b.issue, "bug", b.owner), False, None),
        (lambda b: b.forge.lock(b.issue, b.owner), True, K.LOCKED),
    ],
)
def test_act_on_an_issue__updated_at_and_event__as_a_forge_has_it(
    act: object, *, moved: bool, kind: EventKind | None
) -> None:
    """Body edits and comments leave no event; what changes nothing leaves nothing."""
    bed = Bed()
    bed.forge.comment(bed.issue, bed.stranger, "first")
    before, events = bed.issue.updated_at, len(bed.issue.events)
    bed.later()
    act(bed)  # type: ignore[operator]  # the table's functions
    assert (bed.issue.updated_at > before) is moved
    assert bed.kinds()[events:] == ([kind] if kind else [])


@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.sampled_from("abc"))))
def test_labels__any_sequence__events_tell_what_is_on(acts: list[tuple[str, str]]) -> None:
    """A label is on exactly if its newest event says so; a repeated act leaves no event."""
    bed = Bed()
    for name in "abc":
        bed.forge.define_label(bed.repo, name)
    for act, name in acts:
        change = bed.forge.add_label if act == "add" else bed.forge.remove_label
        change(bed.issue, name, bed.owner)
    newest = {event.label.name: event.kind for event in bed.issue.events if event.label}
    on = {name for name, kind in newest.items() if kind is K.LABELED}
    assert {label.name for label in bed.issue.labels} == on
    ids = [event.id for event in bed.issue.events]
    assert ids == sorted(set(ids))


def test_dependency__open_blocker__cannot_be_closed_and_is_told_on_both() -> None:
    bed = Bed()
    blocker = bed.forge.open_issue(bed.repo, "first", bed.owner)
    bed.forge.add_dependency(bed.issue, blocker, bed.owner)
    with pytest.raises(Blocked):
        bed.forge.close(bed.issue, bed.owner)
    with pytest.raises(BadDependency):
        bed.forge.add_dependency(blocker, bed.issue, bed.owner)
    assert bed.kinds() == [K.BLOCKED_BY_ADDED]
    assert bed.kinds(blocker) == [K.BLOCKING_ADDED]
    before = bed.issue.updated_at
    bed.later()
    bed.forge.close(blocker, bed.owner)
    assert bed.issue.updated_at == before
    bed.forge.close(bed.issue, bed.owner)
    assert not bed.issue.open


def test_mention__from_a_private_repository__moves_updated_at_and_is_told_once() -> None:
    bed = Bed()
    secret = bed.forge.add_repository(bed.stranger, "secret", private=True)
    bed.later()
    source = bed.forge.open_issue(secret, "note", bed.stranger, "see owner/shop#1")
    bed.forge.edit_body(source, bed.stranger, "still owner/shop#1 and <!-- #1 -->")
    assert [(e.kind, e.other, e.source) for e in bed.issue.events] == [
        (K.MENTIONED, source, secret)
    ]
    assert bed.issue.updated_at == bed.time


def test_body__many_edits__keeps_the_original_and_the_newest() -> None:
    bed = Bed()
    for number in range(40):
        bed.forge.edit_body(bed.issue, bed.stranger, f"text {number}")
    texts = [revision.text for revision in bed.issue.history]
    assert len(texts) == KEPT_REVISIONS
    assert (texts[0], texts[1], texts[-1]) == ("please", "text 21", "text 39")


def test_account__deleted__loses_its_token_and_its_name_but_not_its_acts() -> None:
    bed = Bed()
    token = bed.forge.token_for(bed.stranger)
    bed.forge.add_label(bed.issue, "bug", bed.stranger)
    bed.forge.delete_account(bed.stranger)
    assert token not in bed.forge.tokens
    assert bed.forge.account("stranger") is None
    assert bed.issue.events[0].actor.deleted


def test_repository__renamed_then_transferred__found_by_every_former_name() -> None:
    bed = Bed()
    bed.forge.rename_repository(bed.repo, "store")
    bed.forge.transfer_repository(bed.repo, bed.stranger)
    assert bed.repo.full_name == "stranger/store"
    assert bed.forge.repository("owner/shop") is None
    assert bed.forge.moved_repository("owner/shop") is bed.repo
    assert bed.forge.moved_repository("OWNER/store") is bed.repo
    bed.forge.delete_repository(bed.repo)
    assert bed.forge.moved_repository("owner/shop") is None


@pytest.mark.parametrize(
    ("private", "access", "expected"),
    [
        (False, None, Access.READ),
        (True, None, Access.NONE),
        (True, "read", Access.READ),
        (False, "write", Access.WRITE),
        (False, "admin", Access.ADMIN),
        (True, "none", Access.NONE),
    ],
)
def test_rights__of_an_account__are_the_best_it_was_given(
    *, private: bool, access: str | None, expected: Access
) -> None:
    bed = Bed()
    bed.repo.private = private
    if access:
        bed.forge.set_access(bed.repo, bed.stranger, access)
    assert bed.forge.rights(bed.repo, bed.stranger) is expected
    assert bed.forge.role(bed.repo, bed.stranger) is expected
    assert bed.forge.rights(bed.repo, bed.owner) is Access.OWNER
    assert bed.forge.visible(bed.repo, None) is not private


# References and pushes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("do it (#7)", [Reference("", 7, Verb.MENTION)]),
        (
            "Closes #7, fixes: a/b#8",
            [Reference("", 7, Verb.CLOSE), Reference("a/b", 8, Verb.CLOSE)],
        ),
        ("Reopens #7\n\nAFK-Run: 1", [Reference("", 7, Verb.REOPEN)]),
        ("discloses #7", [Reference("", 7, Verb.MENTION)]),
        ("no 7#8 nor x#y nor #7a", []),
    ],
)
def test_in_commit__text__names_issues_and_what_to_do(text: str, found: list[Reference]) -> None:
    assert list(in_commit(text)) == found


def test_in_markdown__code_and_hidden_text__name_nothing() -> None:
    text = "<!-- #1 --> `#2` ```\n#3\n``` closes #4 and #4"
    assert list(in_markdown(text)) == [Reference("", 4, Verb.MENTION)]


@pytest.mark.parametrize(
    ("branch", "pusher", "message", "kinds"),
    [
        ("main", "owner", "Closes #1", [K.REFERENCED, K.CLOSED]),
        ("main", "owner", "about #1", [K.REFERENCED]),
        ("side", "owner", "Closes #1", [K.REFERENCED]),
        ("main", "reader", "Closes #1", [K.REFERENCED]),
        ("main", "stranger", "Closes #1", [K.REFERENCED, K.CLOSED]),
    ],
)
def test_push__commit_names_an_issue__closes_it_on_the_default_branch_if_the_pusher_may(
    branch: str, pusher: str, message: str, kinds: list[EventKind]
) -> None:
    """The author of the issue may close it without any other right."""
    bed = Bed()
    bed.forge.add_account("reader")
    actor = bed.forge.account(pusher)
    assert actor is not None
    bed.forge.push(bed.repo, "main", "first", bed.owner)
    sha = bed.forge.push(bed.repo, branch, message, actor)
    assert bed.kinds() == kinds
    assert {event.commit for event in bed.issue.events} == {sha}
    assert len({event.at for event in bed.issue.events}) == 1


def test_move_branch__merged_commit__is_referenced_once_and_closes_now() -> None:
    bed = Bed()
    bed.forge.push(bed.repo, "main", "first", bed.owner)
    sha = bed.forge.push(bed.repo, "side", "Closes #1", bed.owner)
    assert bed.issue.open
    bed.forge.move_branch(bed.repo, "main", sha, bed.owner)
    assert bed.kinds() == [K.REFERENCED, K.CLOSED]
    assert bed.forge.commits_between(bed.repo, sha, sha) == []


def test_push__same_acts_again__same_shas() -> None:
    shas = [Bed().forge, Bed().forge]
    made = [forge.push(forge.repositories[0], "main", "work", forge.accounts[0]) for forge in shas]
    assert made[0] == made[1]
