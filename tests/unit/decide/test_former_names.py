"""Which issue a thread is titled with, whatever its repository was called when its run began."""

import pytest
from support.factories import config, thread

from afk.config import Config
from afk.decide.former_names import homes
from afk.model.agent import AgentProject
from afk.repository_config import RepositoryConfig
from afk.types import IssueKey

SHOP, BANK = AgentProject("shop", "/srv/shop"), AgentProject("bank", "/srv/bank")


def folders(shop: str, bank: str) -> Config:
    """Return a configuration of two repositories and where agents work in them."""
    places = {"owner/shop": shop, "owner/bank": bank}
    repositories = {name: RepositoryConfig(workspace=one) for name, one in places.items()}
    return config(allowlist=tuple(places), repositories=repositories)


@pytest.mark.parametrize(
    ("title", "project", "expected"),
    [
        ("[afk 0123abcd] owner/shop#7", "shop", "owner/shop"),
        ("[afk 0123abcd] owner/shop#7", "not shown", "owner/shop"),
        ("[afk 0123abcd] owner/shop#7", "bank", None),
        ("[afk 0123abcd] owner/store#7", "shop", "owner/shop"),
        ("[afk 0123abcd] owner/store#7", "bank", "owner/bank"),
        ("[afk 0123abcd] owner/store#7", "not shown", None),
        ("owner/shop#7", "shop", None),
    ],
)
def test_issue_of__title_and_folder__say_which(
    title: str, project: str, expected: str | None
) -> None:
    where = homes([SHOP, BANK], folders("/srv/shop", "/srv/bank"))
    found = where.issue_of(thread(title=title, project_id=project))

    assert found == (IssueKey(expected, 7) if expected else None)


def test_issue_of__two_repositories_in_one_folder__a_former_name_is_neither_s() -> None:
    both = folders("/srv/shop", "/srv/shop")

    for title, expected in {"owner/store": None, "owner/bank": IssueKey("owner/bank", 7)}.items():
        shown = thread(title=f"[afk 0123abcd] {title}#7", project_id="shop")
        assert homes([SHOP], both).issue_of(shown) == expected
