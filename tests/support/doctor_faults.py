"""What can be wrong with an installation, done to a world: a token, a label, a folder, a runner."""

from datetime import timedelta
from typing import Any

from support.doctor import healthy

from afk.types import Forge
from afk_sandbox.forge.ci import Job, Pace, Workflow
from afk_sandbox.forge.records import AccountKind, Repository
from afk_sandbox.forge.rules_of_branches import Method
from afk_sandbox.t3.model import Token
from afk_sandbox.world import IN_PROGRESS, READY, World


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
    here.people.protect(repo, push=frozenset(), ruleset=here.kind is Forge.GITHUB, approvals=1)


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


def a_clone_of_another(here: World, repo: Repository) -> None:
    here.t3.state.projects[f"project-{repo.name}"].remote = "git.test/owner/site"


def its_clone_is_elsewhere(here: World, repo: Repository) -> None:
    another_folder(here, repo)
    here.t3.state.projects[f"project-{repo.name}"].remote = "git.test/owner/shop"
    here.settings["repositories"][repo.full_name]["workspace"] = "/home/code/till"


def one_folder_for_two(here: World, repo: Repository) -> None:
    healthy(here, "site")
    here.settings["repositories"]["owner/site"]["workspace"] = "/srv/shop"
    del repo
