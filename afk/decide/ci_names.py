"""Which checks the configuration means by a name, and which can decide anything at all; pure.

Owns the spellings of a check's name, the globs of ``ci.ignore``, and what counts. Both the fold and
the readers ask here, so that nothing is read for a check that could not count, and nothing that
cannot count keeps a commit open.
"""

from collections.abc import Collection
from fnmatch import fnmatchcase

from afk.config import CIConfig, RepositoryConfig, StageConfig
from afk.model.ci import Check


def names(check: Check) -> frozenset[str]:
    """Return every name a person may call a check by in the configuration.

    ``job``, ``workflow / job``, and both with the event behind, as Forgejo writes a context:
    ``workflow / job (push)`` (``forgejo-actions/14.0.0/api-commit-statuses``).
    """
    event = f" ({check.event or 'push'})"
    bare = check.name.removesuffix(event)
    before = f"{check.workflow} / " if check.workflow else ""
    job = bare.removeprefix(before)
    return frozenset(
        {check.name, bare, job, before + job, f"{job}{event}", f"{before}{job}{event}"}
    )


def matches(pattern: str, name: str) -> bool:
    """Say whether a pattern of ``ci.ignore`` means a name: itself, or a glob.

    Globs are ``*``, ``?`` and ``[...]``. Itself first: a matrix job may have brackets in its name.
    """
    return pattern == name or fnmatchcase(name, pattern)


def ignored(check: Check, patterns: Collection[str]) -> bool:
    """Say whether ``ci.ignore`` names a check, by its own name or its workflow's."""
    known = names(check) | ({check.workflow} if check.workflow else set())
    return any(matches(pattern, name) for pattern in patterns for name in known)


def workflow_ignored(name: str, patterns: Collection[str]) -> bool:
    """Say whether ``ci.ignore`` names a workflow, or all of its jobs (``workflow / *``)."""
    return any(matches(pattern.removesuffix(" / *"), name) for pattern in patterns)


def consumes(stage: StageConfig, check: Check) -> bool:
    """Say whether a deploy or rollout stage is proven by a check."""
    if stage.workflow:
        return check.workflow == stage.workflow
    return bool(stage.status) and stage.status in names(check)


def is_stages(check: Check, settings: RepositoryConfig) -> bool:
    """Say whether a check belongs to a deploy or rollout stage."""
    stages = (settings.deploy, settings.rollout)
    return any(stage is not None and consumes(stage, check) for stage in stages)


def required(check: Check, ci: CIConfig) -> bool:
    """Say whether ``ci.required`` names a check."""
    return not names(check).isdisjoint(ci.required)


def can_count(check: Check, settings: RepositoryConfig) -> bool:
    """Say whether a check can decide anything: what is not the commit's own only where named."""
    if is_stages(check, settings):
        return True
    if settings.ci.required:
        return required(check, settings.ci)
    return check.own and not ignored(check, settings.ci.ignore)
