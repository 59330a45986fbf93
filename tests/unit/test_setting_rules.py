"""What single settings may say, and that an error knows which one it is about."""

import pytest

from afk import setting_rules as rules
from afk.setting_rules import WrongSetting
from afk.types import IssueKey

UNSEEN = [
    *("a\u200bb", "a\u200db", "\u202ea", "a\u2066b", "a\ufeff", "a\u00adb", "a\u3164", "a\x00b"),
    *("a\ufe00", "a\ufe0e"),
]


@pytest.mark.parametrize(
    "label",
    [
        " ",
        "\t",
        "\u2800",
        " go",
        "go ",
        "go\u00a0",
        "a\nb",
        "a\r",
        "a\u2028b",
        "x" * 51,
        "a,b",
        *UNSEEN,
        "a\ud800",
        "a\ue000",
        "y" * 1_001,
    ],
)
def test_check_label__what_no_forge_takes_or_nobody_sees__is_refused(label: str) -> None:
    with pytest.raises(WrongSetting, match="ready_label") as caught:
        rules.check_label("ready_label", label)
    assert (caught.value.name, caught.value.value) == ("ready_label", label)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "label",
    [
        "ready-for-agent",
        "Bereit für KI",
        "🤖 go",
        "❤️",
        "x" * 50,
        "准备",
    ],
)
def test_check_label__what_people_use__is_taken(label: str) -> None:
    rules.check_label("ready_label", label)


def test_check_text__of_the_greatest_length__is_taken_and_one_more_refused() -> None:
    rules.check_text("model", "x" * 1_000)
    with pytest.raises(WrongSetting, match="overlong"):
        rules.check_text("model", "x" * 1_001)


@pytest.mark.parametrize(
    "name",
    [
        "owner/..",
        "../x",
        "./x",
        "owner/.",
        "a/b.git",
        "a/b.wiki",
        "a",
        "a/b/c",
        "a/*",
        "a/b\n",
        "",
        "https://github.com/a/b",
        "a /b",
        f"a/{'b' * 101}",
    ],
)
def test_check_repository__no_repository__is_refused(name: str) -> None:
    with pytest.raises(WrongSetting, match="is not a repository name") as caught:
        rules.check_repository("allowlist", name)
    assert caught.value.next_step.endswith("no address, no .git, no wildcards")


@pytest.mark.parametrize("name", ["a/b", "Acme/app.js", "a/.github", "a-b/_x", "a/git"])
def test_check_repository__repository__is_taken(name: str) -> None:
    rules.check_repository("allowlist", name)


@pytest.mark.parametrize(
    "text",
    ["12", "#12", "a#12", "a/b", "a/b#", "a/b#0x1", "a/b#x", "https://github.com/a/b/issues/12"],
)
def test_issue_named__names_none__is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(WrongSetting, match=r"^dashboard is .* names no issue") as caught:
        rules.issue_named("dashboard", text)
    assert (caught.value.name, caught.value.value) == ("dashboard", text)
    assert "OWNER/REPO#N" in caught.value.next_step


def test_issue_named__an_issue__is_its_key() -> None:
    assert rules.issue_named("dashboard", "acme/shop#12") == IssueKey("acme/shop", 12)
    assert rules.issue_named("dashboard", "") is None


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "a..b",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "a.lock",
        "a.lock/b",
        "a.",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "a@{1}",
        "@",
        "-a",
        "a\nb",
        "a\x7fb",
        "x" * 245,
        "a\u200bb",
        "a\ud800",
    ],
)
def test_check_branch__no_branch_to_git__is_refused(name: str) -> None:
    with pytest.raises(WrongSetting, match="is no name that git takes"):
        rules.check_branch(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("origin/main", "such as main"),
        ("refs/heads/release/1", "such as release/1"),
        ("heads/main", "such as main"),
        ("remotes/origin/dev", "such as dev"),
        ("refs/remotes/origin/dev", "such as dev"),
        ("refs/tags/v1", "such as tags/v1"),
        ("HEAD", "such as main"),
        ("origin/HEAD", "such as main"),
    ],
)
def test_check_branch__reference_elsewhere__is_refused_with_the_branch(
    name: str, hint: str
) -> None:
    with pytest.raises(WrongSetting, match="is a reference") as caught:
        rules.check_branch(name)
    assert caught.value.next_step.endswith(hint)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "main",
        "release/1.x",
        "feature/a-b_c",
        "ü",
        "a@b",
        "original",
        "RELEASE-X",
    ],
)
def test_check_branch__branch__is_taken(name: str) -> None:
    rules.check_branch(name)


@pytest.mark.parametrize("path", ["//srv/x", "/srv/x ", " /srv", "/srv/\u200bx", "/a\nb", "C:\\a"])
def test_check_workspace__another_spelling__is_refused(path: str) -> None:
    with pytest.raises(WrongSetting, match="plain absolute path"):
        rules.check_workspace(path)


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("app.example.org/version", "write https://app.example.org/version"),
        ("//app.example.org", "write https://app.example.org"),
        ("ftp://app", "write https://app"),
        ("https:///x", "write https://x"),
    ],
)
def test_check_probe__no_whole_address__is_refused_with_the_hint(address: str, hint: str) -> None:
    with pytest.raises(WrongSetting, match="is no whole address") as caught:
        rules.check_probe(address)
    assert caught.value.next_step == hint


def test_check_probe__whole_address__is_taken() -> None:
    rules.check_probe("")
    rules.check_probe("https://app.example.org/version?{sha}")


@pytest.mark.parametrize("name", ["", " ", "a ", "a\nb", "\u200b"])
def test_check_names__no_name__is_refused(name: str) -> None:
    with pytest.raises(WrongSetting, match="required"):
        rules.check_names("required", ["build", name])


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("@octo-cat", "write octo-cat"),
        ("@Xena", "write Xena"),
        ("octo-cat ", "write octo-cat"),
        ("4711", "write 4711 without quotes"),
        ("dependabot[bot]", "numeric id"),
        ("@acme/maintainers", "no teams"),
        ("https://github.com/octo-cat", "no teams"),
        ("*", "one by one"),
        ("", "one by one"),
        ("m\u0430ra", "one by one"),
        ("mara:x", "one by one"),
        ("mara:0", "one by one"),
        (0, "/users/LOGIN"),
        (2**63, "/users/LOGIN"),
    ],
)
def test_check_trusted__names_nobody__is_refused_with_the_hint(entry: int | str, hint: str) -> None:
    with pytest.raises(WrongSetting, match=r"^trusted lists") as caught:
        rules.check_trusted([4711, "mara:4711", "mara", entry])
    assert hint in caught.value.next_step
    assert caught.value.value == entry


def test_trusted__ids_and_logins__are_told_apart() -> None:
    """Of a login with its id the id alone counts: the name may go to somebody else."""
    entries = (4711, -2, "Mara", "ben:12")
    rules.check_trusted(entries)
    assert rules.trusted_ids(entries) == {4711, -2, 12}
    assert rules.trusted_logins(entries) == {"mara"}
