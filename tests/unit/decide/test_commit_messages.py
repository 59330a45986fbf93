"""Commit messages: whose a commit is and what takes one back, in people's and tools' words."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import PUSHED, RUN_ID

from afk.decide.commit_messages import carries_trailer, taken_back
from afk.model.forge import Branch, Commit

ANOTHER: Final = "11111111-2222-3333-4444-555555555555"
REVERT: Final = "d" * 40
AGAIN: Final = "e" * 40
MAINLINE: Final = "b" * 40
SIDE: Final = "9" * 40
BASE: Final = "a1" * 20
OWN: Final = Commit(PUSHED, f"feat: till\n\nAFK-Run: {RUN_ID}")


@pytest.mark.parametrize(
    "message",
    [
        f"Greet\n\nAFK-Run: {RUN_ID}",
        f"Greet\n\nAFK-Run: {RUN_ID}\n",
        f"Greet\r\n\r\nAFK-Run: {RUN_ID}\r\nCo-authored-by: Agent <agent@example.org>\r\n",
        f"Greet\\n\\nAFK-Run: {RUN_ID}",
        f"Greet\\n\\nAFK-Run: {RUN_ID}\\n\\nCo-authored-by: Agent",
        f"Greet\\r\\nAFK-Run: {RUN_ID}",
        f"Greet\n\n    AFK-Run: {RUN_ID}",
        f"Greet\n\n\tAFK-Run:\t{RUN_ID}",
        f"Greet\n\n- AFK-Run: {RUN_ID}",
        f"Greet\n\n* AFK-Run: {RUN_ID}\n\n* fix",
        f"Greet\n\n> AFK-Run: {RUN_ID}",
        f"Greet\n\n# AFK-Run: {RUN_ID}",
        f"Greet\n\nafk-run: {RUN_ID}",
        f"Greet\n\nAfk-Run: {RUN_ID.upper()}",
        f"Greet\n\nAFK-Run: `{RUN_ID}`",
        f"Greet\n\n`AFK-Run: {RUN_ID}`",
        f"Greet\n\n`AFK-Run`: `{RUN_ID}`",
        f'Greet\n\nAFK-Run: "{RUN_ID}"',
        f"Greet\n\n'AFK-Run: {RUN_ID}'",
        f"Greet\n\n**AFK-Run:** {RUN_ID}",
        f"Greet\n\n**AFK-Run**: {RUN_ID}",
        f"Greet\n\n__AFK-Run:__ __{RUN_ID}__",
        f"Greet\n\nAFK-Run: <{RUN_ID}>",
        f"Greet\n\nAFK-Run : {RUN_ID}",
        f"Greet\n\nAFK-Run:\n  {RUN_ID}",
        f"Greet\n\nAFK-Run:{RUN_ID} \t",
        f"Greet\n\nAFK-Run = {RUN_ID}",
        f"Greet\n\nAFK_Run: {RUN_ID}",
        f"Greet\n\nAFK Run: {RUN_ID}",
        f"Greet\n\nAFK-Run-Id: {RUN_ID}",
        f"Greet\n\nAFK\u2011Run: {RUN_ID.replace('-', chr(0x2011))}",
        f"Greet\n\nAFK-Run\uff1a{RUN_ID}",
        f"Greet\n\nAFK-Run: {RUN_ID} Co-authored-by: Agent <agent@example.org>",
        f"Greet\n\nAFK-Run: {RUN_ID}, as told.",
        f"Greet\n\nAFK-Run: {ANOTHER}, {RUN_ID}",
        f"Greet\n\nAFK-Run: {ANOTHER} and {RUN_ID}",
        f"Greet\n\nAFK-Run: {ANOTHER}\nAFK-Run: {RUN_ID}",
        f"AFK-Run: {RUN_ID}",
        f"Greet (AFK-Run: {RUN_ID})",
    ],
)
def test_trailer__wherever_the_whole_id_stands_after_it__is_the_runs(message: str) -> None:
    assert carries_trailer(message, RUN_ID)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Greet",
        f"Greet {RUN_ID}",
        f"AFK: {RUN_ID}",
        f"AFK-Run {RUN_ID}",
        f"AFK-Run: {RUN_ID[:8]}",
        f"AFK-Run: {RUN_ID}0",
        f"AFK-Run: {RUN_ID}-1",
        f"AFK-Run: none\n\nLike {RUN_ID}",
        f"AFK-Run: not {RUN_ID}",
        f"AFK-Run: {ANOTHER}",
        f"AFK-Run: {ANOTHER}\n\nSee-also: {RUN_ID}",
    ],
)
def test_trailer__anything_else__is_not(message: str) -> None:
    assert not carries_trailer(message, RUN_ID)


@given(st.text(max_size=300), st.text(max_size=300))
def test_trailer__any_text_around_it__is_found(before: str, after: str) -> None:
    assert carries_trailer(f"{before}\n\nAFK-Run: {RUN_ID}\n{after}", RUN_ID)


def gone(*newest_first: Commit, pushed: tuple[str, ...] = (PUSHED,)) -> frozenset[str]:
    own = [one.sha for one in newest_first if carries_trailer(one.message, RUN_ID)]
    return taken_back(Branch(newest_first[0].sha, newest_first), own, pushed)


def after(message: str) -> bool:
    """Say whether a commit of somebody else's with this message takes the run's back."""
    return gone(Commit(REVERT, message), OWN, Commit(SIDE, "before it")) == {PUSHED}


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "feat: till"\n\nThis reverts commit {PUSHED}.\n',
        f'Revert "feat: till"\n\nThis reverts commit {PUSHED[:7]} (feat: till, 2026-03-02).\n',
        f'Revert "feat: till" (#13)\n\n* Revert "feat: till"\n\nThis reverts commit {PUSHED}.\n',
        f"Revert till\n\nThis reverts commits {REVERT} and {PUSHED}.",
        f"Revert till\n\nThis reverts commit {AGAIN}.\nThis reverts commit {PUSHED}.",
        f"Revert till\n\nThis reverts commit {AGAIN}, {PUSHED}.",
        f"Revert till\n\nThis reverts commits {AGAIN},{MAINLINE}, and {PUSHED}.",
        f"Revert till\n\nThis reverts the following commits:\n\n- {AGAIN}\n- {PUSHED} (till)\n",
        f"Revert till\n\nThis reverts commits {SIDE}..{PUSHED}.",
        f"Revert till\n\nThis reverts commits {PUSHED}^..{PUSHED}.",
        f"Revert till\n\nThis reverts commits {BASE}..{PUSHED[:8]}.",
        f"Revert till\n\n- This reverts commit {PUSHED}.",
        f"Revert till\n\n> This reverts commit {PUSHED}.",
        f"Revert till\n\nThis reverts commit `{PUSHED[:10]}`.",
        f"Revert till\n\nThis reverts commit https://github.com/acme/shop/commit/{PUSHED}.",
        f"Revert till\n\nThis reverts commit [{PUSHED[:7]}](https://forge.example/x/{PUSHED}).",
        f"Revert till\n\nThis reverts commit\n{PUSHED}.",
        f"Revert till\r\n\r\nThis reverts commit {PUSHED}.\r\n",
        f'Revert "feat: till"\\n\\nThis reverts commit {PUSHED}.',
        f"Revert till\n\nThis commit reverts {PUSHED}.",
        f"Revert till\n\nReverted commit {PUSHED.upper()}.",
        f"revert: feat: till\n\nthis reverts commit {PUSHED}\n",
        f"revert: feat: till\n\nRefs: {PUSHED[:7]}\n",
        f"revert(shop)!: the lot\n\nRefs: {AGAIN[:7]}, {PUSHED[:7]}\n",
        f"Revert {PUSHED[:8]}",
        f"ci: revert {PUSHED[:8]}",
        f"Back out {PUSHED[:12]}",
        f"Backed out changeset {PUSHED[:12]} (bug 7)",
        f"Rollback {PUSHED[:12]}",
        'Revert "feat: till"',
        'Revert "feat: till" (#13)',
        "revert: feat: till",
        'Revert "feat: till" (#13)\n\nReverts acme/shop#12',
        f"Reverted feat: till ({PUSHED[:8]})",
        f"Temporarily revert {PUSHED[:9]}",
        'Temporarily revert "feat: till"',
        '\u23ea\ufe0f Revert "feat: till"',
        ':rewind: Revert "feat: till"',
        "Revert 'feat: till'",
        "Revert \u201cfeat: till\u201d",
        "Revert feat: till",
        "[revert] feat: till",
        'Revert "feat: till" for now',
        'chore: revert "feat: till"',
        'Back out "feat: till"',
        f"Revert broken work\n\nReverts:\n- {AGAIN[:8]} other\n- {PUSHED[:8]} feat: till\n",
        f"fix prod\n\nRevert-of: {PUSHED}",
    ],
)
def test_taken_back__as_tools_and_people_write_it(message: str) -> None:
    assert after(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        f"Mention {PUSHED}",
        f"Why this reverts commit {PUSHED} I cannot say",
        f"This does not revert commit {PUSHED}",
        f"Fix till\n\nRefs: {PUSHED[:7]}",
        f"Revert till\n\nThis reverts commit {AGAIN}.",
        f"Revert till\n\nThis reverts commit {PUSHED[:6]}.",
        f"Revert till\n\nThis reverts commit {PUSHED}0.",
        f"Revert till\n\nThis reverts commits {PUSHED}..{AGAIN}.",
        f"Revert till\n\nThis reverts commit {AGAIN}, reversing\nchanges made to {PUSHED}.",
        f'Revert "feat: till"\n\nThis reverts commit {AGAIN}.',
        'Revert "feat: tiller"',
        'Reapply "feat: till"',
        "Revert the colours",
        "Reverts acme/shop#12",
        f"Reapply feat: till ({PUSHED[:8]})",
        f"docs: how to revert\n\nfeat: till ({PUSHED[:8]})",
        f"Revert till\n\nThis reverts commit {AGAIN}.\n\n- like feat: till {PUSHED[:8]}\n",
        "Reverting is hard",
    ],
)
def test_taken_back__anything_else__is_not(message: str) -> None:
    assert not after(message)


def revert(sha: str, of: str) -> Commit:
    return Commit(sha, f"Revert it\n\nThis reverts commit {of}.")


@pytest.mark.parametrize(
    "newest",
    [
        revert(AGAIN, REVERT),
        Commit(AGAIN, 'Reapply "feat: till"'),
        Commit(AGAIN, 'Revert "Revert "feat: till""'),
        Commit(AGAIN, f'Reapply "feat: till"\n\nThis reverts commit {REVERT}.'),
        Commit(AGAIN, f"feat: till\n\n(cherry picked from commit {PUSHED})"),
        Commit(AGAIN, f"fix\n\nThis reverts commit {REVERT}.\n\nAFK-Run: {RUN_ID}"),
    ],
)
def test_revert_that_was_taken_back_itself__the_commit_is_landed_again(newest: Commit) -> None:
    first = Commit(REVERT, f'Revert "feat: till"\n\nThis reverts commit {PUSHED}.')

    assert gone(newest, first, OWN) == frozenset()
    assert gone(revert("f" * 40, AGAIN), newest, first, OWN) == {PUSHED}


def test_agent_takes_its_own_commit_back__no_act_of_somebody_elses() -> None:
    own = Commit(REVERT, f"Try again\n\nThis reverts commit {PUSHED}.\n\nAFK-Run: {RUN_ID}")

    assert gone(own, OWN) == frozenset()


MERGE: Final = Commit(AGAIN, "Merge pull request #12 from acme/till\n\nfeat: till")
OF_MERGE: Final = f"Revert it\n\nThis reverts commit {AGAIN}, reversing\nchanges made to {MAINLINE}"


def test_merge_reverted__what_it_brought_is_taken_back() -> None:
    before, main = Commit(SIDE, "side"), Commit(MAINLINE, "main")

    assert gone(Commit(REVERT, OF_MERGE), MERGE, OWN, before, main) == {PUSHED}
    assert gone(Commit(REVERT, OF_MERGE), MERGE, before, main, OWN) == frozenset()
    assert gone(Commit(REVERT, OF_MERGE), MERGE, OWN, before) == frozenset()


@pytest.mark.parametrize("message", ["Revert till (#13)\n\nReverts acme/shop#12", "Reverts !12"])
def test_pull_request_reverted__its_squash_or_its_merge_is_taken_back(message: str) -> None:
    squashed = Commit(PUSHED, f"feat: till (#12)\n\nAFK-Run: {RUN_ID}")
    forgejo = Commit(AGAIN, "Merge pull request 'feat: till' (#12) from till into main")
    other = Commit(SIDE, "feat: other (#11)")

    assert gone(Commit(REVERT, message), squashed, other) == {PUSHED}
    assert gone(Commit(REVERT, message), MERGE, OWN, other) == {PUSHED}
    assert gone(Commit(REVERT, message), forgejo, OWN, other) == {PUSHED}
    assert gone(Commit(REVERT, message), MERGE, other, OWN) == frozenset()
    assert gone(Commit(REVERT, message), other, OWN) == frozenset()


def test_branch_read_in_part__what_was_pushed_before_is_known() -> None:
    assert gone(revert(REVERT, PUSHED[:9])) == {PUSHED}


@given(st.lists(st.text(max_size=200), max_size=6))
def test_any_messages__never_take_back_what_the_run_did_not_push(messages: list[str]) -> None:
    commits = [Commit(f"{number:040x}", text) for number, text in enumerate(messages)]

    assert gone(*commits, OWN) <= {PUSHED}
