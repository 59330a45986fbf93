"""Checks of how work lands: the branch, pull requests, CI and its names, runners. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from afk.config import RepositoryConfig
from afk.decide.ci_names import matches, names
from afk.doctor.facts import Facts, Looked
from afk.doctor.finding import Finding, Unasked, good, unread, untold, wrong
from afk.doctor.forge import JOB
from afk.errors import AfkError, NoBranch
from afk.model.ci import Check
from afk.model.pull import BranchRules
from afk.repository_config import CIConfig
from afk.text.nearest import listed, nearest

WAITS: Final = timedelta(minutes=10)
"""So long no job of a healthy installation waits for a runner."""


def _of_each(facts: Facts) -> Iterator[tuple[str, Looked, RepositoryConfig]]:
    """Yield what can be judged: repositories that were read and have an entry."""
    for name, one in facts.forge.repositories.items():
        settings = facts.setup.config.repositories.get(name)
        if settings is not None and not isinstance(one.facts, AfkError | Unasked):
            yield name, one, settings


def branch(facts: Facts) -> Iterator[Finding]:
    """Judge whether each branch exists, and whether work may be pushed to it."""
    for name, one, _ in _of_each(facts):
        if isinstance(one.rules, NoBranch):
            yield wrong(one.rules.what, one.rules.next_step, name)
        elif isinstance(one.rules, AfkError | Unasked):
            yield unread(one.rules, name)
        elif facts.setup.config.lands_by_pull(name):
            yield good(f"{one.branch} is there", name)
        else:
            yield _pushed_to(name, one.branch, one.rules, facts)


def _pushed_to(name: str, called: str, rules: BranchRules, facts: Facts) -> Finding:
    if not rules.protected or rules.may_push:
        return good(f"{called} is there, and open to pushes", name)
    if facts.setup.config.agent_accounts:
        return untold(
            f"{called} is protected, and whether the agent's account may push to it is not shown",
            name,
        )
    return wrong(
        f"{called} is protected, so that an agent's push is refused",
        f"set landing: pull-request for {name}; or let the account that agents push with through, "
        "and list its id in agent_accounts",
        name,
    )


def landing(facts: Facts) -> Iterator[Finding]:
    """Judge whether a pull request can be carried to its end where work lands by one."""
    config = facts.setup.config
    for name, one, _ in _of_each(facts):
        if not config.lands_by_pull(name):
            yield good("agents push to the branch", name)
            continue
        found = [*_opening(name, one, facts), *_merging(name, one, facts)]
        yield from found or [good(f"pull requests, merged by {_merger(facts, name)}", name)]


def _merger(facts: Facts, name: str) -> str:
    return "people" if facts.setup.config.merge_of(name) == "human" else "afk"


def _opening(name: str, one: Looked, facts: Facts) -> Iterator[Finding]:
    seen = one.facts
    if not isinstance(seen, AfkError | Unasked) and not seen.has_pulls:
        yield wrong("pull requests are switched off", "switch them on in its settings", name)
    elif one.may_open is not None:
        yield unread(one.may_open, name)
    if facts.setup.token_from == JOB:
        yield wrong(
            "the job's own token opens pull requests whose CI waits for a person, and what it "
            "merges starts nothing",
            "put the token of an account of afk's own into AFK_TOKEN",
            name,
        )


def _merging(name: str, one: Looked, facts: Facts) -> Iterator[Finding]:
    config, rules = facts.setup.config, one.rules
    merge, method = config.merge_of(name), config.method_of(name)
    if isinstance(rules, AfkError | Unasked) or merge == "human":
        return
    if rules.may_merge is False:
        yield wrong(
            f"this token may not merge into {one.branch}",
            "give its account write permission and let it through the branch's rules, or set "
            "merge: human",
            name,
        )
    if rules.methods is not None and method not in rules.methods:
        yield wrong(
            f"merge_method {method} is switched off",
            f"set merge_method to one of {listed(rules.methods)}, or switch {method} on in its "
            "settings",
            name,
        )
    if merge == "green" and rules.approvals:
        yield wrong(
            f"{one.branch} asks for {rules.approvals} approvals, and merge: green waits for none",
            "set merge: approved or merge: human",
            name,
        )


def ci(facts: Facts) -> Iterator[Finding]:
    """Judge whether any CI runs, and show the names of its checks."""
    for name, one, settings in _of_each(facts):
        if isinstance(one.seen, AfkError | Unasked):
            yield unread(one.seen, name)
        elif one.seen:
            yield good(f"checks seen on {one.branch}: {listed(_shown(one.seen))}", name)
        elif settings.ci.none == "green":
            yield good("none was seen, and none is needed (ci.none: green)", name)
        else:
            yield _no_ci(name, one, facts)


def _no_ci(name: str, one: Looked, facts: Facts) -> Finding:
    what = f"no check on the newest {one.commits} commits of {one.branch}"
    if facts.setup.config.lands_by_pull(name):
        return untold(f"{what}; it may run on pull requests alone", name)
    return wrong(
        f"{what}: afk would wait for CI and give up",
        "add a workflow that runs on pushes, or set ci.none: green",
        name,
    )


def ci_names(facts: Facts) -> Iterator[Finding]:
    """Judge the names of checks and workflows in the configuration, by what was seen lately."""
    for name, one, settings in _of_each(facts):
        wanted = list(_named(settings))
        if not wanted:
            yield good("no check is named", name)
        elif isinstance(one.seen, AfkError | Unasked) or not one.seen:
            yield untold("no check was seen that they could be compared with", name)
        else:
            yield from _compared(name, wanted, one.seen, facts)


Wanted = tuple[str, str]
"""A setting and a name in it."""


def _named(settings: RepositoryConfig) -> Iterator[Wanted]:
    yield from (("ci.required", one) for one in settings.ci.required)
    yield from (("ci.ignore", one) for one in settings.ci.ignore if one not in CIConfig().ignore)
    for place, stage in (("deploy", settings.deploy), ("rollout", settings.rollout)):
        if stage is not None and stage.workflow:
            yield f"{place}.workflow", stage.workflow
        if stage is not None and stage.status:
            yield f"{place}.status", stage.status


def _compared(
    name: str, wanted: Sequence[Wanted], seen: Sequence[Check], facts: Facts
) -> Iterator[Finding]:
    unmatched = [one for one in wanted if not _matches(*one, seen)]
    for setting, text in unmatched:
        known = sorted(_all_names(seen))
        like = nearest(text, known)
        hint = f"did you mean {like}? " if like else ""
        what = f"{setting} names {text!r}, and no check seen lately is called so"
        fix = f"{hint}Checks seen: {listed(_shown(seen))}"
        if facts.setup.config.lands_by_pull(name):
            yield untold(f"{what}; it may run on pull requests alone", name, fix)
        else:
            yield wrong(what, fix, name)
    if not unmatched:
        yield good("every name has a check", name)


def _matches(setting: str, text: str, seen: Sequence[Check]) -> bool:
    if setting.endswith("workflow"):
        return any(check.workflow == text for check in seen)
    known = _all_names(seen)
    if setting == "ci.ignore":
        pattern = text.removesuffix(" / *")
        return any(matches(text, one) or matches(pattern, one) for one in known)
    return text in known


def _all_names(seen: Sequence[Check]) -> set[str]:
    return {one for check in seen for one in (*names(check), check.workflow) if one}


def _shown(seen: Sequence[Check]) -> list[str]:
    """Return each check by one of its names, as a person would write it."""
    return sorted({min(names(check), key=lambda one: (len(one), one)) for check in seen})


def runner(facts: Facts) -> Iterator[Finding]:
    """Judge whether jobs find a runner: one that waits long has asked for a label nobody has."""
    for name, one, _ in _of_each(facts):
        if isinstance(one.waiting, AfkError | Unasked):
            yield unread(one.waiting, name)
            continue
        late = [run for run in one.waiting if facts.now - run.since > WAITS]
        if not late:
            yield good("no job waits long for a runner", name)
            continue
        longest = max(facts.now - run.since for run in late)
        yield wrong(
            f"jobs of {listed(run.workflow or '?' for run in late)} have waited for a runner for "
            f"up to {longest.total_seconds() / 60:.0f} minutes",
            "start a runner, or compare `runs-on` in the workflow with the labels of your runners, "
            "letter by letter",
            name,
        )
