"""What a branch demands, out of the three places that tell a part of it each."""

from typing import Any

import pytest
from support.github import REPO, Hub, recorded, reply
from support.github_pulls import pulls

from afk.errors import NoBranch, ServerFault
from afk.model.pull import BranchRules

BRANCH = f"GET /repos/{REPO}/branches/main"
SETTINGS = f"GET /repos/{REPO}"
RULES = f"GET /repos/{REPO}/rules/branches/main?per_page=100&page=1"
WRITES = {"allow_merge_commit": True, "allow_squash_merge": True, "allow_rebase_merge": False}
OFF = {"enabled": False, "required_status_checks": {"enforcement_level": "off", "contexts": []}}
PLAIN = {"protected": False, "protection": OFF}


def rules(
    branch: Any = PLAIN, settings: Any = WRITES, ruled: Any = (), status: int = 200
) -> BranchRules:
    hub = Hub(
        rest={
            BRANCH: reply(branch),
            SETTINGS: reply(settings),
            RULES: reply(list(ruled) if status == 200 else {"message": "no"}, status),
        }
    )
    asked = pulls(hub)
    found = asked.rules(REPO, "main")
    assert asked.rules(REPO, "main") is found, "asked once"
    assert hub.requests == 3
    return found


def classic(*contexts: str, level: str = "everyone") -> dict[str, Any]:
    checks = {"enforcement_level": level, "contexts": contexts}
    return {"protected": True, "protection": {"enabled": True, "required_status_checks": checks}}


def rule(kind: str, **parameters: Any) -> dict[str, Any]:
    return {"type": kind, "ruleset_id": 1, **({"parameters": parameters} if parameters else {})}


CHECKS = rule(
    "required_status_checks",
    required_status_checks=[{"context": "build", "integration_id": 15368}, {"context": "test"}],
    strict_required_status_checks_policy=True,
)


def test_rules__branch_free_for_all__demands_nothing() -> None:
    assert rules() == BranchRules(
        protected=False,
        required=(),
        methods=("merge", "squash"),
        approvals=0,
        up_to_date=False,
        queue=False,
        may_push=True,
        may_merge=True,
    )


def test_rules__recorded_branch_and_repositories__are_read() -> None:
    """138: unprotected. 124: how it merges; 135: a token that may not write is not told."""
    writer, reader = recorded("124-repo-by-id-200"), recorded("135-repo-get-fine-grained-token")
    branch = recorded("138-branch-get")
    hub = Hub(rest={BRANCH: branch, SETTINGS: writer, RULES: reply([])})
    found = pulls(hub).rules(REPO, "main")
    assert (found.protected, found.methods) == (False, ("merge", "squash", "rebase"))
    assert (found.may_push, found.may_merge) == (True, True)
    hub = Hub(rest={BRANCH: recorded("138-branch-get"), SETTINGS: reader, RULES: reply([])})
    found = pulls(hub).rules(REPO, "main")
    assert (found.methods, found.may_push, found.may_merge) == (None, False, False)


def test_rules__ruleset__says_all_of_it() -> None:
    review = rule(
        "pull_request",
        required_approving_review_count=2,
        allowed_merge_methods=["squash", "rebase"],
    )
    found = rules(
        {**PLAIN, "protected": True},
        ruled=[CHECKS, review, rule("merge_queue", merge_method="SQUASH"), rule("deletion")],
    )
    assert found == BranchRules(
        protected=True,
        required=("build", "test"),
        methods=("squash",),
        approvals=2,
        up_to_date=True,
        queue=True,
        may_push=None,
        may_merge=True,
    )


def test_rules__linear_history__allows_no_merge_commit() -> None:
    assert rules(ruled=[rule("required_linear_history")]).methods == ("squash",)


def test_rules__classic_protection__shows_its_checks_and_hides_the_rest() -> None:
    found = rules(classic("build", "lint"))
    assert found.required == ("build", "lint")
    assert (found.approvals, found.up_to_date, found.may_push) == (None, None, None)


def test_rules__classic_and_ruleset__hold_together() -> None:
    found = rules(classic("lint", "build"), ruled=[CHECKS])
    assert found.required == ("lint", "build", "test")
    assert found.up_to_date is True


def test_rules__classic_checks_that_hold_for_nobody__are_none() -> None:
    assert rules(classic("lint", level="off")).required == ()


def test_rules__protection_not_shown__leaves_required_unknown() -> None:
    found = rules({"protected": True})
    assert (found.required, found.approvals, found.protected) == (None, None, True)


@pytest.mark.parametrize("status", [403, 404])
def test_rules__rulesets_not_shown__leave_unknown_what_they_could_demand(status: int) -> None:
    found = rules(status=status)
    assert (found.required, found.approvals, found.up_to_date) == (None, None, None)
    assert (found.may_push, found.may_merge) == (None, True)


def test_rules__no_such_branch__is_said() -> None:
    hub = Hub(rest={BRANCH: recorded("139-branch-404")})
    with pytest.raises(NoBranch):
        pulls(hub).rules(REPO, "main")


def test_rules__outage__is_raised_and_not_taken_for_freedom() -> None:
    hub = Hub(
        rest={BRANCH: reply(PLAIN), SETTINGS: reply(WRITES), RULES: [recorded("131-html-503")] * 3}
    )
    with pytest.raises(ServerFault):
        pulls(hub).rules(REPO, "main")
