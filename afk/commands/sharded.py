"""A tick as one of several that share the repositories out among them: ``AFK_SHARD`` says which."""

from collections.abc import Mapping
from dataclasses import replace

from afk.decide.sharding import narrowed, one_of_several
from afk.decide.share_text import NO_SHARD, part_of, share_of
from afk.deps import Deps
from afk.observe.tick import Focus


def in_shard(deps: Deps, focus: Focus, environ: Mapping[str, str]) -> tuple[Deps, Focus]:
    """Return what a tick works with, narrowed to its shard where it is one.

    Narrowed is the configuration itself, so nothing else is read or written. Of the repositories
    that a plan names those count that are (still) on this configuration's lists; an empty plan's
    one shard has none. Raises `ConfigError` for what is neither a share nor a part: a matrix that
    was not filled must not do everything.
    """
    text = environ.get("AFK_SHARD", "").strip()
    if not text:
        return deps, focus
    if text == NO_SHARD:
        return replace(deps, config=narrowed(deps.config, ())), replace(focus, apart=True)
    part = part_of(text)
    if part is not None:
        config = one_of_several(deps.config, *part)
        return replace(deps, config=config), replace(focus, apart=True, shards=part[1])
    share = share_of(text)
    config = narrowed(deps.config, share.repositories)
    return replace(deps, config=config), replace(focus, share=share, shards=share.shards)


def nothing_for(environ: Mapping[str, str]) -> str:
    """Return why a shard has no repository to look at."""
    if environ.get("AFK_SHARD", "").strip() == NO_SHARD:
        return "there was nothing to plan"
    return "none of this shard's repositories is to be looked at"
