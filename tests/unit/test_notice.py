"""What was taken from other projects is named in NOTICE, with its licence."""

import json
import re
from pathlib import Path

from support.cassettes import RECORDINGS

ROOT = Path(__file__).parent.parent.parent
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
ROW = re.compile(r"^  (\S+/\S+) +(MIT|BSD-3-Clause|Apache-2\.0) ", re.MULTILINE)


def test_notice__every_copied_recordings_source__is_named_with_its_licence() -> None:
    """And none that nothing is copied from any more."""
    copied = set()
    for path in sorted((RECORDINGS / "github").rglob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        for one in found if isinstance(found, list) else [found]:
            copied.add((one["source"].partition(":")[0], one["license"]))
    assert copied == set(ROW.findall(NOTICE))


def test_notice__licences__have_their_texts() -> None:
    """MIT and BSD in NOTICE itself; Apache's is long and stands beside the recordings."""
    apache = RECORDINGS / "github" / "LICENSE-APACHE-2.0.txt"
    assert apache.relative_to(ROOT).as_posix() in NOTICE
    assert "Version 2.0, January 2004" in apache.read_text(encoding="utf-8")
    for title, words in (
        ("MIT:", "Permission is hereby granted"),
        ("BSD-3", "may not be used"),
    ):
        text = NOTICE.partition(f"\n{title}")[2]
        assert re.search(words, text)


def test_recordings__of_other_folders__are_afks_own() -> None:
    others = [path for path in RECORDINGS.iterdir() if path.is_dir() and path.name != "github"]
    copied = [
        path.name
        for folder in others
        for path in folder.rglob("*.json")
        if '"license"' in path.read_text(encoding="utf-8")
    ]
    assert copied == []
