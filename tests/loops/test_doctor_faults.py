"""`afk doctor` in worlds in which one thing is really wrong: it is found, named, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
from support.doctor import examined, healthy, ill
from support.poll_rig import writes

from afk.types import Forge
from afk_sandbox.faults import Fault as Broken
from afk_sandbox.forge.ci import Job, Pace, Workflow
from afk_sandbox.forge.records import AccountKind, Repository
from afk_sandbox.forge.rules_of_branches import Method
from afk_sandbox.t3.model import Token
from afk_sandbox.world import IN_PROGRESS, READY, World, world

GITHUB, FORGEJO = Forge.GITHUB, Forge.FORGEJO
PULLS: Final = {"landing": "pull-request"}
MERGES: Final = {"landing": "pull-request", "merge": "green"}
Spoil = Callable[[World, Repository], object]


def token(here: World, *scopes: str, **more: Any) -> None:
    here.environ["AFK_TOKEN"] = here.forge.token_for(here.bot, scopes=scopes or ("all",), **more)


def wrong_token(here: World, repo: Repository) -> None:
    del repo
    here.environ["AFK_TOKEN"] = "somebody-elses"


def no_token(here: World, repo: Repository) -> None:
    del repo
    del here.environ["AFK_TOKEN"]


def expired(here: World, repo: Repository) -> None:
    del repo
    token(here, expires_at=here.clock.now() - timedelta(minutes=1))


def ending_token(here: World, repo: Repository) -> None:
    here.bot.kind = AccountKind.USER
    token(here, expires_at=here.clock.now() + timedelta(days=2))
    del repo


def short_classic(here: World, repo: Repository) -> None:
    del repo
    here.bot.kind = AccountKind.USER
    token(here, "read:org", "gist")


def read_only_token(here: World, repo: Repository) -> None:
    del repo
    token(here, "read:issue", "read:repository", "read:user")


def no_read_user(here: World, repo: Repository) -> None:
    del repo
    token(here, "write:issue", "read:repository")


def read_only_account(here: World, repo: Repository) -> None:
    here.forge.set_access(repo, here.bot, "read")


def somebodys_own(here: World, repo: Repository) -> None:
    del repo
    here.environ["AFK_TOKEN"] = here.forge.token_for(here.owner)


def approvers_own(here: World, repo: Repository) -> None:
    approver = here.people.reviewer(repo, "mara")
    here.settings["trusted"] = [approver.id]
    here.environ["AFK_TOKEN"] = here.forge.token_for(approver)


def misspelt(here: World, repo: Repository) -> None:
    here.settings["allowlist"] = ["owner/shpo"]
    here.settings["repositories"] = {"owner/shpo": {"workspace": "/srv/shop"}}
    del repo


def misspelt_owner(here: World, repo: Repository) -> None:
    here.settings["allowlist"] = ["ownr/shop"]
    here.settings["repositories"] = {"ownr/shop": {"workspace": "/srv/shop"}}
    del repo


def renamed(here: World, repo: Repository) -> None:
    here.forge.rename_repository(repo, "store")


def archived(here: World, repo: Repository) -> None:
    here.forge.archive(repo)


def no_issues(here: World, repo: Repository) -> None:
    del here
    repo.has_issues = False


def label_gone(here: World, repo: Repository) -> None:
    (label,) = here.forge.labels_named(repo, [IN_PROGRESS])
    here.forge.delete_label(label)


def label_in_another_case(here: World, repo: Repository) -> None:
    (label,) = here.forge.labels_named(repo, [READY])
    here.forge.rename_label(label, "Ready-For-Agent")


def no_branch(here: World, repo: Repository) -> None:
    here.settings["repositories"][repo.full_name]["branch"] = "trunk"


def closed_to_pushes(here: World, repo: Repository) -> None:
    here.people.protect(repo, push=frozenset(), ruleset=here.kind is GITHUB, approvals=1)


def no_squash(here: World, repo: Repository) -> None:
    del here
    repo.merging.methods = frozenset({Method.MERGE})


def closed_to_merges(here: World, repo: Repository) -> None:
    here.people.protect(repo, merge=frozenset())


def asks_for_approvals(here: World, repo: Repository) -> None:
    here.people.protect(repo, approvals=2)


def no_pulls(here: World, repo: Repository) -> None:
    del repo
    token(here, "write:issue", "read:repository", "read:user")


def jobs_own_token(here: World, repo: Repository) -> None:
    here.environ["GITHUB_TOKEN"] = here.environ.pop("AFK_TOKEN")
    here.environ["GITHUB_API_URL"] = here.settings.pop("forge_url")
    del repo


def no_ci(here: World, repo: Repository) -> None:
    repo.runs.clear()
    repo.statuses.clear()
    del here


def misspelt_check(here: World, repo: Repository) -> None:
    here.settings["repositories"][repo.full_name]["ci"] = {"required": ["tset"]}


def glob_of_nothing(here: World, repo: Repository) -> None:
    here.settings["repositories"][repo.full_name]["ci"] = {"ignore": ["nightly*"]}


def misspelt_deploy(here: World, repo: Repository) -> None:
    here.settings["repositories"][repo.full_name]["deploy"] = {"workflow": "depoly"}


def nobody_runs_it(here: World, repo: Repository) -> None:
    repo.workflows = (Workflow(name="afk", file="afk.yml", jobs=(Job("tick"),)),)
    here.forge.pace = Pace(pickup=1e7)
    here.forge.push(repo, repo.default_branch, "wake it", here.owner)
    here.clock.sleep(3600)


def clock_off(here: World, repo: Repository) -> None:
    del repo
    late = here.clock.now() + timedelta(minutes=3)
    here.forge.now = lambda: late


def no_state_key(here: World, repo: Repository) -> None:
    del repo
    del here.environ["AFK_STATE_KEY"]


def weak_state_key(here: World, repo: Repository) -> None:
    del repo
    here.environ["AFK_STATE_KEY"] = "changeme-changeme"


def misspelt_variable(here: World, repo: Repository) -> None:
    del repo
    here.environ["AFK_SLACK_WEBHOK"] = "https://hooks.slack.test/x"


def slack_not_in_notify(here: World, repo: Repository) -> None:
    del repo
    here.settings["notify"] = ["ntfy"]
    here.environ |= {
        "AFK_SLACK_WEBHOOK": "https://hooks.slack.test/x",
        "AFK_NTFY_URL": "https://ntfy.test/topic",
    }


def ntfy_token_alone(here: World, repo: Repository) -> None:
    del repo
    here.environ["AFK_NTFY_TOKEN"] = "tk_x"


def t3_at(here: World, address: str) -> None:
    here.settings["t3"]["url"] = address


def t3_short_of_a_scope(here: World, repo: Repository) -> None:
    del repo
    here.t3.tokens["sandbox-t3-token"] = Token(scopes=("orchestration:read",))


def t3_token_ends(here: World, repo: Repository) -> None:
    del repo
    soon = here.clock.now() + timedelta(days=1)
    here.t3.tokens["sandbox-t3-token"] = Token(expires_at=soon)


def t3_token_unknown(here: World, repo: Repository) -> None:
    del repo
    here.t3.tokens.clear()


def another_folder(here: World, repo: Repository) -> None:
    here.settings["repositories"][repo.full_name]["workspace"] = "/home/code/shop"


def one_folder_for_two(here: World, repo: Repository) -> None:
    healthy(here, "site")
    here.settings["repositories"]["owner/site"]["workspace"] = "/srv/shop"
    del repo


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
    beside: tuple[str, ...] = (),
    **settings: Any,
) -> Case:
    return Case(kind, spoil, check, words, beside=frozenset(beside), settings=(*settings.items(),))


def t3_case(spoil: Spoil, check: str, *words: str, code: int = 2, beside: str = "") -> Case:
    more = frozenset({beside} - {""})
    return Case(GITHUB, spoil, check, words, code=code, beside=more)


CASES: Final = (
    case(GITHUB, wrong_token, "forge token", "401", "AFK_TOKEN"),
    case(FORGEJO, wrong_token, "forge token", "401", "AFK_TOKEN"),
    case(GITHUB, no_token, "forge token", "there is no token", "AFK_TOKEN"),
    case(GITHUB, expired, "forge token", "wrong, expired or revoked", "AFK_TOKEN"),
    case(GITHUB, ending_token, "token's end", "the token ends at 2026-03-04", "AFK_TOKEN"),
    case(GITHUB, short_classic, "forge token", "lacks the scope repo", "AFK_TOKEN"),
    case(FORGEJO, read_only_token, "rights", "lacks the scope write:issue"),
    case(FORGEJO, no_read_user, "forge token", "lacks the scope read:user"),
    case(GITHUB, read_only_account, "rights", "Resource not accessible", beside=("branch",)),
    case(FORGEJO, read_only_account, "rights", "may read here and not write"),
    case(FORGEJO, somebodys_own, "forge account", "owner's own", "who owns owner/shop"),
    case(GITHUB, approvers_own, "forge account", "mara's own", "listed in trusted"),
    case(GITHUB, misspelt, "repository", "cannot be found", "did you mean owner/shop?"),
    case(FORGEJO, misspelt, "repository", "cannot be found", "did you mean owner/shop?"),
    case(FORGEJO, misspelt_owner, "repository", "cannot be found", "did you mean owner/shop?"),
    case(FORGEJO, renamed, "repository", "owner/shop is now owner/store"),
    case(GITHUB, renamed, "repository", "owner/shop is now owner/store"),
    case(FORGEJO, archived, "repository", "archived", "unarchive"),
    case(FORGEJO, no_issues, "repository", "issues are switched off"),
    case(GITHUB, label_gone, "labels", f"no label {IN_PROGRESS}", "afk doctor --fix"),
    case(FORGEJO, label_in_another_case, "labels", "'Ready-For-Agent', but not", "rename"),
    case(GITHUB, label_in_another_case, "labels", "'Ready-For-Agent', but not", "rename"),
    case(GITHUB, no_branch, "branch", "has no branch trunk", beside=("CI",)),
    case(FORGEJO, no_branch, "branch", "has no branch trunk"),
    case(GITHUB, closed_to_pushes, "branch", "is protected", "landing: pull-request"),
    case(FORGEJO, closed_to_pushes, "branch", "is protected", "landing: pull-request"),
    case(GITHUB, no_squash, "landing", "squash is switched off", "one of merge", **MERGES),
    case(FORGEJO, no_squash, "landing", "squash is switched off", "one of merge", **MERGES),
    case(FORGEJO, closed_to_merges, "landing", "may not merge into main", **MERGES),
    case(FORGEJO, asks_for_approvals, "landing", "asks for 2 approvals", **MERGES),
    case(FORGEJO, no_pulls, "landing", "write:repository", **PULLS),
    case(GITHUB, jobs_own_token, "landing", "job's own token", "AFK_TOKEN", **PULLS),
    case(GITHUB, no_ci, "CI", "no check on the newest 2 commits", "ci.none: green"),
    case(FORGEJO, misspelt_check, "CI names", "ci.required names 'tset'", "did you mean test?"),
    case(GITHUB, glob_of_nothing, "CI names", "ci.ignore names 'nightly*'", "build, lint, test"),
    case(GITHUB, misspelt_deploy, "CI names", "deploy.workflow names 'depoly'"),
    case(GITHUB, nobody_runs_it, "runner", "afk have waited for a runner", "runs-on"),
    case(FORGEJO, nobody_runs_it, "runner", "afk.yml have waited for a runner", "runs-on"),
    case(FORGEJO, clock_off, "clock", "180 seconds behind the forge's", "NTP"),
    case(FORGEJO, no_state_key, "state key", "on Forgejo anybody", "openssl rand -hex 32"),
    case(GITHUB, weak_state_key, "state key", "AFK_STATE_KEY can be guessed"),
    case(GITHUB, misspelt_variable, "environment", "did you mean AFK_SLACK_WEBHOOK?"),
    case(GITHUB, slack_not_in_notify, "doorbells", "AFK_SLACK_WEBHOOK is set", "add slack"),
    case(GITHUB, ntfy_token_alone, "doorbells", "AFK_NTFY_TOKEN is set and rings nothing"),
    t3_case(
        lambda here, _: t3_at(here, "http://127.0.0.1:9"), "T3", "refused: ", "start it", code=1
    ),
    t3_case(lambda here, _: t3_at(here, "http://nowhere.invalid"), "T3", "unknown host: ", code=1),
    t3_case(
        lambda here, _: t3_at(here, here.settings["t3"]["url"].replace("http", "https")),
        "T3",
        "TLS: it answers without encryption",
        code=1,
    ),
    t3_case(
        lambda here, _: t3_at(here, here.settings["t3"]["url"] + "/settings"),
        "configuration",
        "t3.url (or AFK_T3_URL) has a path: /settings",
    ),
    t3_case(
        lambda here, _: t3_at(here, here.settings["forge_url"]),
        "configuration",
        "is the forge's address",
    ),
    t3_case(t3_token_unknown, "T3", "T3 Code refused the token", beside="T3 token"),
    t3_case(t3_short_of_a_scope, "T3 token", "lacks orchestration:operate"),
    t3_case(t3_token_ends, "T3 token", "the token ends at"),
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
    t3_case(another_folder, "workspace", "does not know the folder /home/code/shop", "/srv/shop"),
    t3_case(one_folder_for_two, "workspace", "shares the folder /srv/shop", beside="configuration"),
)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_doctor__one_thing_is_really_wrong__is_found_with_its_fix_and_nothing_else(
    one: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    with world(one.kind, t3_version=one.version) as here:
        here.settings |= dict(one.settings)
        repo = healthy(here)
        one.spoil(here, repo)
        secrets = [text for name, text in here.environ.items() if name not in ("AFK_KILL_SWITCH",)]

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
        t3_at(here, other.settings["forge_url"].removesuffix("/api/v3"))

        (said,) = ill(examined(here))["T3"]

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
