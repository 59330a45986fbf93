"""`afk doctor` where one thing is really wrong: that is found and named, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from support import doctor_faults as faults
from support.doctor import examined, healthy, ill
from support.poll_rig import writes

from afk.types import Forge
from afk_sandbox.faults import Fault as Broken
from afk_sandbox.forge.records import Repository
from afk_sandbox.world import IN_PROGRESS, World, world

pytestmark = pytest.mark.network

GITHUB, FORGEJO = Forge.GITHUB, Forge.FORGEJO
PULLS: Final[dict[str, Any]] = {"landing": "pull-request"}
MERGES: Final[dict[str, Any]] = {"landing": "pull-request", "merge": "green"}
Spoil = Callable[[World, Repository], object]


@dataclass(frozen=True)
class Case:
    """A fault: what is spoilt where, and what doctor says: the check, parts of its words."""

    kind: Forge
    spoil: Spoil
    check: str
    words: tuple[str, ...]
    code: int = 2
    beside: frozenset[str] = frozenset()
    settings: tuple[tuple[str, Any], ...] = ()
    version: str = "0.0.33"

    def __str__(self) -> str:
        """Return its name among the tests."""
        return f"{self.kind.value} {getattr(self.spoil, '__name__', self.check)}"


def case(
    kind: Forge,
    spoil: Spoil,
    check: str,
    *words: str,
    beside: str = "",
    **settings: Any,
) -> Case:
    more = frozenset({beside} - {""})
    return Case(kind, spoil, check, words, beside=more, settings=(*settings.items(),))


def t3_case(spoil: Spoil, check: str, *words: str, code: int = 2, beside: str = "") -> Case:
    more = frozenset({beside} - {""})
    return Case(GITHUB, spoil, check, words, code=code, beside=more)


CASES: Final = (
    case(GITHUB, faults.wrong_token, "forge token", "401", "AFK_TOKEN"),
    case(FORGEJO, faults.wrong_token, "forge token", "401", "AFK_TOKEN"),
    case(GITHUB, faults.no_token, "forge token", "there is no token", "AFK_TOKEN"),
    case(GITHUB, faults.expired, "forge token", "wrong, expired or revoked", "AFK_TOKEN"),
    case(GITHUB, faults.ending_token, "token's end", "the token ends at 2026-03-04", "AFK_TOKEN"),
    case(GITHUB, faults.short_classic, "forge token", "lacks the scope repo", "AFK_TOKEN"),
    case(FORGEJO, faults.read_only_token, "rights", "lacks the scope write:issue"),
    case(FORGEJO, faults.no_read_user, "forge token", "lacks the scope read:user"),
    case(GITHUB, faults.read_only_account, "rights", "Resource not accessible", beside="branch"),
    case(FORGEJO, faults.read_only_account, "rights", "may read here and not write"),
    case(FORGEJO, faults.somebodys_own, "forge account", "owner's own", "who owns owner/shop"),
    case(GITHUB, faults.approvers_own, "forge account", "mara's own", "listed in trusted"),
    case(FORGEJO, faults.labellers_own, "forge account", "who labelled owner/shop#1"),
    case(GITHUB, faults.labellers_own, "forge account", "who labelled owner/shop#1"),
    case(GITHUB, faults.misspelt, "repository", "cannot be found", "did you mean owner/shop?"),
    case(FORGEJO, faults.misspelt, "repository", "cannot be found", "did you mean owner/shop?"),
    case(
        FORGEJO, faults.misspelt_owner, "repository", "cannot be found", "did you mean owner/shop?"
    ),
    case(FORGEJO, faults.renamed, "repository", "owner/shop is now owner/store"),
    case(GITHUB, faults.renamed, "repository", "owner/shop is now owner/store"),
    case(FORGEJO, faults.archived, "repository", "archived", "unarchive"),
    case(FORGEJO, faults.no_issues, "repository", "issues are switched off"),
    case(GITHUB, faults.label_gone, "labels", f"no label {IN_PROGRESS}", "afk doctor --fix"),
    case(FORGEJO, faults.label_in_another_case, "labels", "'Ready-For-Agent', but not", "rename"),
    case(GITHUB, faults.label_in_another_case, "labels", "'Ready-For-Agent', but not", "rename"),
    case(GITHUB, faults.no_branch, "branch", "has no branch trunk", beside="CI"),
    case(FORGEJO, faults.no_branch, "branch", "has no branch trunk"),
    case(GITHUB, faults.closed_to_pushes, "branch", "is protected", "landing: pull-request"),
    case(FORGEJO, faults.closed_to_pushes, "branch", "is protected", "landing: pull-request"),
    case(GITHUB, faults.no_squash, "landing", "squash is switched off", "one of merge", **MERGES),
    case(FORGEJO, faults.no_squash, "landing", "squash is switched off", "one of merge", **MERGES),
    case(FORGEJO, faults.closed_to_merges, "landing", "may not merge into main", **MERGES),
    case(FORGEJO, faults.asks_for_approvals, "landing", "asks for 2 approvals", **MERGES),
    case(FORGEJO, faults.no_pulls, "landing", "write:repository", **PULLS),
    case(GITHUB, faults.jobs_own_token, "landing", "job's own token", "AFK_TOKEN", **PULLS),
    case(GITHUB, faults.no_ci, "CI", "no check on the newest 2 commits", "ci.none: green"),
    case(
        FORGEJO, faults.misspelt_check, "CI names", "ci.required names 'tset'", "did you mean test?"
    ),
    case(
        GITHUB,
        faults.glob_of_nothing,
        "CI names",
        "ci.ignore names 'nightly*'",
        "build, lint, test",
    ),
    case(GITHUB, faults.misspelt_deploy, "CI names", "deploy.workflow names 'depoly'"),
    case(GITHUB, faults.nobody_runs_it, "runner", "afk have waited for a runner", "runs-on"),
    case(FORGEJO, faults.nobody_runs_it, "runner", "afk.yml have waited for a runner", "runs-on"),
    case(FORGEJO, faults.clock_off, "clock", "180 seconds behind the forge's", "NTP"),
    case(FORGEJO, faults.no_state_key, "state key", "on Forgejo anybody", "openssl rand -hex 32"),
    case(GITHUB, faults.weak_state_key, "state key", "AFK_STATE_KEY can be guessed"),
    case(GITHUB, faults.misspelt_variable, "environment", "did you mean AFK_SLACK_WEBHOOK?"),
    case(GITHUB, faults.slack_not_in_notify, "doorbells", "AFK_SLACK_WEBHOOK is set", "add slack"),
    case(GITHUB, faults.ntfy_token_alone, "doorbells", "AFK_NTFY_TOKEN is set and rings nothing"),
    t3_case(
        lambda here, _: faults.t3_at(here, "http://127.0.0.1:9"),
        "T3",
        "refused: ",
        "start it",
        code=1,
    ),
    t3_case(
        lambda here, _: faults.t3_at(here, "http://nowhere.invalid"), "T3", "unknown host: ", code=1
    ),
    t3_case(
        lambda here, _: faults.t3_at(here, here.settings["t3"]["url"].replace("http", "https")),
        "T3",
        "TLS: it answers without encryption",
        code=1,
    ),
    t3_case(
        lambda here, _: faults.t3_at(here, here.settings["t3"]["url"] + "/settings"),
        "configuration",
        "t3.url (or AFK_T3_URL) has a path: /settings",
    ),
    t3_case(
        lambda here, _: faults.t3_at(here, here.settings["forge_url"]),
        "configuration",
        "is the forge's address",
    ),
    t3_case(faults.t3_token_unknown, "T3", "T3 Code refused the token", beside="T3 token"),
    t3_case(faults.t3_short_of_a_scope, "T3 token", "lacks orchestration:operate"),
    t3_case(faults.t3_token_ends, "T3 token", "the token ends at"),
    t3_case(
        lambda here, _: here.settings["t3"].update(instance="codx"),
        "agents",
        "no instance 'codx'",
        "did you mean codex?",
    ),
    t3_case(
        lambda here, _: here.settings["t3"].update(model="gpt-fke"),
        "agents",
        "no model 'gpt-fke'",
        "did you mean gpt-fake?",
    ),
    t3_case(
        lambda here, _: here.settings["t3"].update(instance="grok"),
        "agents",
        "grok cannot work: its program is not installed",
    ),
    t3_case(
        faults.another_folder, "workspace", "does not know the folder /home/code/shop", "/srv/shop"
    ),
    t3_case(faults.a_clone_of_another, "workspace", "/srv/shop is a clone of git.test/owner/site"),
    t3_case(faults.its_clone_is_elsewhere, "workspace", "write /srv/shop as the workspace"),
    t3_case(
        faults.one_folder_for_two,
        "workspace",
        "shares the folder /srv/shop",
        beside="configuration",
    ),
)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_doctor__one_thing_is_really_wrong__is_found_with_its_fix_and_nothing_else(
    one: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    with world(one.kind, t3_version=one.version) as here:
        here.settings |= dict(one.settings)
        repo = healthy(here)
        one.spoil(here, repo)
        secrets = [text for name, text in here.environ.items() if name != "AFK_KILL_SWITCH"]

        ticked = examined(here)

        said = ill(ticked)
        assert said.keys() - one.beside == {one.check}, said
        text = " ".join(" ".join(each.values()) for each in said[one.check])
        for part in one.words:
            assert part in text
        assert all(each["fix"] for some in said.values() for each in some)
        assert ticked.exit_code == one.code
        # Whether it might open one is asked by a pull request from a branch to itself.
        assert [text for text in writes(here) if not text.endswith("/pulls")] == []
        assert here.forge.pulls(repo) == []
        told = ticked.output + "".join(capsys.readouterr())
        assert not any(secret in told for secret in secrets if "://" not in secret)


def test_doctor__t3_of_another_protocol__is_named() -> None:
    with world(GITHUB, t3_version="0.0.33") as here:
        healthy(here)
        described = {**here.t3.environment(), "orchestrationProtocolVersion": 3}
        here.t3.environment = lambda: described  # type: ignore[method-assign]

        ticked = examined(here)

        (said,) = ill(ticked)["T3"]
        assert "speaks orchestration protocol 3" in said["what"]
        assert ticked.exit_code == 2


def test_doctor__another_server_at_t3s_address__is_told_so() -> None:
    """A forge answers there with 404, or a page."""
    with world(FORGEJO) as here, world(GITHUB) as other:
        healthy(here)
        faults.t3_at(here, other.settings["forge_url"].removesuffix("/api/v3"))

        ticked = examined(here)

        (said,) = ill(ticked)["T3"]
        assert ticked.exit_code == 2
        assert "404" in said["what"]
        assert "another server's" in said["cause"]


def test_doctor__t3_behind_a_login_page__is_told_so() -> None:
    with world(FORGEJO) as here:
        healthy(here)
        page = Broken("before", 200, b"<html>Sign in</html>", "text/html")
        here.faults["t3"] = lambda _method, _path: page
        ticked = examined(here)
        assert "instead of JSON" in ill(ticked)["T3"][0]["what"]
        assert ticked.exit_code == 1
