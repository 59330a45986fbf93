"""What GitHub's refusals mean, by the recordings of them."""

from datetime import UTC, datetime

import pytest
from support.cassettes import HOST
from support.github import answer

from afk.adapters.github.errors import already_exists, failure, moved_to_id, reset_at
from afk.adapters.http import Answer
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TokenError,
)


def _made(status: int, text: str = "{}", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {"content-type": "application/json", **named}
    return Answer("GET", f"{HOST}/repos/acme/app", status, kept, text.encode())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("012-issue-get-404", NotFound),
        ("014-issue-create-422", Refused),
        ("019-issue-patch-403-admin", TokenError),
        ("042-label-create-422-invalid", Refused),
        ("063-collaborators-list-401", TokenError),
        ("106-pull-merge-405", Refused),
        ("107-merge-branch-409", Refused),
        ("123-repo-renamed-301", RepositoryMoved),
        ("125-repo-renamed-307-patch", RepositoryMoved),
        ("126-repo-transferred-301", RepositoryMoved),
        ("127-user-401", TokenError),
        ("128-integration-403", TokenError),
        ("129-push-access-403", TokenError),
        ("130-repo-404", NotFound),
        ("131-html-503", ServerFault),
        ("139-branch-404", NotFound),
        ("152-graphql-401", TokenError),
        ("153-graphql-400-malformed-json", Refused),
    ],
)
def test_failure__recorded_refusal__is_that_kind(name: str, kind: type[AfkError]) -> None:
    assert type(failure(answer(name))) is kind


SENT = datetime(2020, 2, 6, 18, 33, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "which", "retry_at"),
    [
        ("115-limit-primary-403", "primary", datetime.fromtimestamp(1581014020, UTC)),
        ("116-limit-secondary-403-retry-after", "secondary", SENT.replace(minute=34, second=7)),
        ("117-limit-secondary-403-gh-limited-by", "secondary", None),
        ("118-limit-secondary-403-text-only", "secondary", None),
        ("119-limit-secondary-429-retry-after", "secondary", SENT.replace(second=45)),
        ("120-limit-secondary-429-date", "secondary", SENT.replace(second=45)),
        ("121-limit-secondary-429-none", "secondary", None),
    ],
)
def test_failure__recorded_limit__names_which_and_until_when(
    name: str, which: str, retry_at: datetime | None
) -> None:
    """A limit comes before every other reading of a 403: 115 and 116 say "Must have push"."""
    error = failure(answer(name))
    assert isinstance(error, RateLimited)
    assert which in str(error)
    assert error.retry_at == retry_at


@pytest.mark.parametrize(
    ("made", "kind", "words"),
    [
        (
            _made(
                403,
                '{"message": "Resource not accessible by personal access token"}',
                x_accepted_github_permissions="issues=write",
            ),
            TokenError,
            "issues=write",
        ),
        (
            _made(403, '{"message": "Resource protected by organization SAML enforcement."}'),
            TokenError,
            "single sign-on",
        ),
        (
            _made(403, '{"message": "Repository was archived so is read-only."}'),
            Refused,
            "archived",
        ),
        (_made(410, '{"message": "This issue was deleted"}'), NotFound, "deleted"),
        (_made(404, "<html>", content_type="text/html"), ServerFault, "404"),
        (_made(502, "{}"), ServerFault, "502"),
        (_made(302, "", location="https://sso.example/login"), ServerFault, "302"),
        (_made(304, ""), ServerFault, "304"),
    ],
)
def test_failure__documented_refusal__is_that_kind(
    made: Answer, kind: type[AfkError], words: str
) -> None:
    """None of these is recorded: texts and headers are GitHub's documentation's."""
    error = failure(made)
    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize(
    ("headers", "retry_at"),
    [
        ({"retry_after": "8"}, None),
        ({"retry_after": "8", "date": "not a date"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "9" * 40, "date": "Thu, 06 Feb 2020 18:33:37 GMT"}, SENT.replace(day=7)),
        ({"x_ratelimit_remaining": "0"}, None),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "9" * 30}, None),
    ],
)
def test_failure__limit_without_usable_time__is_a_limit_all_the_same(
    headers: dict[str, str], retry_at: datetime | None
) -> None:
    error = failure(_made(403, **headers))
    assert isinstance(error, RateLimited)
    assert error.retry_at == retry_at


def test_failure__403_with_quota_left__is_no_limit() -> None:
    error = failure(_made(403, '{"message": "no"}', x_ratelimit_remaining="10"))
    assert type(error) is Refused


def test_reset_at__answer_without_limits__is_none() -> None:
    """GitHub Enterprise Server may have its limits switched off."""
    assert reset_at(_made(200)) is None


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("123-repo-renamed-301", 515436299),
        ("125-repo-renamed-307-patch", 515436299),
        ("126-repo-transferred-301", 464988123),
        ("092-workflow-job-logs-302", None),
        ("130-repo-404", None),
    ],
)
def test_moved_to__recorded_answer__is_the_repository_id(name: str, place: int | None) -> None:
    assert moved_to_id(answer(name)) == place


def test_moved_to__created_thing_with_location__is_no_redirect() -> None:
    made = _made(201, location="https://api.github.com/repositories/1/issues/2")
    assert moved_to_id(made) is None


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("043-release-create-422-already-exists", True),
        ("042-label-create-422-invalid", False),
        ("014-issue-create-422", False),
        ("130-repo-404", False),
    ],
)
def test_already_exists__recorded_answer__by_its_code(name: str, *, there: bool) -> None:
    assert already_exists(answer(name)) is there
