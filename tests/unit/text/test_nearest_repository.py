"""Which enrolled repository a misspelt one may mean."""

import pytest

from afk.text.nearest import listed, nearest_repository


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("acme/shopp", ["acme/shop", "acme/site"], "acme/shop"),
        ("Acme/Shop", ["acme/shop"], "acme/shop"),
        ("acmee/shop", ["acme/shop"], "acme/shop"),
        ("acme/bank", ["acme/shop", "acme/site"], ""),
        ("other/shop", ["acme/shop"], ""),
        ("acme/shop", [], ""),
    ],
)
def test_nearest_repository__is_like_in_both_parts(name: str, known: list[str], meant: str) -> None:
    assert nearest_repository(name, known) == meant


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "none"), (1, "n0"), (2, "n0, n1"), (13, " and 1 more"), (30, " and 18 more")],
)
def test_listed__very_many__are_counted(count: int, text: str) -> None:
    names = [f"n{number}" for number in range(count)]
    shown = listed([*names, *names])
    assert shown.startswith(", ".join(names[:12]))
    assert shown.endswith(text)
    assert ("more" in shown) is (count > 12)
    assert shown.count(",") == max(min(count, 12) - 1, 0)


def test_listed__twelve__are_all_there() -> None:
    assert listed(f"n{number}" for number in range(12)).endswith(", n11")
