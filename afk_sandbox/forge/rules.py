"""Where the forges do different things with the same act. Pure data.

Sources: "rec" are the recordings of Forgejo 16 (``pulls-16/``); GitHub's are what its
documentation and public threads say.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRules:
    """Forgejo's ways unless told otherwise.

    State and texts:

    * ``title_drafts``: a title that begins with ``WIP:`` or ``[WIP]`` makes a draft, and nothing
      else does (rec 15-19); GitHub has a field.
    * ``title_closes``: closing keywords count in the title, too (rec s8); GitHub reads the body
      only (https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue).
    * ``closes_from_any_base``: they count whatever the base (rec 259); GitHub only the default
      branch's (same page).
    * ``names_closer``: the issue's event tells which pull request closed it (GitHub:
      ``ClosedEvent.closer``); Forgejo has a plain close (rec 112, 138).
    * ``follows_closed``: pushes to the branch of a closed one are still followed (rec 261, 262).
    * ``tells_deletion``: a deleted head leaves an event (GitHub, ``HeadRefDeletedEvent``); on
      Forgejo only one deleted with its merge does (rec 263).
    * ``reopens_anything``: also beside an open twin (rec 264) and without its branch (rec 81);
      GitHub refuses both, and after the branch was moved
      (https://github.com/cli/cli/issues/14223).
    * ``empty_pulls``: one without commits can be opened (rec 12).
    * ``reached_is_merged``: a head that the base comes to contain makes it merged (GitHub,
      https://docs.github.com/pull-requests/reference/pull-request-merges); rec 296-298.
    * ``renamed_head_closes``: a renamed branch closes the pull requests from it (GitHub); Forgejo
      follows (rec 86-91).

    Mergeability, in seconds after what may have changed it:

    * ``stale``: the former answer is still given; ``checking``: no answer after that until then
      (rec 47-49: 0.2 and 0.4 in all). ``asked_first``: the check begins when somebody reads the
      pull request (GitHub, https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-your-git-database).
    * ``checking_refuses``: no merge until it is known (rec 55-59); GitHub works it out.
    * ``head_first``: a wrong head is refused before anything else (GitHub); rec 100, 150.

    Reviews:

    * ``supersedes``: a new verdict of the same person dismisses the older one (rec 304).
    * ``writers_now``: whether an approval counts is asked of the rights its author has today
      (GitHub, ``authorCanPushToRepository``); Forgejo fixes it when it is given (rec 241).

    CI:

    * ``merge_ref``: runs of a pull request test its merge with the base, so none start while it
      conflicts (https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request);
      Forgejo has no merge ref (rec 171, 173).
    * ``job_token_waits``: what a job's own token opens or pushes makes runs that wait for a
      person (github.com since June 2026, same page); elsewhere none (rec 255, 256).
    * ``check_name``: how a required check is named (rec 165; GitHub: the job's name).
    * ``check_globs``: required names are patterns (rec 205).
    * ``schedules_eagerly``: a merge left to the forge happens as soon as nothing is missing
      (GitHub); see `afk_sandbox.forge.scheduling`.
    * ``update_after``: seconds until an update of the branch has happened (GitHub answers 202,
      https://docs.github.com/rest/pulls/pulls#update-a-pull-request-branch).
    """

    title_drafts: bool = True
    title_closes: bool = True
    closes_from_any_base: bool = True
    names_closer: bool = False
    follows_closed: bool = True
    reopens_anything: bool = True
    empty_pulls: bool = True
    reached_is_merged: bool = False
    renamed_head_closes: bool = False
    tells_deletion: bool = False
    stale: float = 0.2
    checking: float = 0.4
    asked_first: bool = False
    checking_refuses: bool = True
    head_first: bool = False
    supersedes: bool = True
    writers_now: bool = False
    merge_ref: bool = False
    job_token_waits: bool = False
    check_name: str = "{workflow} / {job} ({event})"
    check_globs: bool = True
    schedules_eagerly: bool = False
    update_after: float = 0.0


FORGEJO: Final = PullRules()
GITHUB: Final = PullRules(
    title_drafts=False,
    title_closes=False,
    closes_from_any_base=False,
    names_closer=True,
    follows_closed=False,
    reopens_anything=False,
    empty_pulls=False,
    reached_is_merged=True,
    renamed_head_closes=True,
    tells_deletion=True,
    stale=0.0,
    checking=2.0,
    asked_first=True,
    checking_refuses=False,
    head_first=True,
    supersedes=False,
    writers_now=True,
    merge_ref=True,
    job_token_waits=True,
    check_name="{job}",
    check_globs=False,
    schedules_eagerly=True,
    update_after=1.0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Where the forges do different things with the same act; Forgejo's unless told otherwise.

    ``blockers_hold``: an issue with an open blocker cannot be closed. ``commits_reopen``:
    "reopens #7" in a commit does so. ``pulls``: everything about pull requests.
    """

    blockers_hold: bool = True
    commits_reopen: bool = True
    pulls: PullRules = FORGEJO
