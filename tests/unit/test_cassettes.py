"""Cassettes and recordings hold no secret and nothing of the machine, and are never added to."""

import ast
import json
import re
from pathlib import Path

import httpx
import pytest
import vcr
from support.benches import SECRET, cassette, player
from support.cassettes import CASSETTES, RECORDINGS, TESTS, replay
from support.evidence import tape
from vcr.errors import CannotOverwriteExistingCassetteException

from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.serving import serve

FOLDERS = (
    "forgejo-11.0.15",
    "forgejo-14.0.0",
    "forgejo-16.0.0-dev",
    "t3-0.0.28",
    "t3-0.0.32",
    "t3-v2-0.0.33",
)

TOKENS = tuple(
    re.compile(pattern)
    for pattern in (
        r"gh[opsur]_[0-9A-Za-z]{16,}",
        r"github_pat_\w{20,}",
        r"eyJ[\w-]{10,}\.[\w-]{10,}",  # signed ones, T3's too
        r"xox[abps]-[\w-]{10,}",
        r"hooks\.slack\.com/services/T\w+",
        r"tk_[0-9a-z]{20,}",  # ntfy's
        r"(?<![a-z])sk-[\w-]{20,}",
        r"AKIA[0-9A-Z]{16}\b",
        r"-----BEGIN [A-Z ]*PRIVATE KEY",
        r"_token\"?\s*[:=]\s*\"?(?!<|REDACTED|null|BADBAD)[\w.-]{8,}",
        r"password\"\s*:\s*\"(?!<|REDACTED)[^\"]{4,}",
        r"secret\"\s*:\s*\"(?!<|REDACTED)[^\"]{4,}",
        r"credential\"\s*:\s*\"(?!<|REDACTED)[^\"]{4,}",
        r"sha1\"\s*:\s*\"(?!<|REDACTED)[^\"]{4,}",
    )
)
"""What is a secret by its look alone, whoever's it is."""

CREDENTIALS = re.compile(r"authorization\"?\s*:\s*[\[\n\s-]*\"?([^\"\n,\]]+)", re.IGNORECASE)
SCRUBBED = re.compile(
    rf"{SECRET}|(token|Bearer|Basic|Digest)( (<TOKEN>|abc|bad|garbage|\$\S+))?|"
    r"(basic \$\(.*|token \$.*|Bearer \$.*)"
)
"""A placeholder, a bad token that a recording is about, or a workflow's variable."""

COOKIES = re.compile(r"cookie\"?\s*:[\s-]*\"?([^\"\n]+)", re.IGNORECASE)
EATEN = re.compile(r"<COOKIE>|i_like_gitea=<COOKIE>;.*")
MACHINE = re.compile(r"(?<![\w.}])/(?:home|roo[t]|tmp|wor[k]|Users|var/folders)/\w")

FILES = sorted(
    path for folder in (CASSETTES, RECORDINGS) for path in folder.rglob("*") if path.is_file()
)


def leaks(text: str) -> list[str]:
    """Return what must not stand in a recording."""
    odd = [one for one in CREDENTIALS.findall(text) if not SCRUBBED.fullmatch(one.strip())]
    odd += [one for one in COOKIES.findall(text) if not EATEN.fullmatch(one.strip())]
    found = [pattern.search(text) for pattern in (*TOKENS, MACHINE)]
    return odd + [one[0] for one in found if one]


def test_recordings__every_file__has_no_secret_and_no_path_of_the_machine() -> None:
    found = {
        str(path.relative_to(TESTS)): leak
        for path in FILES
        if (leak := leaks(path.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert len(FILES) > 1000


@pytest.mark.parametrize(
    "text",
    [
        "      authorization:\n      - token 0123456789abcdef0123456789abcdef01234567\n",
        '"Authorization": "Bearer abcdefgh"',
        "      set-cookie:\n      - i_like_gitea=0123\n",
        '"Cookie": "session=1"',
        "ghp_0123456789abcdefghij0123456789abcdef",
        '{"access_token":"abcdefghijkl"}',
        '{"credential": "ABCDEFGHIJKL"}',
        "eyJzdWIiOiJvd25lciJ9abc.0123456789-0123456789_0123456789abcdefghijkl",
        "at /home/somebody/t3/server.ts",
        "https://hooks.slack.com/services/T000/B000/x",
    ],
)
def test_leaks__what_must_not_be_there__is_found(text: str) -> None:
    """Else the search above would prove nothing."""
    assert leaks(text)


@pytest.mark.parametrize("folder", FOLDERS)
def test_cassettes__of_one_server__are_those_of_the_contract_suite(folder: str) -> None:
    """One for each test, whole; none of a test that is gone; every credential scrubbed."""
    bench = "agent_bench" if folder.startswith("t3") else "bench"
    wanted = set()
    for path in (TESTS / "contract").glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if 'mark.forge("github")' in path.read_text(encoding="utf-8"):
            continue
        wanted |= {
            one.name
            for one in tree.body
            if isinstance(one, ast.FunctionDef)
            and one.name.startswith("test_")
            and bench in [argument.arg for argument in one.args.args]
        }
    assert {path.name.partition(".")[0] for path in (CASSETTES / folder).iterdir()} == wanted
    for path in (CASSETTES / folder).glob("*.yaml"):
        json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for one in tape(path):
            sent = {name.lower(): value for name, value in one["request"]["headers"].items()}
            assert sent.get("authorization", [SECRET]) == [SECRET], path.name


def test_citations__of_cassettes_in_the_code__are_of_some_that_exist() -> None:
    """By the beginning of a name; a cassette of each version."""
    cited = {
        name
        for path in (TESTS.parent / "afk").rglob("*.py")
        for name in re.findall(r"``(test_\w+)``", path.read_text(encoding="utf-8"))
    }
    there = [path.stem for path in CASSETTES.rglob("*.yaml")]
    missing = {name for name in cited if sum(one.startswith(name) for one in there) < 2}
    assert missing == set()
    assert cited


def test_folders__of_cassettes__are_all_looked_at() -> None:
    assert sorted(path.name for path in CASSETTES.iterdir()) == sorted(FOLDERS)


def test_player__recording__keeps_no_secret_of_either_side(tmp_path: Path) -> None:
    forge = ForgeModel(lambda: pytest.fail("nobody asks for the time"))
    token = "0123456789abcdef0123456789abcdef01234567"
    path = tmp_path / "tape.yaml"
    with (
        serve(forgejo_app(forge)) as url,
        player(vcr.mode.ALL).use_cassette(str(path)),
        httpx.Client(headers={"authorization": f"token {token}", "user-agent": "me"}) as client,
    ):
        client.get(f"{url}/api/v1/user")
    text = path.read_text(encoding="utf-8")
    assert SECRET in text
    assert token not in text
    assert leaks(text) == []


def test_player__unrecorded_request__is_refused_and_not_recorded() -> None:
    name = "test_me__is_the_tokens_account"
    path = CASSETTES / FOLDERS[0] / f"{name}.yaml"
    before = path.read_bytes()
    with (
        pytest.raises(CannotOverwriteExistingCassetteException),
        cassette(FOLDERS[0], name),
        httpx.Client() as client,
    ):
        client.get("http://forge.test/api/v1/version")
    assert path.read_bytes() == before


def test_replay__unrecorded_request__is_refused() -> None:
    with (
        pytest.raises(CannotOverwriteExistingCassetteException),
        replay("forgejo/14.0.0/013-repo"),
        httpx.Client() as client,
    ):
        client.get("http://recorded.test/api/v1/version")
