"""Every check of doctor's by the facts alone: what each fact makes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from support.doctor_facts import (
    ARMED,
    DOWN,
    REPO,
    WHOLE,
    facts,
    look,
    of_token,
    pulls,
    rules,
    seen,
    with_ci,
)
from support.factories import NOW

from afk.config import CIConfig, StageConfig
from afk.doctor import agents, forge, landing, setup
from afk.doctor.facts import Facts, Rung
from afk.doctor.finding import Finding, State, Unasked
from afk.errors import (
    ConfigError,
    NoBranch,
    NotFound,
    RepositoryMoved,
    TokenError,
)
from afk.model.installation import (
    Gate,
    ProviderFacts,
    ServerSession,
    WaitingRun,
)
from afk.types import Account, AccountKind

APP: Final = Account(2, "afk[bot]", AccountKind.BOT)
GOOD, WRONG, UNTOLD, OFF, NO_ANSWER = (
    State.GOOD,
    State.WRONG,
    State.UNTOLD,
    State.OFF,
    State.NO_ANSWER,
)
TABLE: Final[
    tuple[tuple[Callable[[Facts], Iterable[Finding]], Mapping[str, Any], State, str], ...]
] = (
    (setup.kill_switch, {"kill_switch": Gate(shut=True, says="x", fix="do")}, OFF, "on: nothing"),
    (setup.allowlist, {"allowlist": Gate(shut=True, says="x", fix="do")}, OFF, "empty: nothing"),
    (setup.allowlist, {}, GOOD, "afk.yml:1 says so"),
    (setup.state_key, {"unsigned": True}, WRONG, "on Forgejo anybody who may write"),
    (setup.state_key, {"unsigned": True, "name": "GitHub"}, GOOD, "which works"),
    (
        setup.state_key,
        {"unsigned": True, "of": replace(ARMED, allow_unsigned_state=True)},
        GOOD,
        "which works",
    ),
    (setup.state_key, {"state_key": ConfigError("weak")}, WRONG, "weak"),
    (setup.doorbells, {"rung": (Rung(kind="slack", rung=True),)}, GOOD, "slack rang"),
    (setup.doorbells, {"rung": (Rung(kind="slack"),)}, UNTOLD, "doctor --ring"),
    (setup.doorbells, {"rung": (Rung(kind="slack", failure=DOWN),)}, NO_ANSWER, "503"),
    (setup.doorbells, {"rung": ConfigError("no address")}, WRONG, "no address"),
    (setup.doorbells, {"useless": ("AFK_NTFY_TOKEN",)}, WRONG, "AFK_NTFY_TOKEN is set"),
    (forge.token, {"token": TokenError("401")}, WRONG, "401"),
    (forge.token, {"token": DOWN}, NO_ANSWER, "503"),
    (forge.token, of_token(kind="a classic token", scopes=()), GOOD, "scopes: none"),
    (forge.token, of_token(account=None, lacks=("read:user",)), WRONG, "read:user"),
    (forge.token, {"token_from": "GITHUB_TOKEN"}, GOOD, "the job's own token of afk-bot"),
    (forge.account, {"token": DOWN}, UNTOLD, "not taken"),
    (forge.account, of_token(account=None), UNTOLD, "whose it is"),
    (forge.account, of_token(account=Account(3, "acme")), WRONG, "who owns acme/app"),
    (
        forge.account,
        {**of_token(account=Account(3, "Mara")), "of": replace(ARMED, trusted=("mara",))},
        WRONG,
        "listed in trusted",
    ),
    (
        forge.account,
        {**of_token(account=Account(3, "acme")), "token_from": "GITHUB_TOKEN"},
        GOOD,
        "works for afk",
    ),
    (forge.account, of_token(account=APP), GOOD, "works for afk"),
    (forge.account, of_token(account=Account(9, "")), GOOD, "it works for afk"),
    (forge.expiry, {"token": Unasked("x")}, UNTOLD, "not taken"),
    (forge.expiry, {}, GOOD, "no end of it"),
    (forge.expiry, of_token(expires_at=NOW + timedelta(days=6)), WRONG, "2026-11-29"),
    (forge.expiry, of_token(expires_at=NOW + timedelta(days=9)), GOOD, "2026-12-02"),
    (forge.clock, {"token": DOWN}, UNTOLD, "not heard"),
    (forge.clock, of_token(server_now=None), UNTOLD, "does not tell the time"),
    (forge.clock, of_token(server_now=NOW - timedelta(minutes=2)), WRONG, "120 seconds ahead of"),
    (forge.clock, of_token(server_now=NOW + timedelta(minutes=2)), WRONG, "120 seconds behind"),
    (forge.clock, of_token(server_now=NOW - timedelta(seconds=60)), GOOD, "agrees"),
    (forge.repositories, look(facts=NotFound("404")), WRONG, "cannot be found"),
    (forge.repositories, look(facts=DOWN), NO_ANSWER, "503"),
    (forge.repositories, look(facts=RepositoryMoved(REPO, "acme/b")), WRONG, "is now acme/b"),
    (forge.rights, look(facts=DOWN), UNTOLD, "was not read"),
    (forge.rights, look(may_label=TokenError("lacks write:issue")), WRONG, "write:issue"),
    (forge.labels, look(labels=DOWN), NO_ANSWER, "503"),
    (landing.branch, look(rules=NoBranch(REPO, "main")), WRONG, "has no branch main"),
    (landing.branch, look(rules=DOWN), NO_ANSWER, "503"),
    (landing.branch, {"of": pulls(), **rules(protected=True)}, GOOD, "main is there"),
    (landing.branch, rules(protected=True, may_push=None), WRONG, "is protected"),
    (
        landing.branch,
        {**rules(protected=True, may_push=False), "of": replace(ARMED, agent_accounts=(5,))},
        UNTOLD,
        "is protected",
    ),
    (landing.branch, rules(protected=True, may_push=True), GOOD, "open to pushes"),
    (landing.landing, {}, GOOD, "agents push"),
    (landing.landing, {"of": pulls()}, GOOD, "merged by people"),
    (landing.landing, {"of": pulls(merge="green"), **look(rules=DOWN)}, GOOD, "merged by afk"),
    (
        landing.landing,
        {"of": pulls(), **look(facts=replace(WHOLE.facts, has_pulls=False))},  # type: ignore[type-var]
        WRONG,
        "switched off",
    ),
    (landing.ci, look(seen=DOWN), NO_ANSWER, "503"),
    (landing.ci, look(seen=()), WRONG, "no check on the newest 3 commits"),
    (landing.ci, {"of": with_ci(none="green"), **look(seen=())}, GOOD, "ci.none: green"),
    (landing.ci, {"of": pulls(), **look(seen=())}, UNTOLD, "pull requests alone"),
    (landing.ci_names, {"of": with_ci(required=("test",)), **look(seen=())}, UNTOLD, "compared"),
    (landing.ci_names, {"of": with_ci(required=("test",)), **look(seen=DOWN)}, UNTOLD, "compared"),
    (landing.ci_names, {"of": with_ci(required=("ci / test",))}, GOOD, "every name has a check"),
    (landing.ci_names, {"of": with_ci(required=("zzz",))}, WRONG, "'zzz', and no check"),
    (landing.ci_names, {"of": with_ci(ignore=("afk", "c?", "ci / *"))}, GOOD, "every name"),
    (
        landing.ci_names,
        {"of": pulls(ci=CIConfig(required=("tests",)))},
        UNTOLD,
        "it may run on pull requests alone",
    ),
    (landing.ci_names, {"of": pulls(rollout=StageConfig(status="test"))}, GOOD, "every name"),
    (landing.ci_names, {"of": pulls(deploy=StageConfig(workflow="ci"))}, GOOD, "every name"),
    (landing.runner, look(waiting=Unasked("not shown")), UNTOLD, "not shown"),
    (
        landing.runner,
        look(waiting=(WaitingRun("afk", NOW - timedelta(minutes=9)),)),
        GOOD,
        "no job waits",
    ),
    (
        landing.runner,
        look(waiting=(WaitingRun("", NOW - timedelta(minutes=11)),)),
        WRONG,
        "up to 11 minutes",
    ),
    (agents.server, {"agent": seen(threads=DOWN)}, NO_ANSWER, "503"),
    (agents.server, {}, GOOD, "shows 1 project"),
    (agents.token, {"agent": seen(session=DOWN)}, NO_ANSWER, "503"),
    (agents.token, {"agent": seen(session=ServerSession(known=False))}, WRONG, "does not know"),
    (agents.token, {}, GOOD, "may read and operate"),
    (agents.agents, {"agent": seen(providers=Unasked("hidden"))}, UNTOLD, "hidden"),
    (agents.agents, {"agent": seen(providers=())}, WRONG, "no instance 'codex'"),
    (agents.agents, {"of": replace(ARMED, repositories={})}, GOOD, "codex with m"),
    (
        agents.agents,
        {"agent": seen(providers=(ProviderFacts(instance="codex", trouble="off"),))},
        WRONG,
        "cannot work: off",
    ),
    (agents.agents, {"agent": seen(providers=(ProviderFacts(instance="codex"),))}, GOOD, "codex"),
    (agents.workspaces, {"agent": seen(threads=DOWN)}, UNTOLD, "was not read"),
    (agents.workspaces, {}, GOOD, "knows /srv/app"),
)


@pytest.mark.parametrize(("judge", "given_", "state", "words"), TABLE)
def test_check__one_fact__is_judged_alone(
    judge: Callable[[Facts], Iterable[Finding]],
    given_: Mapping[str, Any],
    state: State,
    words: str,
) -> None:
    (one,) = judge(facts(**given_))
    assert one.state is state
    assert words in f"{one.what} {one.fix}"
