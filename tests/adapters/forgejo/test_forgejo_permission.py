"""Who may write: two endpoints, each exact in one direction only."""

from typing import Any

import pytest
from support.cassettes import replay
from support.forgejo import (
    API,
    VERSIONS,
    Table,
    body_of,
    question,
    recorded,
    recording,
    reply,
    tracker,
)

from afk.errors import NotFound, TokenError
from afk.types import GHOST, Account, AccountKind, Permission

MAIN = "owner/api-main"
ORG = "apiorg/api-org1"
OWNER = Account(2, "owner")
WRITER = Account(3, "writer")
READER = Account(4, "reader")
STRANGER = Account(5, "stranger")
BOT = Account(6, "bot")


def _asks(repo: str, login: str) -> str:
    return question("GET", f"{API}/repos/{repo}/collaborators/{login}/permission")


def _assignees(repo: str) -> str:
    return question("GET", f"{API}/repos/{repo}/assignees")


def _answer(account: Account, word: str) -> Any:
    return reply({"permission": word, "user": {"id": account.id, "login": account.login}})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("079-permission-owner-asks-writer", WRITER),
        ("083-permission-repo-admin-asks-writer", WRITER),
        ("084-permission-writer-asks-itself", WRITER),
    ],
)
def test_permission__write_in_a_users_repository__is_write(
    version: str, name: str, account: Account
) -> None:
    """Both endpoints agree."""
    names = (name, "088-assignees-bot")
    with replay(*(recording(version, one) for one in names)) as cassette:
        assert tracker().permission(MAIN, account) is Permission.WRITE
    assert cassette.all_played


@pytest.mark.parametrize("version", VERSIONS)
def test_permission__more_than_write__is_certain(version: str) -> None:
    with replay(recording(version, "081-permission-owner-asks-site-admin")) as cassette:
        assert tracker().permission(MAIN, Account(1, "boss")) is Permission.WRITE
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("account", "word", "expected"),
    [
        (WRITER, "write", Permission.UNKNOWN),
        (STRANGER, "write", Permission.UNKNOWN),
        (WRITER, "admin", Permission.WRITE),
        (STRANGER, "read", Permission.NO_WRITE),
    ],
)
def test_permission__word_in_an_organisation__write_may_be_of_issues_only(
    version: str, account: Account, word: str, expected: Permission
) -> None:
    """A team that may write issues and nothing else is reported as write."""
    table = Table(
        {
            _asks(ORG, account.login): _answer(account, word),
            _assignees(ORG): recorded(version, "089-assignees-org"),
        }
    )
    assert tracker(table).permission(ORG, account) is expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("repo", "name"),
    [
        (MAIN, "080-permission-owner-asks-stranger"),
        ("owner/api-priv", "086-permission-private-stranger"),
    ],
)
def test_permission__read_or_none_and_not_assignable__has_no_write(
    version: str, repo: str, name: str
) -> None:
    table = Table(
        {
            _asks(repo, "stranger"): recorded(version, name),
            _assignees(repo): recorded(version, "088-assignees-bot"),
        }
    )
    assert tracker(table).permission(repo, STRANGER) is Permission.NO_WRITE
    assert len(table.asked) == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_permission__several_accounts__the_list_is_asked_for_once_a_repository(
    version: str,
) -> None:
    table = Table(
        {
            **{_asks(MAIN, one.login): _answer(one, "read") for one in (READER, STRANGER)},
            _asks(ORG, "stranger"): _answer(STRANGER, "read"),
            _assignees(MAIN): recorded(version, "088-assignees-bot"),
            _assignees(ORG): recorded(version, "089-assignees-org"),
        }
    )
    asking = tracker(table)
    for repo, account in ((MAIN, READER), (MAIN, STRANGER), (ORG, STRANGER)):
        assert asking.permission(repo, account) is Permission.NO_WRITE
    assert table.asked.count(_assignees(MAIN)) == 1
    assert table.asked.count(_assignees(ORG)) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_permission__organisation_team_with_write_on_code__is_unknown(version: str) -> None:
    """The bot may write code there and is reported as read (087): `trusted` has to name it."""
    names = ("087-permission-org-bot", "089-assignees-org")
    with replay(*(recording(version, name) for name in names)) as cassette:
        assert tracker().permission(ORG, BOT) is Permission.UNKNOWN
    assert cassette.all_played


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("account", "expected"),
    [(WRITER, Permission.WRITE), (OWNER, Permission.WRITE), (STRANGER, Permission.NO_WRITE)],
)
def test_permission__refused_in_a_users_repository__assignees_are_exact(
    version: str, account: Account, expected: Permission
) -> None:
    """403 for everybody but repository admins; the list holds the owner, so a user owns it."""
    table = Table(
        {
            _asks(MAIN, account.login): recorded(version, "085-permission-bot-asks-other"),
            _assignees(MAIN): recorded(version, "088-assignees-bot"),
        }
    )
    assert tracker(table).permission(MAIN, account) is expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (READER, Permission.UNKNOWN),
        (WRITER, Permission.UNKNOWN),
        (STRANGER, Permission.NO_WRITE),
    ],
)
def test_permission__refused_in_an_organisation__only_absence_is_certain(
    version: str, account: Account, expected: Permission
) -> None:
    """089 lists a member of a team that may only read pull requests beside those who may write."""
    table = Table(
        {
            _asks(ORG, account.login): recorded(version, "085-permission-bot-asks-other"),
            _assignees(ORG): recorded(version, "089-assignees-org"),
        }
    )
    assert tracker(table).permission(ORG, account) is expected


@pytest.mark.parametrize("version", VERSIONS)
def test_permission__token_known_to_be_no_admin__is_not_refused_first(version: str) -> None:
    """013 shows the token's own rights: admin false, so the question would only get 403."""
    names = ("013-repo", "088-assignees-bot")
    with replay(*(recording(version, name) for name in names)) as cassette:
        asking = tracker()
        asking.repository(MAIN)
        assert asking.permission(MAIN, STRANGER) is Permission.NO_WRITE
    assert cassette.play_count == 2


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("rights", [{"admin": True, "push": True}, None])
def test_permission__token_may_be_admin__asks(version: str, rights: dict[str, bool] | None) -> None:
    shown = {**body_of(version, "013-repo"), "permissions": rights}
    table = Table(
        {
            question("GET", f"{API}/repos/{MAIN}"): reply(shown),
            _asks(MAIN, "writer"): recorded(version, "079-permission-owner-asks-writer"),
            _assignees(MAIN): recorded(version, "088-assignees-bot"),
        }
    )
    asking = tracker(table)
    asking.repository(MAIN)
    assert asking.permission(MAIN, WRITER) is Permission.WRITE
    assert _asks(MAIN, "writer") in table.asked


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "login"),
    [("082-permission-unknown-user", "nobody"), ("122-permission-ghost", "Ghost")],
)
def test_permission__unknown_user__has_no_write(version: str, name: str, login: str) -> None:
    with replay(recording(version, name)):
        assert tracker().permission(MAIN, Account(77, login)) is Permission.NO_WRITE


@pytest.mark.parametrize("version", VERSIONS)
def test_permission__unknown_repository__is_not_an_unknown_user(version: str) -> None:
    table = Table({_asks("owner/gone", "writer"): recorded(version, "007-no-such-repo")})
    with pytest.raises(NotFound):
        tracker(table).permission("owner/gone", WRITER)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (GHOST, Permission.NO_WRITE),
        (Account(-2, "forgejo-actions", AccountKind.BOT), Permission.UNKNOWN),
    ],
)
def test_permission__no_person__is_not_asked_for(account: Account, expected: Permission) -> None:
    table = Table({})
    assert tracker(table).permission(MAIN, account) is expected
    assert table.asked == []


def test_permission__login_taken_over__is_unknown() -> None:
    """The answer is about another account id than the event's actor."""
    table = Table({_asks(MAIN, "writer"): _answer(Account(99, "writer"), "admin")})
    assert tracker(table).permission(MAIN, WRITER) is Permission.UNKNOWN


def test_permission__unknown_word__is_unknown() -> None:
    table = Table({_asks(MAIN, "writer"): _answer(WRITER, "maintain")})
    assert tracker(table).permission(MAIN, WRITER) is Permission.UNKNOWN


def test_permission__odd_login__is_percent_encoded() -> None:
    odd = Account(8, "a/../b?c")
    table = Table({_asks(MAIN, "a%2F..%2Fb%3Fc"): _answer(odd, "admin")})
    assert tracker(table).permission(MAIN, odd) is Permission.WRITE


@pytest.mark.parametrize("version", VERSIONS)
def test_permission__assignees_refused_too__is_unknown(version: str) -> None:
    refused = recorded(version, "085-permission-bot-asks-other")
    table = Table({_asks(MAIN, "writer"): refused, _assignees(MAIN): refused})
    assert tracker(table).permission(MAIN, WRITER) is Permission.UNKNOWN


@pytest.mark.parametrize("version", VERSIONS)
def test_permission__missing_scope__is_a_token_error_on_either(version: str) -> None:
    """A token that may not ask at all must not look like an account that may not write."""
    scope = recorded(version, "180-scope-missing-read-repository")
    table = Table({_asks(MAIN, "writer"): scope})
    with pytest.raises(TokenError):
        tracker(table).permission(MAIN, WRITER)
    refused = recorded(version, "085-permission-bot-asks-other")
    table = Table({_asks(MAIN, "writer"): refused, _assignees(MAIN): scope})
    with pytest.raises(TokenError):
        tracker(table).permission(MAIN, WRITER)
