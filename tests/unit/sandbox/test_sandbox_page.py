"""The sandbox's pages without a browser: what they show, and what their forms do and refuse."""

import re

import pytest
from support.pages import Front, front, secret

from afk.types import Forge
from afk_sandbox.agents.learner import WAYS
from afk_sandbox.page import acts
from afk_sandbox.page.agents import NOBODY
from afk_sandbox.world import HUMAN, READY

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"'"


@pytest.fixture(params=list(Forge), ids=lambda kind: str(kind.value))
def here(request: pytest.FixtureRequest) -> Front:
    return front(request.param)


@pytest.fixture
def shop() -> Front:
    return front(Forge.FORGEJO)


def pull_of(here: Front) -> str:
    """Let the agent's work come as a pull request for issue 1; returns its page."""
    here.desk.forge.push(here.repo, "afk/1-abc", "work\n\nCI: none", here.desk.you)
    bot = here.desk.afk
    text = "Closes #1"
    pull = here.desk.forge.open_pull(here.repo, bot, "afk/1-abc", title="Work", body=text)
    here.clock.sleep(5)
    here.desk.forge.settle()
    here.desk.forge.mergeability(pull)
    here.clock.sleep(5)
    return here.desk.pull_path(pull)


def test_pages__lead_from_the_start_to_an_issue(here: Front) -> None:
    here.desk.forge.open_issue(here.repo, "Add a till", here.desk.you, body="**Please.**")
    start, listed = here.visitor.get("/"), here.visitor.get("/you/shop/issues")
    page = here.visitor.get("/you/shop/issues/1")

    assert 'href="/you/shop/issues"' in start.text
    assert 'href="/you/shop/issues/1"' in listed.text
    assert (page.status_code, "<strong>Please.</strong>" in page.text) == (200, True)
    assert NOBODY.sentence in page.text
    assert here.visitor.get("/you/shop").text == listed.text


def test_pages__what_is_not_there__says_so_and_the_forge_still_answers(here: Front) -> None:
    api = "/api/v1/repos/you/shop" if here.desk.kind is Forge.FORGEJO else "/api/v3/repos/you/shop"
    for path in (
        *("/no/repo/issues", "/you/shop/issues/9", "/you/shop/commit/abc", "/no/repo/issues/new"),
        *("/you/shop/actions/runs/9", "/no/repo/actions/runs/1/jobs/0"),
    ):
        assert here.visitor.get(path).status_code == 404, path
    assert "Nothing here" in here.visitor.get("/you/shop/issues/9").text
    assert here.visitor.get(api).json()["full_name"] == "you/shop"


def test_issue__hostile_texts__are_shown_as_text_everywhere(here: Front) -> None:
    forge, you = here.desk.forge, here.desk.you
    issue = forge.open_issue(here.repo, HOSTILE, you, body=HOSTILE)
    forge.comment(issue, here.desk.stranger, HOSTILE)
    forge.edit_title(issue, you, f"{HOSTILE}!")
    forge.push(here.repo, "side", f"{HOSTILE}\n\nCI: none", you)
    path = here.desk.pull_path(forge.open_pull(here.repo, you, "side", title=HOSTILE, body=HOSTILE))
    for where in ("/you/shop/issues", "/you/shop/issues/1", path):
        page = here.visitor.get(where).text
        assert page.count("<script") == 1, where
        assert "<img" not in page, where
        assert "alert(1)" in page, where


def test_issue__buttons__do_what_they_say(shop: Front) -> None:
    forge = shop.desk.forge
    issue = forge.open_issue(shop.repo, "Add a till", shop.desk.you)
    path = "/you/shop/issues/1"

    for act, fields in (
        ("label", {"label": READY}),
        ("label", {"label": HUMAN}),
        ("unlabel", {"label": HUMAN}),
        ("comment", {"body": "One\r\ntwo"}),
        ("comment", {"body": "Me, too", "as": "stranger"}),
        ("edit", {"body": "A text"}),
        ("close", {}),
    ):
        answer = shop.visitor.press(path, act, **fields)
        assert (answer.status_code, answer.headers["location"].split("#")[0]) == (303, path), act
        assert ("#issuecomment-" in answer.headers["location"]) is (act == "comment")
    assert [one.name for one in issue.labels] == [READY]
    assert [(one.author.login, one.body) for one in issue.comments] == [
        ("you", "One\ntwo"),
        ("stranger", "Me, too"),
    ]
    assert (issue.body, issue.open) == ("A text", False)
    page = shop.visitor.get(path).text
    assert f"put on {READY}" in page
    assert f"took off {HUMAN}" in page
    assert "closed this" in page
    shop.visitor.press(path, "reopen")
    assert issue.open


@pytest.mark.parametrize(
    ("act", "fields", "why"),
    [
        ("comment", {"body": "  "}, "nothing in the box"),
        ("label", {"label": "no such"}, "no such label"),
        ("dance", {}, "no such button"),
        ("merge", {}, "no open pull request"),
        ("approve", {}, "no open pull request"),
        ("changes", {"body": "x"}, "no open pull request"),
        ("changes", {}, "what is to be changed"),
        ("close", {}, "what blocks it is open"),
    ],
)
def test_issue__what_cannot_be_done__is_said_and_not_done(
    shop: Front, act: str, fields: dict[str, str], why: str
) -> None:
    forge, you = shop.desk.forge, shop.desk.you
    issue = forge.open_issue(shop.repo, "Add a till", you)
    forge.add_dependency(issue, forge.open_issue(shop.repo, "First this", you), you)
    before = len(issue.events)
    answer = shop.visitor.press("/you/shop/issues/1", act, **fields)

    assert answer.status_code == 409
    (said,) = re.findall(r'role="alert">(.*?)</p>', answer.text)
    assert why in said
    assert (issue.open, issue.comments, len(issue.events)) == (True, [], before)


@pytest.mark.parametrize("kind", ["", "wrong", None])
def test_forms__without_the_secret__do_nothing(shop: Front, kind: str | None) -> None:
    """It stands in the sandbox's own pages, which no other page can read."""
    issue = shop.desk.forge.open_issue(shop.repo, "Add a till", shop.desk.you)
    known = {} if kind is None else {"secret": kind}
    labelled = shop.visitor.submit("/you/shop/issues/1", {"act": "close", **known})
    opened = shop.visitor.submit("/you/shop/issues/new", {"title": "x", **known})

    assert (labelled.status_code, opened.status_code) == (403, 403)
    assert (issue.open, len(shop.repo.issues)) == (True, 1)


def test_forms__too_long__do_nothing(shop: Front) -> None:
    shop.desk.forge.open_issue(shop.repo, "Add a till", shop.desk.you)
    fields = {"secret": shop.desk.secret, "act": "comment", "body": "x" * 600_000}

    assert shop.visitor.submit("/you/shop/issues/1", fields).status_code == 403
    assert shop.repo.issues[1].comments == []
    fields["body"] = "x" * 100_000
    assert shop.visitor.submit("/you/shop/issues/1", fields).status_code == 303
    assert len(shop.repo.issues[1].comments[0].body) == acts.LONGEST


def test_new_issue__says_what_the_agent_makes_of_it(shop: Front) -> None:
    path = "/you/shop/issues/new"
    known = {"secret": secret(shop.visitor.get(path).text)}
    way = next(name for name, words in WAYS.items() if "red,green" in words)
    opened = shop.visitor.submit(path, {**known, "title": " Add  a till ", "way": way})
    other = shop.visitor.submit(path, {**known, "title": "b", "body": "Do", "as": "stranger"})
    refused = shop.visitor.submit(path, {**known, "title": " ", "body": "kept"})

    assert opened.headers["location"] == "/you/shop/issues/1"
    first, second = shop.repo.issues[1], shop.repo.issues[2]
    assert (first.title, first.body) == (
        "Add a till",
        f"For the sandbox's agent: `{WAYS[way]}`",
    )
    assert (second.author.login, second.body) == ("stranger", "Do")
    assert other.status_code == 303
    assert (refused.status_code, "kept</textarea>" in refused.text) == (409, True)
    assert len(shop.repo.issues) == 2


def test_pull__shows_its_checks_and_is_merged_by_the_button(here: Front) -> None:
    """Only the head that was looked at; its issue closes, as on the forge."""
    issue = here.desk.forge.open_issue(here.repo, "Add a till", here.desk.you)
    path = pull_of(here)
    pull = here.desk.pulls_for(issue)[0]
    page = here.visitor.get(path).text
    assert "No checks yet" in page
    assert 'href="/you/shop/issues/1"' in page
    assert "pull request" in here.visitor.get("/you/shop/issues/1").text.lower()

    late = here.visitor.press(path, "merge", head="0" * 40)
    assert (late.status_code, pull.merge) == (409, None)
    approved = here.visitor.press(path, "approve")
    changes = here.visitor.press(path, "changes", body="Say which")
    assert (approved.status_code, changes.status_code) == (303, 303)
    done = here.visitor.press(path, "merge", head=pull.head_sha)
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert (pull.merge is not None, issue.open) == (True, False)
    page = here.visitor.get(path).text
    assert "Merged by you" in page
    assert 'value="merge"' not in page
    assert 'value="reopen"' not in page
    assert "asked for changes" in page


def test_pull__that_cannot_be_merged__says_why_and_has_no_button(here: Front) -> None:
    here.desk.forge.open_issue(here.repo, "Add a till", here.desk.you)
    path = pull_of(here)
    pull = here.desk.forge.pulls(here.repo)[0]
    here.desk.forge.set_draft(pull, here.desk.you, draft=True)
    page = here.visitor.get(path).text
    refused = here.visitor.press(path, "merge", head=pull.head_sha)

    assert "It cannot be merged now: it is a draft" in page
    assert 'value="merge"' not in page
    assert (refused.status_code, pull.merge) == (409, None)
    assert "It cannot be merged: it is a draft" in refused.text
    here.visitor.press(path, "close")
    assert "Closed without merging" in here.visitor.get(path).text


def test_pull__of_ones_own__nobody_approves(shop: Front) -> None:
    forge, you = shop.desk.forge, shop.desk.you
    forge.push(shop.repo, "side", "mine\n\nCI: none", you)
    pull = forge.open_pull(shop.repo, you, "side", title="Mine")
    answer = shop.visitor.press(shop.desk.pull_path(pull), "approve")

    assert answer.status_code == 409
    assert pull.reviews == []


def test_pull__under_an_issues_address__leads_to_its_own(here: Front) -> None:
    """The comments of afk link to it so, as both forges let them."""
    here.desk.forge.open_issue(here.repo, "Add a till", here.desk.you)
    path = pull_of(here)
    answer = here.visitor.get("/you/shop/issues/2")

    assert (answer.status_code, answer.headers["location"]) == (303, path)
    wrong = here.visitor.get("/you/shop/pulls/1")
    assert wrong.headers["location"] == "/you/shop/issues/1"


def test_commit__shows_message_files_and_checks_and_runs_lead_to_it(here: Front) -> None:
    sha = here.desk.forge.push(here.repo, "main", "work <b>\n\nCI: red", here.desk.you)
    here.clock.sleep(60)
    page = here.visitor.get(f"/you/shop/commit/{sha}").text
    run = here.repo.runs[0]
    numbers = {Forge.GITHUB: run.id, Forge.FORGEJO: run.number}
    path = f"/you/shop/actions/runs/{numbers[here.desk.kind]}"

    assert "work &lt;b&gt;" in page
    assert re.findall(r'<li class="(\w+)">', page) == ["success", "success", "failure"]
    for one in (path, f"{path}/jobs/0"):
        assert here.visitor.get(one).headers["location"] == f"/you/shop/commit/{sha}#checks"
