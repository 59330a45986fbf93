"""A body as its page shows it: headings, items, cells and text, and where each of them stands."""

import pytest

from afk.decide.blocker_blocks import Block, Kind, blocks, marks

HEADING, TEXT, ITEM, CELL = Kind.HEADING, Kind.TEXT, Kind.ITEM, Kind.CELL


def heading(text: str, level: int, **place: int) -> Block:
    return Block(HEADING, text, level=level, **place)


def item(text: str, depth: int, number: int, **place: int) -> Block:
    return Block(ITEM, text, depth=depth, item=number, **place)


MARKDOWN = """\
# One

text

- a
  - b
  - c
- d

## Two

| x | y |
|---|---|
| 1 | 2 |

last
"""
HTML = (
    "<h3>Head</h3><p>text<br>more</p><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>after"
    "<table><tr><th>x<th>y</tr><tr><td>1<td>2</tr></table>tail"
)
LINE = {"begin": 0, "end": 1}


def test_blocks__of_markdown__stand_where_the_page_shows_them() -> None:
    cell = {"item": 2, "table": 3}
    assert list(blocks(MARKDOWN)) == [
        heading("One", 1, begin=0, end=1),
        Block(TEXT, "text", begin=2, end=3),
        item("a", 1, 1, begin=4, end=5),
        item("b", 2, 1, begin=5, end=6),
        item("c", 2, 1, begin=6, end=7),
        item("d", 1, 2, begin=7, end=8),
        heading("Two", 2, item=2, begin=9, end=10),
        Block(CELL, "x", row=0, column=0, begin=11, end=12, **cell),
        Block(CELL, "y", row=0, column=1, begin=11, end=12, **cell),
        Block(CELL, "1", row=1, column=0, begin=13, end=14, **cell),
        Block(CELL, "2", row=1, column=1, begin=13, end=14, **cell),
        Block(TEXT, "last", item=2, row=1, column=1, begin=15, end=16),
    ]


def test_blocks__of_html__stand_where_those_of_markdown_would() -> None:
    cell = {"item": 2, "table": 3, **LINE}
    assert list(blocks(HTML)) == [
        heading("Head", 3, **LINE),
        Block(TEXT, "text\nmore", **LINE),
        item("a", 1, 1, **LINE),
        item("b", 2, 1, **LINE),
        item("c", 1, 2, **LINE),
        Block(TEXT, "after", item=2, **LINE),
        Block(CELL, "x", row=0, column=0, **cell),
        Block(CELL, "y", row=0, column=1, **cell),
        Block(CELL, "1", row=1, column=0, **cell),
        Block(CELL, "2", row=1, column=1, **cell),
        Block(TEXT, "tail", item=2, row=1, column=1, **LINE),
    ]


def test_blocks__table_within_an_item__is_of_the_item_and_so_is_what_follows() -> None:
    body = "- x\n\n  | y |\n  |---|\n  | 1 |\n\n  end\n\n- z"
    assert [(one.kind, one.text, one.depth, one.item, one.table) for one in blocks(body)] == [
        (ITEM, "x", 1, 1, 0),
        (CELL, "y", 1, 1, 2),
        (CELL, "1", 1, 1, 2),
        (ITEM, "end", 1, 1, 0),
        (ITEM, "z", 1, 3, 0),
    ]


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<div><del>gone <s>deep</s> still</del> here</del> there</div>", [" here there"]),
        ("<div><pre>a</pre><script>b</script><style>c</style>d<wbr>e</div>", ["d\ne"]),
        ("<p>a</p></li>stray</del> text</ol></h2>end", ["a", "stray text", "end"]),
        ("<div><del>a<p>b</p></del>c</div>", ["c"]),
        ("<div>a<blockquote>b</blockquote>c</div>", ["a", "b", "c"]),
        ("<div><i>a</i><b>b</b></div>", ["ab"]),
        ("<table><tr><td>a</table>b<li>c", ["a", "b", "c"]),
        ("<div><a href='/a/b/issues/3'>x</a> <a href='docs'>y</a> <a>z</a></div>", 1),
    ],
)
def test_blocks__html__hides_what_the_page_hides(html: str, texts: list[str] | int) -> None:
    found = [one.text for one in blocks(html)]
    if isinstance(texts, int):
        assert found == [" https://./a/b/issues/3  y z"]
    else:
        assert found == texts


def test_blocks__html_headings_and_tables__end_with_their_tags() -> None:
    html = "<h2>A</h2>b<table><tr><td>c</td></tr></table>d<ul><li>e</li></ul>f</li>g"
    assert [(one.kind, one.text, one.level, one.depth) for one in blocks(html)] == [
        (HEADING, "A", 2, 0),
        (TEXT, "b", 0, 0),
        (CELL, "c", 0, 0),
        (TEXT, "d", 0, 0),
        (ITEM, "e", 0, 1),
        (TEXT, "f", 0, 0),
        (TEXT, "g", 0, 0),
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("plain #12", "plain #12"),
        ("a ~~struck~~ b", "a  b"),
        ("a `code` `#12` `o/r#3` b", "a  code  #12 o/r#3 b"),
        ("[words](/acme/app/issues/12)", " https://./acme/app/issues/12 "),
        ("[words](../issues/12)", " https://./issues/12 "),
        (
            "[blocked by #3](https://x.test/a/b/issues/3)",
            "blocked by #3 https://x.test/a/b/issues/3 ",
        ),
        ("[needs it](https://x.test/a/b/issues/3).", "needs it https://x.test/a/b/issues/3 ."),
        ("[doc](docs/x.md) on", "doc on"),
        ("a <!-- no --> b", "a  b"),
        ("<b>bold</b><br>line", " bold \nline"),
        ("a <DEL>x <code>y</code> z</DEL> b", "a  b"),
        ("a </del> b <s>c", "a  b "),
        ("<a href='../issues/5'>five</a> <a>bare</a>", " https://./issues/5  bare"),
        ('<a class="x" HREF = "/a/b/issues/5" >five</a>', " https://./a/b/issues/5 "),
        ("<a\nhref=/a/b/issues/5>five</a>", " https://./a/b/issues/5 "),
        ("\\#12 &amp; <hr/> x", "#12 &   x"),
        ("a <br/>b", "a \nb"),
        ("a <br\nclear=all x>b", "a \nb"),
        ("a <del class=x id=y>b</del> c", "a  c"),
        ("a <del\nclass=x\nid=y>b</del> c", "a  c"),
        ("a </del> <del>b <s>c</s> d</del> e", "a   e"),
        ("<i>a</i> b", " a  b"),
        ("a &lt;\nb", "a <\nb"),
    ],
)
def test_blocks__one_line__says_what_its_page_says(line: str, text: str) -> None:
    assert [one.text for one in blocks(line)] == [text]


def test_blocks__more_brackets_than_anybody_writes__are_taken_as_they_stand() -> None:
    (many,) = blocks("`a` " + "[" * 1_001)
    assert many.text == "`a` " + "[" * 1_001
    (some,) = blocks("`a` " + "[" * 1_000)
    assert some.text == " code  " + "[" * 1_000
    (angles,) = blocks("`a` " + "< " * 1_001)
    assert angles.text.startswith("`a` <")


def test_blocks__more_tags_than_anybody_writes__are_one_block() -> None:
    many = "<div>" + "<b>a</b><!-- no -->" * 500
    (found,) = blocks(many)
    assert found.text == " " + " a " * 500
    assert found.kind is TEXT


def test_blocks__nested_deeper_than_anybody_nests__is_told() -> None:
    deep = "> " * 70 + "Blocked by #12"
    assert Kind.DEEPER in {one.kind for one in blocks(deep)}
    assert Kind.DEEPER not in {one.kind for one in blocks("> " * 20 + "Blocked by #12")}


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 0),
        ("- a\n* b\n+ c\n1. d\n2) e\n> f\n# g\n[h]: i", 8),
        ("  - a\n\t- b\ntext - c", 2),
        ("| a | b |\n|---|---|", 3),
        ("|", 0),
    ],
)
def test_marks__lists_quotes_definitions_and_cells__are_counted(body: str, count: int) -> None:
    assert marks(body) == count
