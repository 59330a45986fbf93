"""The report as one HTML page: nothing in it is asked of anybody, and strangers' words are inert.

Pure. Style and script stand in the page, and its policy lets no other run: their hashes are named,
nothing may be loaded, sent or framed (https://www.w3.org/TR/CSP3/). What strangers wrote is escaped
where it is text, and stands as JSON without ``<``, ``>`` and ``&`` where the script reads it,
which puts it into the page as text alone.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from markdown_it import MarkdownIt

from afk.report.charts import figure
from afk.report.figures import Figures, OfRepository, ReportRun
from afk.text.messages import minutes
from afk.text.waits import span

PAGE_ROWS: Final = 50
_COLUMNS: Final = (
    ("title", "Issue"),
    ("repository", "Repository"),
    ("outcome", "Outcome"),
    ("asked", "Asked for (UTC)"),
    ("lead", "Took"),
    ("turns", "Messages"),
    ("tokens", "Tokens"),
    ("reason", "Why"),
)
_NUMBERS: Final = frozenset({"lead", "turns", "tokens"})
_POLICY: Final = (
    "default-src 'none'; style-src '{style}'; script-src '{script}'; base-uri 'none'; "
    "form-action 'none'"
)


def report_page(shown: Figures, now_markdown: str, *, style: str, script: str) -> str:
    """Return the page. ``now_markdown``: what the dashboard says at this moment."""
    policy = _POLICY.format(style=_hash(style), script=_hash(script))
    days = f"{shown.since:%Y-%m-%d} to {shown.until:%Y-%m-%d}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>afk report, {days}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#runs">Skip to the list of runs</a>
<header><h1>afk report</h1><p>{days}, as of {minutes(shown.until)}</p></header>
<main>
{_glance(shown)}
<section aria-labelledby="now"><h2 id="now">Now</h2>
<div class="now">{_html(now_markdown)}</div></section>
{_charts(shown)}
{_repositories(shown)}
{_runs(shown)}
</main>
<footer><p>Written by <code>afk report</code> from the records on the issues.
Older runs than these are not shown.</p></footer>
<script type="application/json" id="data">{_data(shown)}</script>
<script>{script}</script>
</body>
</html>
"""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _html(markdown: str) -> str:
    """Return Markdown of afk's own as HTML, in which no HTML of anybody's is taken for HTML."""
    rendered: str = MarkdownIt("commonmark", {"html": False}).disable("image").render(markdown)
    return rendered


def took(lead: int | None) -> str:
    """Return a lead time as people say it; "" for none."""
    return span(timedelta(seconds=lead)) if lead is not None else ""


def _short(count: int) -> str:
    """Return a count in as few characters as tell its size: ``812``, ``45 k``, ``100 M``."""
    for size, unit in ((1_000_000, " M"), (1_000, " k")):
        if count >= size:
            return f"{count / size:.0f}{unit}"
    return str(count)


def _glance(shown: Figures) -> str:
    ended = sum(one.ended_at is not None for one in shown.runs)
    landed = shown.counts.get("landed", 0)
    share = f"{100 * landed / ended:.0f} %" if ended else "none ended"
    tiles = [
        ("Runs", f"{len(shown.runs):,}"),
        ("Landed", f"{landed:,}"),
        ("Landed, of those that ended", share),
        ("Handed back", f"{shown.counts.get('handed back', 0):,}"),
        ("CI still red", f"{shown.counts.get('CI still red', 0):,}"),
        ("Label to landed, median", took(shown.median) or "none yet"),
        ("Nine of ten landed within", took(shown.slow) or "none yet"),
        ("Tokens that T3 showed", _short(shown.tokens) if shown.tokens else "none"),
    ]
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in tiles)
    missing = ", ".join(map(escape, shown.cut))
    note = (
        f'<p class="note">More happened than is read: older runs of {missing} are not shown.</p>'
        if shown.cut
        else ""
    )
    return (
        '<section aria-labelledby="glance"><h2 id="glance">At a glance</h2>'
        f'<dl class="tiles">{items}</dl>{note}</section>'
    )


def _charts(shown: Figures) -> str:
    drawn = "".join(figure(chart, number) for number, chart in enumerate(shown.charts))
    return (
        '<section aria-labelledby="history"><h2 id="history">History</h2>'
        f'<div class="charts">{drawn or "<p>No run has ended in these days.</p>"}</div></section>'
    )


def _repositories(shown: Figures) -> str:
    names = (
        "Repository",
        "Runs",
        "Landed",
        "Label to landed, median",
        "Messages per run",
        "Tokens",
    )
    kinds = ("", *[' class="number"' for _ in names[1:]])
    head = "".join(
        f'<th scope="col"{kind}>{name}</th>' for kind, name in zip(kinds, names, strict=True)
    )
    rows = "".join(map(_repository, shown.repositories))
    return (
        '<section aria-labelledby="repositories"><h2 id="repositories">Repositories</h2>'
        '<div class="scroll" role="region" aria-label="Repositories: table" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _repository(one: OfRepository) -> str:
    cells = (
        f"{one.runs:,}",
        f"{one.landed:,} ({100 * one.landed / one.runs:.0f} %)",
        took(one.median) or "none yet",
        f"{one.turns:.1f}",
        f"{one.tokens:,}" if one.tokens else "",
    )
    rest = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    return f'<tr><th scope="row">{escape(one.name)}</th>{rest}</tr>'


def _runs(shown: Figures) -> str:
    """Return the list's first page; the script takes over from there."""
    head = "".join(
        f'<th scope="col" role="columnheader" data-key="{key}"{_kind(key)}>{name}</th>'
        for key, name in _COLUMNS
    )
    rows = "".join(map(_row, shown.runs[:PAGE_ROWS]))
    beyond = len(shown.runs) - PAGE_ROWS
    first = f"Without scripts only the newest {PAGE_ROWS} runs are shown." if beyond > 0 else ""
    return f"""<section aria-labelledby="runs"><h2 id="runs" tabindex="-1">Runs</h2>
<form id="filter" role="search" aria-label="Runs" hidden>
<label>Find <input id="find" type="search" autocomplete="off" spellcheck="false"></label>
<label>Outcome <select id="outcome"><option value="">all</option></select></label>
<label>Repository <select id="repository"><option value="">all</option></select></label>
</form>
<p id="status" role="status">{first}</p>
<div class="scroll" role="region" aria-label="Runs: table" tabindex="0">
<table id="list" role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead>
<tbody role="rowgroup">{rows}</tbody></table></div>
<nav id="pages" aria-label="Pages of runs" hidden>
<button type="button" id="previous">Previous</button>
<span id="page"></span>
<button type="button" id="next">Next</button>
</nav></section>"""


def _kind(key: str) -> str:
    return ' class="number"' if key in _NUMBERS else ""


def _row(one: ReportRun) -> str:
    title = f"<bdi>{escape(one.title)}</bdi>"
    linked = f'<a href="{escape(one.url)}">{title}</a>' if one.url else title
    cells = (
        ("", escape(f"{one.repository}#{one.issue}")),
        ("", one.outcome),
        ("", f"{one.asked_at:%Y-%m-%d %H:%M}"),
        (' class="number" data-name="Took"', took(one.lead)),
        (' class="number" data-name="Messages"', str(one.turns)),
        (' class="number" data-name="Tokens"', f"{one.tokens:,}" if one.tokens else ""),
        ("", one.reason),
    )
    rest = "".join(f'<td role="cell"{kind}>{cell}</td>' for kind, cell in cells)
    return f'<tr role="row"><td role="cell">{linked}</td>{rest}</tr>'


def _data(shown: Figures) -> str:
    """Return what the script reads: no character of it can end the element it stands in."""
    rows = [
        [
            one.title,
            one.url,
            one.repository,
            one.issue,
            one.outcome,
            one.reason,
            _seconds(one.asked_at),
            one.lead,
            one.turns,
            one.tokens,
        ]
        for one in shown.runs
    ]
    text = json.dumps(rows, separators=(",", ":"))
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())


def as_json(shown: Figures) -> dict[str, object]:
    """Return the figures as plain JSON values, for ``--json``."""
    return {
        "since": shown.since.isoformat(),
        "until": shown.until.isoformat(),
        "counts": dict(shown.counts),
        "median_seconds": shown.median,
        "slow_seconds": shown.slow,
        "not_read_whole": list(shown.cut),
        "rows": [
            {
                "repository": one.repository,
                "issue": one.issue,
                "title": one.title,
                "outcome": one.outcome,
                "reason": one.reason,
                "asked_at": one.asked_at.isoformat(),
                "ended_at": one.ended_at.isoformat() if one.ended_at is not None else None,
                "lead_seconds": one.lead,
                "turns": one.turns,
                "fixes": one.fixes,
                "tokens": one.tokens,
            }
            for one in shown.runs
        ],
    }
