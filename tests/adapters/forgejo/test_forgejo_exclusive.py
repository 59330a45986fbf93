"""Which of afk's labels cannot stand on one issue together."""

import pytest

from afk.adapters.forgejo.exclusive import check, may_clash
from afk.adapters.forgejo.wire import WireLabel
from afk.config import Config
from afk.errors import UserMustFix

CONFIG = Config(
    ready_label="a/ready",
    in_progress_label="a/busy",
    human_label="a/human",
    tracked_label="b/tracked",
)


def label(name: str, *, exclusive: bool = True) -> WireLabel:
    return WireLabel(id=1, name=name, exclusive=exclusive)


@pytest.mark.parametrize(
    ("name", "scope"),
    [("a/b", "a"), ("a/b/c", "a/b"), ("ab", ""), ("ab/", ""), ("/ab", "")],
)
def test_scope__is_what_stands_before_the_last_slash(name: str, scope: str) -> None:
    assert label(name).scope == scope
    assert label(name, exclusive=False).scope == ""


@pytest.mark.parametrize(
    "labels",
    [
        [],
        [label("a/ready"), label("a/busy", exclusive=False)],
        [label("a/ready"), label("a/human")],
        [label("a/busy"), label("b/tracked")],
        [label("a/busy"), label("a/somebody's")],
        [label("a/busy"), label("a/busy")],
    ],
)
def test_check__that_do_not_meet__pass(labels: list[WireLabel]) -> None:
    check("acme/shop", labels, CONFIG)


def test_check__that_meet__are_named() -> None:
    labels = [label("a/ready"), label("a/busy"), label("a/human"), label("b/tracked")]

    with pytest.raises(UserMustFix, match="the labels a/busy, a/human and a/ready of acme/shop"):
        check("acme/shop", labels, CONFIG)


@pytest.mark.parametrize(
    ("name", "on", "may"),
    [
        ("a/busy", [label("a/ready")], True),
        ("a/busy", [label("a/ready", exclusive=False)], False),
        ("a/busy", [label("a/somebody's")], False),
        ("b/tracked", [label("a/ready")], False),
        ("busy", [label("a/ready")], False),
        ("a/busy", [], False),
    ],
)
def test_may_clash__by_the_name_of_what_is_put_on(
    *, name: str, on: list[WireLabel], may: bool
) -> None:
    assert may_clash(name, on, CONFIG) is may
