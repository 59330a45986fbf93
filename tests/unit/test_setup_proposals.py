"""What `afk init` proposes, by what it sees."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.model.installation import ProviderFacts
from afk.setup import proposals
from afk.setup.facts import (
    Place,
    RepositorySeen,
    T3Seen,
)
from afk.types import Account, Forge


@pytest.mark.parametrize(
    ("address", "web", "api"),
    [
        ("https://github.com/mara/shop.git", "https://github.com", "https://api.github.com"),
        ("git@github.com:mara/shop.git", "https://github.com", "https://api.github.com"),
        ("https://x:y@acme.ghe.com/mara/shop", "https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("ssh://git@forge.test:2222/mara/shop.git", "https://forge.test", ""),
        ("http://forge.test:3000/mara/shop/", "http://forge.test:3000", ""),
        ("forge.test:mara/shop", "https://forge.test", ""),
    ],
)
def test_remote__says_which_forge_and_repository(address: str, web: str, api: str) -> None:
    remote = proposals.remote_of(address)
    assert remote == proposals.Remote(web, "mara/shop")
    assert proposals.forge_url(remote) == (api or f"{web}/api/v1")


@pytest.mark.parametrize(
    "address",
    [
        *("", "/srv/git/shop.git", "../shop", "file:///srv/shop", "https://github.com/shop"),
        *("a b:c/d", "https://forge.test/a/b/c", "https://[::1/mara/shop"),
    ],
)
def test_remote__that_names_no_forge__proposes_nothing(address: str) -> None:
    assert proposals.remote_of(address) is None
    assert proposals.forge_url(None) == ""


@pytest.mark.parametrize(
    ("named", "tried", "repository"),
    [
        ("https://github.com/mara/shop", ["https://api.github.com"], "mara/shop"),
        ("github.com", ["https://api.github.com"], ""),
        ("https://api.github.com/", ["https://api.github.com"], ""),
        ("http://[::1]:3000/mara/shop.git", ["http://[::1]:3000/api/v"], "mara/shop"),
        ("https://forge.test/", ["https://forge.test/api/v"], ""),
        ("https://forge.test/mara/shop/issues/7", ["https://forge.test/api/v"], ""),
        ("https://forge.test/git/api/v1", ["https://forge.test/git/api/v1"], ""),
        ("https://forge.test/api/v3", ["https://forge.test/api/v3"], ""),
        ("no forge at all", ["https://no forge at all"], ""),
    ],
)
def test_forge__named_as_a_browser_shows_it__is_looked_for(
    named: str, tried: list[str], repository: str
) -> None:
    (one,) = tried
    both = tuple(f"{one}{version}" for version in (1, 3)) if one.endswith("/v") else (one,)
    assert proposals.forge_urls(named) == both
    assert proposals.repository(named) == repository


@given(st.text())
def test_forge__of_any_text__never_fails(text: str) -> None:
    assert proposals.forge_urls(text)
    assert proposals.repository(text).count("/") in (0, 1)


@given(st.text())
def test_remote__of_any_text__never_fails(text: str) -> None:
    proposals.forge_url(proposals.remote_of(text))


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://127.0.0.1:3773", Place.HERE),
        ("http://localhost", Place.HERE),
        ("http://[::1]:3773/", Place.HERE),
        ("https://t3.test", Place.OWN),
        ("https://localhost.test", Place.OWN),
    ],
)
def test_place__beside_a_t3_that_only_this_machine_reaches(url: str, where: Place) -> None:
    assert proposals.place(url) is where


def test_proposals__rest_on_what_is_seen() -> None:
    shut = RepositorySeen(name="mara/shop", default_branch="main", protected=True)
    free = replace(shut, protected=False)
    assert proposals.landing([free]) == "push"
    assert proposals.landing([free, shut]) == "pull-request"
    seen = T3Seen(workspaces=("/srv/Shop", "/srv/site", "/a/two", "/b/two"))
    assert proposals.workspace("mara/shop", seen) == "/srv/Shop"
    assert proposals.workspace("mara/two", seen) == ""
    offers = (
        ProviderFacts(instance="codex", models=("big", "small")),
        ProviderFacts(instance="claude"),
        ProviderFacts(instance="cursor", trouble="nobody is signed in"),
    )
    assert proposals.offer(T3Seen(offers=offers), "claude") == offers[1]
    assert proposals.offer(T3Seen(offers=offers), "other") == offers[0]
    assert proposals.offer(T3Seen(offers=offers[2:]), "cursor") is None
    assert proposals.offer(T3Seen(), "codex") is None
    mara = Account(7, "mara")
    assert proposals.trusted(mara, [replace(free, rights_shown=False)]) == "mara:7"
    assert proposals.trusted(mara, [free]) == ""
    assert proposals.trusted(None, [replace(free, rights_shown=False)]) == ""
    assert proposals.runner(Forge.GITHUB, Place.HOSTED) == "ubuntu-latest"
    assert proposals.runner(Forge.GITHUB, Place.OWN) == "self-hosted"
    assert proposals.runner(Forge.FORGEJO, Place.HOSTED) == "docker"
