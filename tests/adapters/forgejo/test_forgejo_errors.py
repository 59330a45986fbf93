"""Unwelcome answers of Forgejo as afk's errors: by table, mostly from recordings."""

from datetime import UTC, datetime

import pytest
from support.forgejo import VERSIONS, Reply, answer, recorded, reply

from afk.adapters.forgejo.errors import error_of, missing_scope, moved_to
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TokenError,
)

DATE = "Mon, 23 Nov 2026 04:02:22 GMT"


def _error(given: Reply, repo: str = "owner/api-ren") -> AfkError:
    return error_of(answer(given), "reading it", repo=repo)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("004-bad-token", TokenError),
        ("005-no-token", TokenError),
        ("006-private-issues-stranger", NotFound),
        ("008-no-such-endpoint", NotFound),
        ("012-validation-422", Refused),
        ("028-search-unknown-owner", Refused),
        ("050-labels-add-mixed", Refused),
        ("051-labels-add-without-write", Refused),
        ("065-backdate-by-author-refused", Refused),
        ("109-dependency-add-again", ServerFault),
        ("115-close-with-open-blockers", Refused),
        ("123-renamed-repo-issues", RepositoryMoved),
        ("124-renamed-repo-post", RepositoryMoved),
        ("125-transferred-repo-issue", RepositoryMoved),
        ("129-archived-comment", Refused),
        ("143-commits-unknown-branch", NotFound),
        ("148-commits-empty-repo", Refused),
        ("172-pull-merge-checks-missing", Refused),
        ("178-scope-missing-read-issue", TokenError),
        ("183-public-only-private-repo", TokenError),
    ],
)
def test_error_of__a_recorded_refusal__is_the_kind_of_the_table(
    version: str, name: str, kind: type[AfkError]
) -> None:
    given = recorded(version, name)
    error = _error(given)
    assert type(error) is kind
    if isinstance(error, Refused):
        assert error.status == given.status
    if not isinstance(error, RepositoryMoved):
        assert str(given.status) in str(error)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (Reply(410), NotFound),
        (Reply(429), RateLimited),
        (Reply(502, b"<html>", {"content-type": "text/html"}), ServerFault),
        (Reply(503), ServerFault),
        (Reply(405), Refused),
        (Reply(423), Refused),
        (Reply(304), ServerFault),
        (Reply(101), ServerFault),
        (Reply(403, b"{", {"content-type": "application/json"}), Refused),
    ],
)
def test_error_of__whatever_the_body__does_not_crash(given: Reply, kind: type[AfkError]) -> None:
    error = _error(given)
    assert type(error) is kind
    assert str(error)


@pytest.mark.parametrize("version", VERSIONS)
def test_error_of__a_missing_scope__names_it(version: str) -> None:
    error = _error(recorded(version, "182-scope-missing-read-user"))
    assert "read:user" in error.cause
    assert "read:user" in error.next_step


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("178-scope-missing-read-issue", "read:issue"),
        ("179-scope-missing-write-issue", "write:issue"),
        ("180-scope-missing-read-repository", "read:repository"),
        ("181-scope-missing-write-repository", "write:repository"),
        ("182-scope-missing-read-user", "read:user"),
        ("085-permission-bot-asks-other", ""),
        ("009-no-such-issue", ""),
    ],
)
def test_missing_scope__recorded__is_the_scope_or_nothing(
    version: str, name: str, scope: str
) -> None:
    assert missing_scope(answer(recorded(version, name))) == scope


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("123-renamed-repo-issues", "owner/api-renamed"),
        ("124-renamed-repo-post", "owner/api-renamed"),
        ("125-transferred-repo-issue", "apiorg/api-renamed"),
        ("013-repo", ""),
    ],
)
def test_moved_to__recorded__is_the_present_name(version: str, name: str, new: str) -> None:
    """301 in Forgejo 14, 307 in 11; the Location is relative."""
    assert moved_to(answer(recorded(version, name))) == new


@pytest.mark.parametrize(
    "location",
    ["", "/user/login", "https://forge.example/api/v1/repos/Owner/API-Ren/issues", "/api/v1/repos"],
)
def test_error_of__a_redirect_to_the_same_or_no_repository__is_no_move(location: str) -> None:
    """A proxy that redirects to https must not be reported as a renamed repository."""
    error = _error(Reply(301, b"", {"location": location}))
    assert type(error) is ServerFault
    assert "redirect" in str(error)


def test_error_of__a_redirect_where_no_repository_was_asked_for__is_no_move() -> None:
    given = Reply(307, b"", {"location": "/api/v1/repos/owner/app"})
    assert type(_error(given, repo="")) is ServerFault


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "90", "date": DATE}, datetime(2026, 11, 23, 4, 3, 52, tzinfo=UTC)),
        ({"retry-after": DATE}, datetime(2026, 11, 23, 4, 2, 22, tzinfo=UTC)),
        ({"retry-after": "9" * 5000, "date": DATE}, datetime(2026, 11, 24, 4, 2, 22, tzinfo=UTC)),
        ({"retry-after": "90"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_error_of__limited__the_next_request_is_by_the_servers_time_or_unknown(
    headers: dict[str, str], expected: datetime | None
) -> None:
    given = Reply(429, b"", headers)
    error = _error(given)
    assert isinstance(error, RateLimited)
    assert error.retry_at == expected


def test_error_of__forbidden_with_a_message__repeats_it() -> None:
    error = _error(reply({"message": "user cannot commit to repo [user: bot]"}, 403))
    assert "user cannot commit to repo" in str(error)


def test_error_of__a_token_that_the_server_repeats__is_not_told() -> None:
    """Forgejo 16 quotes what it was sent; a proxy that refuses in words of its own is told."""
    given = "0123456789abcdef0123456789abcdef01234567"
    repeated = f'access token does not exist [sha: {given}]\ntask with token "{given}"'

    refused = _error(reply({"message": repeated}, 401))
    by_proxy = _error(Reply(401, b"sign in to the gateway", {"content-type": "text/plain"}))

    assert type(refused) is type(by_proxy) is TokenError
    assert given not in str(refused) + repr(refused)
    assert "revoked, has expired or is incomplete" in str(refused)
    assert "sign in to the gateway" in str(by_proxy)
