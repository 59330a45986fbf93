"""What a branch has beyond a second base, told from what it has beyond a first one; pure.

Commits name their parents, so one comparison answers for every base that contains its own: most
runs of a repository begin at commits that follow one another.
"""

from collections.abc import Sequence

from afk.adapters.forgejo.wire import WireCommit


def beyond(commits: Sequence[WireCommit], base: str, other: str) -> tuple[WireCommit, ...] | None:
    """Return those commits that ``other`` does not contain; None where it cannot be told.

    ``commits`` are all of a branch that ``base`` does not contain. Then whatever ``other``, one of
    them, contains beside them is contained in ``base``; and where ``other`` contains ``base``,
    nothing of the branch is missing among them.
    """
    if other == base:
        return tuple(commits)
    known = {one.sha: one.parents for one in commits}
    if other not in known:
        return None
    contained: set[str] = set()
    ahead = [other]
    contains_base = False
    while ahead:
        sha = ahead.pop()
        contains_base = contains_base or sha == base
        if sha in contained or sha not in known:
            continue
        parents = known[sha]
        if parents is None:
            return None
        contained.add(sha)
        ahead += [parent.sha for parent in parents]
    if not contains_base:
        return None
    return tuple(one for one in commits if one.sha not in contained)
