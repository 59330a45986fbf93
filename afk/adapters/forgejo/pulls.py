"""Forgejo behind the `Pulls` port: pull requests over REST.

Profile
-------
Servers: 11, 14 and 16 observed live; what differs is said here. Recordings below
``forgejo/pulls-16`` by number; the rest are cassettes of the contract suite.

==========================================  ====================================================
GET ``/repos/{o}/{r}/pulls/{n}``            007, 111; the rest of a pull in `reviews`
GET ``/repos/{o}/{r}/pulls``                029; by ``head`` and ``base`` on 16 only
POST ``/repos/{o}/{r}/pulls``               002, 003, 006, 009 to 015
PATCH ``/repos/{o}/{r}/pulls/{n}``          005, 016 to 019 (answers 201), 118
POST ``.../update``, POST, GET ``.../merge``  `merging`
GET, DELETE ``/repos/{o}/{r}/branches/{b}``  078, 080, 250; GET for `rules`, too
POST ``/repos/{o}/{r}/issues/{n}/comments``  a pull's conversation is an issue's
GET ``/repos/{o}/{r}/issues/{n}/timeline``  who closed (263); `closing` (112)
==========================================  ====================================================

Scopes: ``write:repository`` and ``write:issue`` (001, 020, 022, 040). No limits, no ETags.

Requests: one for a pull whose reviews nobody has to read: there are none, or it was read whole
before (``Pull.mark``) and has not moved since. Any review, reply, dismissal and push moves a pull's
``updated_at``; an edited comment, a resolved thread, a status and a moved base do not (270,
contract suite), so who is about to act reads it whole. Otherwise one for the list of reviews and
one for each that has comments; one more for who closed an unmerged pull.

By branch: ``head`` is ignored on 11 and 14 (every pull comes back), so the branch is checked on
each item and the newest 500 pulls are looked at. ``GET /pulls/{base}/{head}`` shows the *oldest* of
a pair, whoever opened it (025), and is not used. Anybody who can read may open a pull from any
branch of the repository (002); a second one is refused with 409 (003), whose ``id`` and
``issue_id`` are no numbers of pulls.

Not shown: a conflict (052), who hid what. "Draft" is a word in front of the title. ``mergeable`` of
a fresh push is stale for a moment, then false for a moment (047); on 11 and 14 that took seconds.
Deleting the head's branch closes the pull (078). Opened from a branch that is not there, 11 answers
500 with an empty message (contract suite).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.forgejo import pull_mapping
from afk.adapters.forgejo.api import ALONE, ForgejoApi, repo_path
from afk.adapters.forgejo.branches import Branches
from afk.adapters.forgejo.closing import Closing
from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.merging import Merging
from afk.adapters.forgejo.pull_lists import PullLists
from afk.adapters.forgejo.pull_wire import CLOSINGS, PULL, WirePull
from afk.adapters.forgejo.pulls_together import found_together, is_from
from afk.adapters.forgejo.reviews import Reviews
from afk.adapters.forgejo.rules import Rules
from afk.adapters.forgejo.wire import ENTRIES, WireUser, parse
from afk.adapters.http import Answer
from afk.adapters.web_page import not_a_page
from afk.adapters.wire import http_date
from afk.errors import NoBranch, Refused, TooLarge
from afk.model.pull import (
    BranchRules,
    ClosingPull,
    Merged,
    MergeMethod,
    Pull,
    UpdateResult,
)
from afk.parallel import gather
from afk.ports.landing import PullQuery, PullSpec
from afk.types import Issue, IssueKey

_GONE: Final = (codes.NOT_FOUND, codes.GONE)
_SETTLED: Final = timedelta(seconds=2)
"""Times have whole seconds: within one of them something may have happened after it was read."""


class ForgejoPulls:
    """`afk.ports.landing.Pulls` on one Forgejo server, through one token, for one tick."""

    has_drafts = True
    tests_the_merge = False  # its CI runs on the head alone (recordings/forgejo/pulls-16/171)

    def __init__(self, *, api: ForgejoApi, web: str) -> None:
        """``web`` is the server's root for people."""
        self._api = api
        self._http = api.http
        self._lists = PullLists(api)
        self._reviews = Reviews(api, web.rstrip("/"))
        self._branches = Branches(api)
        self._merging = Merging(api)
        self._rules = Rules(api)
        self._closing = Closing(api)

    def expect(self, queries: Sequence[PullQuery]) -> None:
        """Do nothing: a pull request is a request of its own here, whenever it is read."""

    def read(self, queries: Sequence[PullQuery]) -> Mapping[PullQuery, Sequence[Pull]]:
        """Return the pulls that each query names."""
        homes: dict[str, list[PullQuery]] = {}
        for query in dict.fromkeys(queries):
            homes.setdefault(query.repo, []).append(query)
        parts = gather(lambda some: found_together(self._lists, some), list(homes.values()))
        listed = {query: found for part in parts for query, found in part.items()}

        def read(query: PullQuery) -> Sequence[Pull]:
            if query not in listed:
                return self._read(query)
            return [self._whole(query.repo, one, query.seen, at) for one, at in listed[query]]

        asked = tuple(dict.fromkeys(queries))
        return dict(zip(asked, gather(read, asked), strict=True))

    def _read(self, query: PullQuery) -> Sequence[Pull]:
        if query.number:
            found = self._one(query.repo, query.number, query.seen)
            return () if found is None else (found,)
        listed, _ = self._lists.newest(query.repo, {"state": "all", "head": query.head})
        mine = [one for one in listed if is_from(one, query.head)]
        mine.sort(key=lambda one: one.number)
        return [self._whole(query.repo, one, query.seen) for one in mine]

    def reread(self, pull: Pull) -> Pull | None:
        """Return it as it stands now, whole."""
        return self._one(pull.repo, pull.number)

    def _one(self, repo: str, number: int, seen: str = "") -> Pull | None:
        # Of a huge text nothing is kept, and anybody who may write can make it one.
        answer = self._http.get(_path(repo, number), max_body=ALONE * self._http.max_body)
        if answer.status in _GONE:
            return None
        wire = self._api.value(PULL, answer, f"reading {repo}#{number}", repo=repo)
        return self._whole(repo, wire, seen, http_date(answer.headers.get("date", "")))

    def _whole(
        self, repo: str, wire: WirePull, seen: str = "", now: datetime | None = None
    ) -> Pull:
        """Read on from a listed pull, as far as somebody may need it."""
        known = f"{wire.updated_at.isoformat()} {wire.review_comments} {wire.head.sha}"
        unchanged = seen == known
        settled = now is None or now - wire.updated_at >= _SETTLED
        closed_by = None
        if wire.state != "open" and not wire.merged:
            closed_by = self._closed_by(repo, wire.number)
        pull = pull_mapping.pull(
            wire,
            repo=repo,
            closed_by=closed_by,
            mark=known if settled else "",
            unchanged=unchanged,
        )
        has_reviews = wire.review_comments and not unchanged
        return self._reviews.added_to(pull) if has_reviews else pull

    def _closed_by(self, repo: str, number: int) -> WireUser | None:
        """Return who closed it last; nobody where that cannot be read."""
        try:
            answer = self._http.get(f"{repo_path(repo)}/issues/{number}/timeline")
        except TooLarge:
            return None
        if not answer.ok:
            return None
        what = f"reading who closed {repo}#{number}"
        entries = parse(ENTRIES, answer.json, what) or ()
        used = [entry for entry in entries if entry.get("type") == "close"]
        closings = parse(CLOSINGS, used, what)
        return max(closings, key=lambda one: one.id).user if closings else None

    def may_open(self, repo: str, base: str) -> None:
        """Ask for one from a branch to itself, which is refused to whoever may open one.

        Recordings ``pulls-16/013-create-head-is-base`` (422) and ``001`` (403, of a scope).
        """
        body = {"title": "afk", "head": base, "base": base}
        what = f"asking whether afk may open pull requests in {repo}"
        answer = self._http.send("POST", f"{repo_path(repo)}/pulls", body=body)
        if answer.status != codes.UNPROCESSABLE_ENTITY:
            raise error_of(answer, what, repo=repo)

    def open(self, spec: PullSpec) -> Pull:
        """Open a pull request, or return the one that is open."""
        title = f"{pull_mapping.DRAFT if spec.draft else ''}{spec.title}"
        body = {"head": spec.head, "base": spec.base, "title": title, "body": spec.body}
        answer = self._http.send("POST", f"{repo_path(spec.repo)}/pulls", body=body)
        if answer.status == codes.CONFLICT:
            filters = {"state": "open", "head": spec.head, "base": spec.base}
            listed, _ = self._lists.newest(spec.repo, filters)
            for one in listed:
                if is_from(one, spec.head) and one.base.ref == spec.base:
                    return self._whole(spec.repo, one)
        what = f"opening a pull request from {spec.head} of {spec.repo}"
        return self._whole(spec.repo, self._api.value(PULL, answer, what, repo=spec.repo))

    def ready(self, pull: Pull) -> None:
        """Take the word out of the title that makes it a draft."""
        if pull.draft:
            title = pull_mapping.without_draft(pull.title)
            if self._change(pull, {"title": title}, "making ready").draft:
                raise Refused(
                    f"{pull.repo}#{pull.number} stays a draft",
                    status=codes.OK,
                    next_step="take out of its title what this server takes for a draft's mark",
                )

    def close(self, pull: Pull) -> None:
        """Close without merging."""
        if pull.open and self._change(pull, {"state": "closed"}, "closing").state != "closed":
            raise Refused(f"{pull.repo}#{pull.number} stays open", status=codes.OK)

    def _change(self, pull: Pull, changes: Mapping[str, str], doing: str) -> WirePull:
        """Send changes; what Forgejo does not take is ignored with 201, so the answer is read."""
        path = _path(pull.repo, pull.number)
        answer = self._http.send("PATCH", path, body=dict(changes), repeat=True)
        what = f"{doing} {pull.repo}#{pull.number}"
        return self._api.value(PULL, answer, what, repo=pull.repo)

    def comment(self, pull: Pull, body: str) -> None:
        """Post a comment."""
        path = f"{repo_path(pull.repo)}/issues/{pull.number}/comments"
        answer = self._http.send("POST", path, body={"body": body})
        self._raise(answer, f"commenting on {pull.repo}#{pull.number}", pull.repo)

    def update(self, pull: Pull) -> UpdateResult:
        """Merge the base's tip into the head's branch: two requests."""
        answer = self._http.get(_path(pull.repo, pull.number))
        now = None
        if answer.status not in _GONE:
            what = f"reading {pull.repo}#{pull.number}"
            wire = self._api.value(PULL, answer, what, repo=pull.repo)
            now = pull_mapping.pull(wire, repo=pull.repo)
        return self._merging.update(pull, now)

    def merge(self, pull: Pull, method: MergeMethod, *, title: str, message: str) -> Merged:
        """Merge at the pull's head; what landed is read from the pull."""
        return self._merging.merge(pull, method, title=title, message=message)

    def delete_branch(self, pull: Pull) -> None:
        """Delete the head's branch: three requests.

        Its tip is asked for first, as no request names one. A branch that is gone answers 500
        (080), so that is asked for after a failure, too.
        """
        if pull.head_repository != pull.repository or not self._has_tip(pull):
            return
        filters = {"state": "open", "base": pull.head_ref}
        opened, complete = self._lists.newest(pull.repo, filters)
        if not complete or any(one.base.ref == pull.head_ref for one in opened):
            return
        path = f"{repo_path(pull.repo)}/branches/{quote(pull.head_ref)}"
        answer = not_a_page(self._http.send("DELETE", path))
        gone = answer.status in _GONE
        if not answer.ok and not gone and self._has_tip(pull):
            self._raise(answer, f"deleting the branch {pull.head_ref} of {pull.repo}", pull.repo)

    def _has_tip(self, pull: Pull) -> bool:
        """Say whether the head's branch is there and has not moved."""
        try:
            return self._branches.head(pull.repo, pull.head_ref) == pull.head_sha
        except NoBranch:
            return False

    def rules(self, repo: str, branch: str) -> BranchRules:
        """Return what the branch demands: two requests the first time."""
        return self._rules.of(repo, branch)

    def closing(self, issues: Sequence[Issue]) -> Mapping[IssueKey, Sequence[ClosingPull]]:
        """Return the open pulls that say they close each issue."""
        return self._closing.of(issues)

    def _raise(self, answer: Answer, what: str, repo: str) -> None:
        if not not_a_page(answer).ok:
            raise error_of(answer, what, repo=repo)


def _path(repo: str, number: int) -> str:
    return f"{repo_path(repo)}/pulls/{number}"
