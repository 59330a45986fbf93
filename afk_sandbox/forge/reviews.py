"""Reviews of pull requests: verdicts, comments on lines in threads, requests, dismissals.

"rec" are the recordings of Forgejo 16, ``pulls-16/``; GitHub's ways are those of
https://docs.github.com/pull-requests/reference/pull-request-reviews and of its GraphQL schema
(``PullRequestReview``, ``PullRequestReviewThread``). What counts for a merge is in
`afk_sandbox.forge.protection`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.following import Following
from afk_sandbox.forge.pull_records import Pull, Review, ReviewComment, Thread, Verdict
from afk_sandbox.forge.records import Access, Account, Unit

OPINIONS = frozenset({Verdict.APPROVED, Verdict.CHANGES_REQUESTED})


class OwnPull(Exception):
    """Nobody approves a pull request of his own, or asks himself for a review (rec 209, 232)."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reviewer writes on a line; ``line`` 0: on the file."""

    path: str
    line: int
    body: str
    old_side: bool = False


class Reviews(Following):
    """What people say of pull requests."""

    def review(
        self,
        pull: Pull,
        author: Account,
        verdict: Verdict,
        body: str = "",
        *,
        notes: Sequence[Note] = (),
        commit: str = "",
    ) -> Review:
        """Submit a review, or keep it pending; anybody who can read may (rec 212).

        ``commit`` is the head unless given. Raises `OwnPull`; a comment on one's own is fine
        (rec 211). A new opinion of the same person takes the place of the older one (rec 304).
        """
        if author is pull.author and verdict in OPINIONS:
            raise OwnPull(pull.issue.ref)
        if verdict in OPINIONS:
            self._supersede(pull, author)
        review = self._add(pull, author, verdict, body, commit or pull.head_sha)
        for note in notes:
            self._note(review, note)
        self._told(review)
        return review

    def submit(self, review: Review, verdict: Verdict, body: str = "") -> None:
        """Submit a pending review; it keeps its id (rec 217, 238)."""
        if review.author is review.pull.author and verdict in OPINIONS:
            raise OwnPull(review.pull.issue.ref)
        if verdict in OPINIONS:
            self._supersede(review.pull, review.author)
        review.verdict, review.body = verdict, body or review.body
        review.official = self._official(review.pull, review.author, verdict)
        review.updated_at = self.now()
        self._told(review)

    def reviews_for(self, pull: Pull, viewer: Account | None) -> list[Review]:
        """Return what an account can see: of pending reviews its own (rec 216, 217)."""
        return [
            one
            for one in pull.reviews
            if one.verdict is not Verdict.PENDING or one.author is viewer
        ]

    def request_review(self, pull: Pull, actor: Account, who: Account) -> Review:
        """Ask somebody for a review; his former one no longer counts (rec 233). `OwnPull`."""
        if who is pull.author:
            raise OwnPull(pull.issue.ref)
        if who not in pull.requested:
            pull.requested.append(who)
        self.record(pull.issue, EventKind.REVIEW_REQUESTED, actor).assignee = who
        for one in pull.reviews:
            if one.author is who and self.rules.pulls.supersedes:
                one.official = False
        return self._add(pull, who, Verdict.REQUESTED, "", "")

    def dismiss(self, review: Review, actor: Account, message: str = "") -> None:
        """Dismiss a review; only an administrator may (rec 235)."""
        review.dismissed, review.updated_at = True, self.now()
        if self.rules.pulls.supersedes:
            review.official = False
        event = self.record(review.pull.issue, EventKind.REVIEW_DISMISSED, actor)
        event.review, event.new = review, message

    # Threads

    def reply(self, thread: Thread, author: Account, body: str) -> ReviewComment:
        """Answer in a thread.

        It goes into the list of the review that began it (rec 222), and moves the pull request's
        ``updated_at`` (rec 270).
        """
        review = thread.comments[0].review
        comment = self._comment(review, thread, author, body)
        review.pull.issue.updated_at = comment.created_at
        return comment

    def resolve_thread(self, thread: Thread, actor: Account) -> None:
        """Resolve a thread: by whoever may write, or opened the pull request (rec 224-227)."""
        thread.resolved_by = actor

    def unresolve_thread(self, thread: Thread) -> None:
        """Take a thread up again."""
        thread.resolved_by = None

    def edit_review_comment(self, comment: ReviewComment, actor: Account, body: str) -> None:
        """Replace a comment's text, by any writer: its author stays (rec 223).

        The pull request's ``updated_at`` stays, too (rec 270).
        """
        self.revise(comment, actor, body)
        comment.body, comment.updated_at = body, self.now()

    def edit_review(self, review: Review, actor: Account, body: str) -> None:
        """Replace a review's text (GitHub: ``lastEditedAt``, ``editor``)."""
        self.revise(review, actor, body)
        review.body, review.updated_at = body, self.now()

    def hide(self, what: Review | ReviewComment, reason: str = "off-topic") -> None:
        """Hide something, as who may moderate can (GitHub, ``isMinimized``)."""
        what.hidden = reason

    def thread_by_id(self, pull: Pull, thread_id: int) -> Thread | None:
        """Return a thread of a pull request."""
        return next((one for one in pull.threads if one.id == thread_id), None)

    # What a push does to reviews

    def head_moved(self, pull: Pull, actor: Account) -> None:
        """Mark reviews stale when the diff has changed, threads outdated when their line has.

        An update by merge or an empty commit changes no diff (rec 238, 241, s6); all kinds of
        reviews get it. A comment whose line changed keeps its place and gets a new
        ``updated_at`` (rec 239).
        """
        repo = pull.repo
        former, before = pull.head_sha, self.diff(repo, pull.base_sha, pull.head_sha)
        super().head_moved(pull, actor)
        if self.diff(repo, pull.base_sha, pull.head_sha) != before:
            for review in pull.reviews:
                review.stale = True
            self.diff_changed(pull, actor)
        old, new = self.tree(repo, former), self.tree(repo, pull.head_sha)
        for thread in pull.threads:
            place = thread.path, thread.line
            if not thread.outdated and old.get(place) != new.get(place):
                thread.outdated = True
                for comment in thread.comments:
                    comment.updated_at = self.now()

    def diff_changed(self, pull: Pull, actor: Account) -> None:
        """Do what branches demand when a push has changed a diff; nothing by itself."""

    # Parts

    def _add(self, pull: Pull, author: Account, verdict: Verdict, body: str, commit: str) -> Review:
        now = self.now()
        review = Review(
            id=self.next_id("review"),
            pull=pull,
            author=author,
            verdict=verdict,
            body=body,
            commit=commit,
            created_at=now,
            updated_at=now,
            official=self._official(pull, author, verdict),
        )
        pull.reviews.append(review)
        # A pending one moves it, too, by whomever (rec 270).
        pull.issue.updated_at = now
        return review

    def _told(self, review: Review) -> None:
        if review.verdict is Verdict.PENDING:
            return
        pull = review.pull
        pull.requested = [one for one in pull.requested if one is not review.author]
        self.record(pull.issue, EventKind.REVIEWED, review.author).review = review

    def _note(self, review: Review, note: Note) -> None:
        pull = review.pull
        key = note.path, note.line, note.old_side
        known = (one for one in pull.threads if (one.path, one.line, one.old_side) == key)
        # On Forgejo a thread is a path and a line (rec 222); on GitHub each note begins its own.
        thread = next(known, None) if self.rules.pulls.supersedes else None
        if thread is None:
            thread = Thread(
                id=self.next_id("thread"), path=note.path, line=note.line, old_side=note.old_side
            )
            pull.threads.append(thread)
        self._comment(review, thread, review.author, note.body)

    def _comment(self, review: Review, thread: Thread, author: Account, body: str) -> ReviewComment:
        now = self.now()
        comment = ReviewComment(
            id=self.next_id("entry"),
            review=review,
            thread=thread,
            author=author,
            body=body,
            commit=review.commit,
            created_at=now,
            updated_at=now,
        )
        thread.comments.append(comment)
        review.comments.append(comment)
        return comment

    def _supersede(self, pull: Pull, author: Account) -> None:
        """Let an older opinion give way (rec 304: dismissed without anybody dismissing it)."""
        if not self.rules.pulls.supersedes:
            return
        for one in pull.reviews:
            if one.author is author and one.verdict in OPINIONS:
                one.official, one.dismissed = False, True

    def _official(self, pull: Pull, author: Account, verdict: Verdict) -> bool:
        """Say whether a verdict will count: a writer's opinion or request (rec 211-217, 233)."""
        writes = self.rights(pull.repo, author, Unit.CODE) >= Access.WRITE
        return writes and verdict in OPINIONS | {Verdict.REQUESTED}
