"""What every forge has to do where people talk to afk: what was handed back, and reactions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.people import HUMAN

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.talk import ForgejoTalk
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.github.api import GitHubApi
from afk.adapters.github.listing import Known
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.talk import GitHubTalk
from afk.adapters.github.tracker import GitHubTracker
from afk.errors import NotFound
from afk.ports import Tracker
from afk.ports.talk import Reaction, Talk
from afk.types import Forge, IssueKey


def talking(bench: ForgeBench) -> tuple[Tracker, Talk]:
    """Return a fresh tracker and what goes with it where people talk to afk."""
    http = bench.server("bot")
    if bench.kind is Forge.FORGEJO:
        tracker = ForgejoTracker(http=http, web=bench.url, host="forge.test", config=bench.config)
        return tracker, ForgejoTalk(ForgejoApi(http), bench.config)
    api, known = GitHubApi(http=http, graphql_url=f"{bench.url}/api/graphql"), Known()
    made = GitHubTracker(
        api=api,
        web=bench.url,
        host="forge.test",
        config=bench.config,
        prefetched=Prefetched(),
        known=known,
    )
    return made, GitHubTalk(api=api, known=known)


def moment(bench: ForgeBench, name: str, after: timedelta) -> datetime:
    """Return a time beside now, the same one when it is played back."""
    text: str = bench.given(name, lambda _: (datetime.now(UTC) + after).isoformat())
    return datetime.fromisoformat(text)


def test_handed_back__open_issues_with_the_label_that_changed_since(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("handed"))
    one = bench.given("one", lambda people: people.issue(repo, "handed back"))
    bench.given("labelled", lambda people: people.label(repo, one, HUMAN))
    bench.given("other", lambda people: people.issue(repo, "not handed back"))
    closed = bench.given("closed", lambda people: people.issue(repo, "handed back and closed"))
    bench.given("labelled too", lambda people: people.label(repo, closed, HUMAN))
    bench.given("shut", lambda people: people.edit(repo, closed, state="closed"))
    before = moment(bench, "before", timedelta(hours=-1))
    after = moment(bench, "after", timedelta(hours=1))
    tracker, talk = talking(bench)
    if not talk.asks:
        tracker.listing([repo])  # which brings them along
    asked = bench.requests()

    found = talk.handed_back([repo], before)
    later = talk.handed_back([repo], after)

    assert [head.key for head in found] == [IssueKey(repo, one)]
    assert not any(head.ready or head.in_progress for head in found)
    assert list(later) == []
    assert list(tracker.read(found)) == [IssueKey(repo, one)]
    assert bench.requests() - asked <= 3, "two looks, and one timeline on Forgejo"


def test_react__once_and_again__is_there_once_and_moves_nothing(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("heard"))
    number = bench.given("issue", lambda people: people.issue(repo, "said"))
    bench.given("said", lambda people: people.comment(repo, number, "/afk why"))
    issue = read_one(bench, repo, number)
    (comment,) = issue.comments
    _, talk = talking(bench)

    talk.react(issue, comment, Reaction.SEEN)
    talk.react(issue, comment, Reaction.SEEN)
    talk.react(issue, comment, Reaction.UNCLEAR)

    again = read_one(bench, repo, number)
    assert again.updated_at == issue.updated_at
    assert again.comments == issue.comments


def test_react__comment_is_gone__says_so(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("gone"))
    number = bench.given("issue", lambda people: people.issue(repo, "said"))
    bench.given("said", lambda people: people.comment(repo, number, "/afk why"))
    issue = read_one(bench, repo, number)
    gone = replace(issue.comments[0], id=issue.comments[0].id + 100_000)
    _, talk = talking(bench)

    with pytest.raises(NotFound):
        talk.react(issue, gone, Reaction.SEEN)
