"""Facts of an installation in which all is well; a test names only what it changes."""

from dataclasses import replace
from typing import Any, Final

from support.factories import NOW, config

from afk.config import CIConfig, Config, RepositoryConfig, T3Config
from afk.doctor import agents
from afk.doctor.facts import AgentSeen, Facts, ForgeSeen, Looked
from afk.errors import ServerFault
from afk.model.agent import AgentProject, AgentSnapshot
from afk.model.ci import Check, CheckState
from afk.model.installation import (
    Gate,
    ProviderFacts,
    RepositoryFacts,
    ServerSession,
    Setup,
    TokenFacts,
)
from afk.model.pull import BranchRules
from afk.types import Account

REPO: Final = "acme/app"
HERE: Final = RepositoryConfig(workspace="/srv/app")
ARMED: Final = config(repositories={REPO: HERE}, t3=T3Config(url="https://t3", model="m"))
BOT: Final = Account(1, "afk-bot")
TEST: Final = Check("test", CheckState.SUCCESS, workflow="ci", event="push")
WHOLE: Final = Looked(
    facts=RepositoryFacts(name=REPO, default_branch="main", may_write=True),
    labels=ARMED.labels,
    branch="main",
    rules=BranchRules(may_push=True, may_merge=True, methods=("squash",)),
    seen=(TEST,),
    commits=3,
    waiting=(),
)
DOWN: Final = ServerFault("the server answered 503")
OPEN: Final = Gate(shut=False, says="afk.yml:1 says so")


def facts(
    *,
    of: Config = ARMED,
    look: Looked = WHOLE,
    token: Any = None,
    agent: AgentSeen | None = None,
    name: str = "Forgejo",
    **given_: Any,
) -> Facts:
    """Return a look at which all is well, but for what is given."""
    doorbells = given_.pop("rung", ())
    snapshot = AgentSnapshot(
        environment_id="e", sequence=1, server_now=NOW, projects=(AgentProject("p", "/srv/app"),)
    )
    return Facts(
        setup=Setup(
            **{
                "config": of,
                "kill_switch": OPEN,
                "allowlist": OPEN,
                "token_from": "AFK_TOKEN",
                **given_,
            }
        ),
        now=NOW,
        forge=ForgeSeen(
            name=name,
            needs_key=name == "Forgejo",
            token=token or TokenFacts(account=BOT, server_now=NOW),
            repositories={REPO: look},
        ),
        agent=agent
        or AgentSeen(
            threads=snapshot,
            session=ServerSession(known=True, scopes=agents.SCOPES),
            providers=(ProviderFacts(instance="codex", models=("m",)),),
        ),
        doorbells=doorbells,
    )


def seen(**changed: Any) -> AgentSeen:
    return replace(facts().agent, **changed)


def pulls(**settings: Any) -> Config:
    return replace(ARMED, repositories={REPO: replace(HERE, landing="pull-request", **settings)})


def with_ci(**names: Any) -> Config:
    return replace(ARMED, repositories={REPO: replace(HERE, ci=CIConfig(**names))})


def of_token(**changed: Any) -> dict[str, Any]:
    return {"token": replace(TokenFacts(account=BOT, server_now=NOW), **changed)}


def look(**changed: Any) -> dict[str, Any]:
    return {"look": replace(WHOLE, **changed)}


def rules(**changed: Any) -> dict[str, Any]:
    return look(rules=replace(BranchRules(may_push=True, may_merge=True), **changed))
