"""The table of checks, in the order in which they are told. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from afk.doctor import agents, forge, landing, setup
from afk.doctor.facts import Facts
from afk.doctor.finding import Finding

Judge = Callable[[Facts], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what it looks at, and what it may find, for people."""

    name: str
    about: str
    wrong: str
    judge: Judge


CHECKS: Final = (
    Check(
        "configuration",
        "the file or AFK_CONFIG, whole",
        "bad YAML, a setting misspelt or of the wrong kind, an address that cannot be one",
        setup.configuration,
    ),
    Check(
        "environment", "variables that begin with AFK_", "one that is misspelt", setup.environment
    ),
    Check("kill switch", "which place says on or off", "", setup.kill_switch),
    Check("allowlist", "which place names repositories", "", setup.allowlist),
    Check(
        "state key",
        "AFK_STATE_KEY",
        "one that can be guessed; none, where the forge needs it",
        setup.state_key,
    ),
    Check(
        "forge token",
        "whether the forge takes it; its kind and scopes where they show",
        "none, wrong, expired, revoked, short of a scope",
        forge.token,
    ),
    Check("forge account", "whose token it is", "a person's own", forge.account),
    Check("token's end", "when it ends, where that shows", "within a week", forge.expiry),
    Check("clock", "this machine's against the forge's", "more than a minute off", forge.clock),
    Check(
        "repository",
        "each one in allowlist, draining or repositories",
        "misspelt, renamed, hidden from the token, archived, without issues",
        forge.repositories,
    ),
    Check("rights", "what the token may do in each", "read only", forge.rights),
    Check("labels", "afk's four, in each", "missing, or spelt in another case", forge.labels),
    Check(
        "branch",
        "where work lands, in each",
        "not there; protected against the agent's pushes",
        landing.branch,
    ),
    Check(
        "landing",
        "pull requests, where work lands by them",
        "switched off, the merge method too, no right to open or merge, a job's own token",
        landing.landing,
    ),
    Check("CI", "checks on the branch's newest commits", "none", landing.ci),
    Check(
        "CI names",
        "names in ci.required, ci.ignore, deploy and rollout",
        "one that no check seen lately has",
        landing.ci_names,
    ),
    Check(
        "T3",
        "whether T3 Code answers, and in which protocol",
        "refused, unknown host, TLS, another server's address, another protocol",
        agents.server,
    ),
    Check("T3 token", "its scopes and its end", "unknown, short of a scope, ending", agents.token),
    Check(
        "agents",
        "each instance and model that can be picked",
        "unknown, switched off, not installed, not signed in",
        agents.agents,
    ),
    Check(
        "workspace",
        "each repository's folder, by T3's projects",
        "another one than T3 has; one for two repositories",
        agents.workspaces,
    ),
    Check(
        "doorbells",
        "addresses that are set; --ring rings each once",
        "an address without effect, one that does not take the message",
        setup.doorbells,
    ),
    Check(
        "runner",
        "jobs that wait for a runner",
        "one that waits for more than ten minutes: `runs-on` names a label that no runner has",
        landing.runner,
    ),
)


def findings(facts: Facts) -> list[Finding]:
    """Return what every check says, in the table's order."""
    return [replace(one, check=check.name) for check in CHECKS for one in check.judge(facts)]
