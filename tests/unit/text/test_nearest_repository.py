"""Which enrolled repository a misspelt one may mean."""

import pytest

from afk.text.nearest import nearest_repository


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
