"""Reviews: who may give one, what counts, what a push does to them; threads of comments.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import BEDS, PullBed

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Pull, Verdict
from afk_sandbox.forge.reviews import Note, OwnPull

WHY = Note("app.py", 2, "why?")


@BEDS
def test_review__of_ones_own__only_a_comment(bed: PullBed) -> None:
    """Recordings 209, 211."""
    pull = bed.open()
    for verdict in (Verdict.APPROVED, Verdict.CHANGES_REQUESTED):
        with pytest.raises(OwnPull):
            bed.forge.review(pull, bed.bot, verdict)
    assert pull.reviews == []
    bed.forge.review(pull, bed.bot, Verdict.COMMENTED, "note")
    assert [one.official for one in pull.reviews] == [False]


@BEDS
def test_review__by_a_stranger_and_a_writer__both_listed_one_official(bed: PullBed) -> None:
    """Recordings 212, 216."""
    pull = bed.open()
    bed.wait(60)
    one = bed.forge.review(pull, bed.stranger, Verdict.APPROVED, "fine")
    two = bed.forge.review(pull, bed.writer, Verdict.CHANGES_REQUESTED, "no", notes=[WHY])
    assert [one.official, two.official] == [False, True]
    assert (two.commit, two.body, pull.issue.updated_at) == (pull.head_sha, "no", bed.moment[0])
    assert [event.review for event in pull.issue.events[1:]] == [one, two]
    assert [bed.forge.counts(each) for each in (one, two)] == [False, True]


def test_review__pending__is_its_authors_until_submitted_and_keeps_its_id(bed: PullBed) -> None:
    """Recordings 216, 217, 238."""
    pull = bed.open()
    review = bed.forge.review(pull, bed.owner, Verdict.PENDING, "draft", notes=[WHY])
    assert bed.forge.reviews_for(pull, bed.bot) == []
    assert bed.forge.reviews_for(pull, None) == []
    assert bed.forge.reviews_for(pull, bed.owner) == [review]
    assert EventKind.REVIEWED not in bed.kinds(pull.issue)
    bed.forge.submit(review, Verdict.APPROVED)
    assert (review.id, review.body, review.official) == (1, "draft", True)
    assert bed.forge.reviews_for(pull, bed.bot) == [review]
    assert bed.kinds(pull.issue)[-1] is EventKind.REVIEWED
    own = bed.forge.review(pull, bed.bot, Verdict.PENDING)
    with pytest.raises(OwnPull):
        bed.forge.submit(own, Verdict.APPROVED)
    bed.forge.submit(own, Verdict.COMMENTED, "said")
    assert own.body == "said"


def test_review__new_opinion_of_the_same_person__forgejo_dismisses_the_older(
    bed: PullBed, hub: PullBed
) -> None:
    """Recording 304; a later comment lifts none, on neither forge."""
    for one, dismissed in ((bed, True), (hub, False)):
        pull = one.open()
        first = one.forge.review(pull, one.writer, Verdict.CHANGES_REQUESTED)
        one.forge.review(pull, one.writer, Verdict.COMMENTED, "hm")
        assert one.forge.opinions(pull) == [first]
        second = one.forge.review(pull, one.writer, Verdict.APPROVED)
        assert (first.dismissed, first.official) == (dismissed, not dismissed)
        assert one.forge.opinions(pull) == [second]


def test_request__again__turns_the_former_review_unofficial_and_is_listed(
    bed: PullBed, hub: PullBed
) -> None:
    """Recordings 230-234."""
    for one in (bed, hub):
        pull = one.open()
        review = one.forge.review(pull, one.writer, Verdict.APPROVED)
        asked = one.forge.request_review(pull, one.bot, one.writer)
        stranger = one.forge.request_review(pull, one.bot, one.stranger)
        assert [asked.official, stranger.official, asked.commit] == [True, False, ""]
        assert pull.requested == [one.writer, one.stranger]
        assert review.official is (one is hub)
        assert pull.issue.events[-1].assignee is one.stranger
        one.forge.request_review(pull, one.bot, one.writer)
        one.forge.review(pull, one.writer, Verdict.COMMENTED)
        assert pull.requested == [one.stranger]
        with pytest.raises(OwnPull):
            one.forge.request_review(pull, one.owner, one.bot)


@BEDS
def test_dismiss__review__no_longer_stands(bed: PullBed) -> None:
    pull = bed.open()
    review = bed.forge.review(pull, bed.writer, Verdict.CHANGES_REQUESTED)
    bed.forge.dismiss(review, bed.owner, "settled")
    assert bed.forge.opinions(pull) == []
    event = pull.issue.events[-1]
    assert (event.kind, event.review, event.new) == (
        EventKind.REVIEW_DISMISSED,
        review,
        "settled",
    )


def test_official__forgejo_fixes_it_when_given_github_asks_today(
    bed: PullBed, hub: PullBed
) -> None:
    """Recording 241; ``authorCanPushToRepository``."""
    for one, still in ((bed, True), (hub, False)):
        pull = one.open()
        review = one.forge.review(pull, one.writer, Verdict.APPROVED)
        one.forge.set_access(one.repo, one.writer, "none")
        assert one.forge.counts(review) is still


# Threads


def _noted(bed: PullBed) -> Pull:
    pull = bed.open(text="app.py:2=b,app.py:3=c")
    notes = [WHY, Note("app.py", 3, "and here?")]
    bed.forge.review(pull, bed.writer, Verdict.CHANGES_REQUESTED, "no", notes=notes)
    return pull


def test_thread__same_line_twice__one_on_forgejo_two_on_github(bed: PullBed, hub: PullBed) -> None:
    """Recording 222; GitHub answers in a thread only when asked to."""
    for one, count in ((bed, 2), (hub, 3)):
        pull = _noted(one)
        one.forge.review(pull, one.owner, Verdict.COMMENTED, notes=[WHY])
        assert len(pull.threads) == count
        assert [thread.id for thread in pull.threads] == list(range(1, count + 1))


@BEDS
def test_thread__reply__goes_to_the_review_that_began_it(bed: PullBed) -> None:
    """Recordings 222, 270."""
    pull = _noted(bed)
    bed.wait(60)
    thread = bed.forge.thread_by_id(pull, 1)
    assert thread is not None
    reply = bed.forge.reply(thread, bed.bot, "done")
    assert thread.comments[-1] is reply
    assert pull.reviews[0].comments[-1] is reply
    assert (reply.author, pull.issue.updated_at) == (bed.bot, bed.moment[0])
    assert bed.forge.thread_by_id(pull, 9) is None


@BEDS
def test_thread__resolved_and_again_not__by_whom(bed: PullBed) -> None:
    pull = _noted(bed)
    thread = pull.threads[0]
    bed.forge.resolve_thread(thread, bed.owner)
    assert thread.resolved_by is bed.owner
    assert pull.threads[1].resolved_by is None
    bed.forge.unresolve_thread(thread)
    assert thread.resolved_by is None


@BEDS
def test_edit__comment_by_another__keeps_author_and_the_pulls_time(bed: PullBed) -> None:
    """Recordings 223, 270."""
    pull = _noted(bed)
    before, comment = pull.issue.updated_at, pull.threads[0].comments[0]
    bed.wait(60)
    bed.forge.edit_review_comment(comment, bed.bot, "never mind")
    assert (comment.author, comment.body) == (bed.writer, "never mind")
    assert (comment.updated_at, pull.issue.updated_at) == (bed.moment[0], before)
    assert [one.editor for one in comment.history] == [bed.writer, bed.bot]
    bed.forge.edit_review(pull.reviews[0], bed.owner, "yes")
    assert [one.text for one in pull.reviews[0].history] == ["no", "yes"]
    bed.forge.hide(comment)
    bed.forge.hide(pull.reviews[0], "spam")
    assert (comment.hidden, pull.reviews[0].hidden) == ("off-topic", "spam")


@BEDS
def test_push__changes_a_commented_line__outdates_that_thread_alone(bed: PullBed) -> None:
    """Recording 239: the place stays, ``updated_at`` jumps; GitHub: ``isOutdated``."""
    pull = _noted(bed)
    bed.wait(60)
    bed.push("side", text="app.py:2=other")
    assert [thread.outdated for thread in pull.threads] == [True, False]
    moved = [thread.comments[0].updated_at == bed.moment[0] for thread in pull.threads]
    assert moved == [True, False]
    assert (pull.threads[0].line, pull.threads[0].comments[0].commit) == (
        2,
        pull.reviews[0].commit,
    )


@BEDS
def test_stale__only_by_a_push_that_changes_the_diff(bed: PullBed) -> None:
    """Recordings 238, 241 and observation s6: all kinds get it, an update by merge makes none."""
    pull = _noted(bed)
    bed.forge.request_review(pull, bed.bot, bed.stranger)
    bed.push("main", text="c.py:1=1", actor=bed.owner)
    bed.known(pull)
    bed.forge.update_branch(pull, bed.bot)
    bed.wait(5)
    bed.forge.settle()
    assert bed.forge.contains(bed.repo, pull.head_sha, pull.base_sha)
    bed.forge.push(bed.repo, "side", "empty", bed.bot, changes=[])
    assert [one.stale for one in pull.reviews] == [False, False]
    bed.push("side", text="app.py:4=d")
    assert [one.stale for one in pull.reviews] == [True, True]
