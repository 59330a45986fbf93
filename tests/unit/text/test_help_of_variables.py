"""What ``--help`` says of the environment variables."""

from afk.variables import KINDS, told


def test_told__every_variable__in_one_column_under_its_kind() -> None:
    first, *lines = told().split("\n")
    assert first == "environment variables (docs/reference.md says more):"
    assert [line for line in lines if line.startswith("  ") and line[2] != " "] == [
        f"  {kind}:" for kind in KINDS
    ]
    shown = dict(line.split(maxsplit=1) for line in lines if line.startswith("    "))
    assert shown == {name: text for some in KINDS.values() for name, text in some.items()}
    at = {line.index(shown[line.split()[0]]) for line in lines if line.startswith("    ")}
    assert len(at) == 1
