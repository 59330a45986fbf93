"""What a tick reports is passed on as it is, and troubles are remembered."""

from support.heard import Heard

from afk.errors import Bug, NotFound, RateLimited, Unreachable, UserMustFix
from afk.findings import Findings
from afk.observe.overheard import Overheard
from afk.types import IssueKey

KEY = IssueKey("acme/app", 7)


def test_overheard__everything__is_passed_on() -> None:
    heard = Heard()
    front = Overheard(heard)
    error = UserMustFix("x")

    front.event("one", key=KEY)
    front.warn("two")
    front.error(error, key=KEY)

    assert heard == Heard([("one", KEY)], [("two", None)], [(error, KEY)])


def test_overheard__troubles__are_what_people_mend_and_servers_that_do_not_answer() -> None:
    front = Overheard(Heard())
    mend, down, several = UserMustFix("mend"), Unreachable("down"), UserMustFix("one of many")

    front.error(mend, key=KEY)
    front.error(down)
    front.error(Findings([several]))
    front.error(NotFound("of one issue alone"), key=KEY)
    front.error(RateLimited("spent"))
    front.error(ValueError("nothing of afk's"))
    bug = Bug(ValueError("x"))
    front.error(bug, key=KEY)

    assert front.troubles == [mend, down, several, bug]
