"""Rows of issues, and what hostile people write into them."""

from typing import Any, Final

from hypothesis import strategies as st

from afk.text.overview import IssueRow

WEB: Final = "https://forge.test"
HOSTILE: Final = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "<img src=x onerror=alert(1)>",
            "a | b | c",
            "`code` and ``more``",
            "\\| ends",
            "@everyone #1 GH-2 owner/shop#3 " + "c" * 40,
            "[here](https://evil.test) ![](https://evil.test/x.png)",
            "line\nbreak\r\n\u2028| - # heading",
            "\u202etxt.exe\u202c",
            "</td></tr></table><script>",
            "<!-- never ends",
            "```\nfence",
            "https://evil.test www.evil.test",
            "::set-env name=X::y",
            "##[error]no",
            "\u001b[31mred",
        ]
    ),
)


def row(**changes: Any) -> IssueRow:
    """Return a waiting issue; a test names only what it changes."""
    plain = {
        "issue": "acme/app#7",
        "title": "Add a till",
        "url": f"{WEB}/acme/app/issues/7",
        "group": "waiting",
        "state": "waiting",
        "since": "",
        "elapsed": "",
        "holds": [],
    }
    return IssueRow(**{**plain, **changes})  # type: ignore[typeddict-item]  # by name
