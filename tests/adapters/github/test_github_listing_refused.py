"""One repository or owner that GitHub does not show: its own trouble, and the rest is served."""

from typing import Any

import pytest
from support.github import REPO, Data, Hub, page, problem, reply, tracker
from support.github_listing import answered, listed, listed_repo

from afk.errors import ServerFault
from afk.model.forge import RepositoryTrouble
from afk.types import IssueKey


def test_listing__repository_the_token_may_not_use__is_its_own_trouble() -> None:
    refusal = problem("FORBIDDEN", "r0", message="Resource protected by SAML enforcement")
    hub = Hub(
        [{**answered(None, listed_repo()), "errors": [refusal]}],
        {"GET /repos/acme/secret": reply({"message": "Must have admin rights"}, 403)},
    )
    (trouble,) = tracker(hub).listing(["acme/secret", REPO]).troubles
    assert trouble.repo == "acme/secret"
    assert trouble.kind is RepositoryTrouble.UNREADABLE
    assert "SAML" in str(trouble.error)
    assert "single sign-on" in str(trouble.error)


IP_LIST = (
    "Although you appear to have the correct authorization credentials, the `vault` organization "
    "has an IP allow list enabled, and 192.0.2.7 is not permitted to access this resource."
)
LIFETIME = (
    "The 'vault' organization forbids access via a fine-grained personal access tokens if the "
    "token's lifetime is greater than 366 days."
)
SAML = (
    "Resource protected by organization SAML enforcement. You must grant your Personal Access "
    "token access to this organization."
)


@pytest.mark.parametrize(
    ("kind", "message", "status", "cause"),
    [
        ("FORBIDDEN", IP_LIST, 403, "listed addresses only"),
        ("FORBIDDEN", LIFETIME, 403, "policy does not take a token"),
        ("FORBIDDEN", SAML, 403, "single sign-on"),
        ("NOT_FOUND", "Could not resolve", 451, "has blocked the repository"),
        ("NOT_FOUND", "Could not resolve", 502, "in trouble"),
        ("UNPROCESSABLE", "odd", 422, "odd"),
        ("", "Something went wrong", 503, "in trouble"),
    ],
)
def test_listing__one_repository_shut__is_its_own_trouble_and_the_rest_is_served(
    kind: str, message: str, status: int, cause: str
) -> None:
    """IP allow list, single sign-on, a token's policy, a takedown, a server that fails over it.

    The messages are GitHub's (https://docs.github.com/en/organizations); none is recorded.
    """
    body = {"message": "Repository access blocked" if status == 451 else message}
    hub = Hub(
        [
            {
                **answered(None, listed_repo(ready=page(listed(1)))),
                "errors": [problem(kind, "r0", message=message)],
            }
        ],
        {"GET /repos/vault/app": reply(body, status)},
    )
    listing = tracker(hub).listing(["vault/app", REPO])
    assert [head.key for head in listing.heads] == [IssueKey(REPO, 1)]
    (trouble,) = listing.troubles
    assert (trouble.repo, trouble.kind) == ("vault/app", RepositoryTrouble.UNREADABLE)
    assert cause in str(trouble.error)


def _fails_over(owner: str) -> Any:
    """Answer like a GitHub that fails whenever an owner's repositories are asked for."""

    def given(variables: Data) -> Data:
        owners = [one for one in ("big", "acme", "calm") if one in variables.values()]
        if owner in owners or owner == "*":
            return {"errors": [{"message": "Something went wrong while executing your query."}]}
        return answered(*(listed_repo(f"{one}/app") for one in owners))

    return given


def test_listing__one_owner_that_github_fails_over__is_its_own_trouble() -> None:
    names = ["big/app", "acme/app", "calm/app"]
    hub = Hub([_fails_over("big")] * 9, {"GET /repos/big/app": reply({"message": "x"}, 502)})
    listing = tracker(hub).listing(names)
    (trouble,) = listing.troubles
    assert (trouble.repo, trouble.kind) == ("big/app", RepositoryTrouble.UNREADABLE)


def test_listing__outage__is_raised() -> None:
    hub = Hub([_fails_over("*")] * 9)
    with pytest.raises(ServerFault):
        tracker(hub).listing(["big/app", "acme/app"])


def test_listing__later_page_that_fails__is_the_trouble_of_its_repository() -> None:
    more = {"errors": [{"message": "Something went wrong while executing your query."}]}
    repo = listed_repo(progress=page(listed(1), more="c1"))
    calm = listed_repo("acme/calm", ready=page(listed(3)))
    listing = tracker(Hub([answered(repo, calm), *[more] * 9])).listing([REPO, "acme/calm"])
    assert [head.key for head in listing.heads] == [IssueKey("acme/calm", 3)]
    assert [(one.repo, one.kind) for one in listing.troubles] == [
        (REPO, RepositoryTrouble.UNREADABLE)
    ]
