"""Markdown in generated screens: it is formatted, and nothing in it runs, loads or leads off by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QImage, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from app.style.tokens import DARK, LIGHT
from app.widgets.generated.markdown_pieces import pieces_of
from app.widgets.generated.markdown_view import LONGEST, MarkdownView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> MarkdownView:
    view = MarkdownView(theme)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


def links(view: MarkdownView) -> list[str]:
    found = []
    block = view.document().begin()
    while block.isValid():
        found += [each.format.anchorHref() for each in block.textFormats() if each.format.isAnchor()]
        block = block.next()
    return found


def font_of(view: MarkdownView, words: str) -> tuple[int, str]:
    """Return the size of some words, and their font's axis of weight as its key spells it."""
    cursor = view.document().find(words)
    assert not cursor.isNull()
    font = cursor.charFormat().font()
    return font.pixelSize(), font.key().rsplit("wght=", 1)[-1][:3]


def test_headings_emphasis_and_code_have_the_fonts_of_the_design(view: MarkdownView) -> None:
    view.show_text("# One\n## Two\n### Three\nplain **bold** and `code`\n\n```\nblock\n```\n")
    assert font_of(view, "One") == (20, "600")
    assert font_of(view, "Two") == (15, "600")
    assert font_of(view, "Three") == (13, "600")
    assert font_of(view, "plain") == (13, "400")
    assert font_of(view, "bold") == (13, "600")
    mono = {view.document().find(words).charFormat().font().family() for words in ("code", "block")}
    assert mono == {view._theme.fonts.mono}


def test_lists_quotes_and_tables_are_read(view: MarkdownView) -> None:
    view.show_text("- a\n- [x] done\n\n1. b\n\n> quoted\n\n| Bed | Litres |\n|---|--:|\n| North | 4 |\n")
    QApplication.processEvents()
    view.grab()
    assert view.document().toPlainText().split() == ["a", "done", "b", "quoted", "Bed", "Litres", "North", "4"]
    assert list(view._look.marks.values()) == ["done"]


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "<script>alert(1)</script>",
        "a <img src='http://127.0.0.1:9/x.png'> b",
        "<div>\n\n<iframe src='file:///etc/passwd'></iframe>\n\n</div>",
        "<!-- hidden -->",
    ],
)
def test_html_stands_there_as_it_is_written(view: MarkdownView, text: str) -> None:
    view.show_text(text)
    shown = " ".join(view.document().toPlainText().split())
    assert shown == " ".join(text.split())


def test_what_stands_between_two_rules_at_the_beginning_is_shown(view: MarkdownView) -> None:
    view.show_text("---\n- a\n- b\n---\n- c\n")
    assert view.toPlainText().split() == ["a", "b", "c"]


def test_pictures_are_their_description_and_nothing_is_loaded(view: MarkdownView, tmp_path: Path) -> None:
    picture = QImage(50, 50, QImage.Format.Format_RGB32)
    picture.fill(QColor("#FF0000"))
    assert picture.save(str(tmp_path / "red.png"))
    source = (tmp_path / "red.png").as_uri()
    view.show_text(f"before ![A plan]({source}) ![B](http://127.0.0.1:9/x.png) ![]({source}) after")
    QApplication.processEvents()
    image = view.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#ff0000" not in colours
    assert view.document().toPlainText().split() == ["before", "[A", "plan]", "[B]", "after"]
    for name in (source, "http://127.0.0.1:9/x", "qrc:/x", "data:text/plain,x"):
        assert view.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name)) is None
    view.setSource(QUrl(source))
    assert view.document().toPlainText().startswith("before")


def test_a_link_is_told_and_not_followed(view: MarkdownView, qtbot: QtBot) -> None:
    view.show_text("[here](https://example.org/a?b=c) or [mail](mailto:ines@example.org)")
    before = view.document().toPlainText()
    assert links(view) == ["https://example.org/a?b=c", "mailto:ines@example.org"]
    for address in links(view):
        with qtbot.waitSignal(view.link_asked) as told:
            view.anchorClicked.emit(QUrl(address))
        assert told.args == [address]
    assert view.document().toPlainText() == before


def test_the_keyboard_stops_at_links_and_nowhere_else(view: MarkdownView, qtbot: QtBot) -> None:
    view.show_text("no link")
    assert not view.focusPolicy() & Qt.FocusPolicy.TabFocus
    view.show_text("[one](https://one.example/) and [two](https://two.example/)")
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    told = []
    view.link_asked.connect(told.append)
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Tab)
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told == ["https://one.example/", "https://two.example/"]


def test_a_name_in_letters_that_look_like_others_is_told_spelled_out(view: MarkdownView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.link_asked) as told:
        view.anchorClicked.emit(QUrl("https://ex\u0430mple.org/"))  # a Cyrillic letter
    assert told.args == ["https://xn--exmple-4nf.org/"]


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://bank.example@evil.example/", "/local"],
)
def test_a_link_that_may_not_be_opened_is_plain_text(view: MarkdownView, qtbot: QtBot, address: str) -> None:
    view.show_text(f"a [word]({address}) b")
    assert view.document().toPlainText() == "a word b"
    assert links(view) == []
    with qtbot.assertNotEmitted(view.link_asked):
        view.anchorClicked.emit(QUrl(address))


def test_it_is_as_tall_as_its_width_makes_it_and_the_page_goes_on_below(theme: Theme, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    view, below = MarkdownView(theme), QLabel("below")
    view.show_text("# Head\n" + "word " * 100 + "\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end.")
    column.addWidget(view)
    column.addWidget(below)
    column.addStretch(1)
    heights = []
    for width in (600, 300):
        page.resize(width, 900)
        page.show()
        QApplication.processEvents()
        assert view.height() == view.heightForWidth(width)
        assert view.document().size().height() <= view.height()
        assert view.verticalScrollBar().value() == 0
        heights.append(view.height())
    assert heights[0] < heights[1]
    view.show_text("")
    assert view.heightForWidth(300) == 0


def test_what_is_selected_stays_selected_while_more_comes(view: MarkdownView) -> None:
    view.show_text("one two three")
    cursor = view.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(7, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    view.show_text("one two three four **five**")
    assert view.textCursor().selectedText() == "two"


def test_its_colours_follow_the_theme(view: MarkdownView, theme: Theme) -> None:
    view.show_text("text [link](https://example.org)")
    for tokens, name in ((LIGHT, "light"), (DARK, "dark")):
        theme.choose(name)
        colours = {
            words: view.document().find(words).charFormat().foreground().color().name().upper()
            for words in ("text", "link")
        }
        assert colours == {"text": tokens.text, "link": tokens.accentText}


def test_signs_that_would_turn_words_round_are_shown(view: MarkdownView) -> None:
    view.show_text("safe \u202e evil\x07")
    assert view.document().toPlainText() == "safe \ufffd evil\ufffd"


def test_very_long_text_is_cut_where_it_can_be_seen(view: MarkdownView) -> None:
    view.show_text("a" * (LONGEST + 50))
    assert view.document().toPlainText() == "a" * LONGEST + "…"


MARKS = st.text(alphabet="ab \n#*_`~>-+|![](){}<>:/1.\\&", max_size=80)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=MARKS)
def test_whatever_is_written_is_shown_at_every_prefix(make: Callable[[], MarkdownView], text: str) -> None:
    view = make()
    for end in range(0, len(text) + 1, 7):
        view.show_text(text[:end])
        assert view.heightForWidth(200) >= 0
    view.show_text(text)
    view.resize(200, max(1, view.heightForWidth(200)))
    view.grab()
    assert "\ufffc" not in view.document().toPlainText()


@pytest.fixture
def make(theme: Theme, qtbot: QtBot) -> Callable[[], MarkdownView]:
    view = MarkdownView(theme)
    qtbot.addWidget(view)
    return lambda: view


# Growing

BLOCKS = st.sampled_from(
    [
        "Paragraph **one** [link](https://example.org)\nand `code`\n\n", "# Head\n\n", "### Small\n", "Setext\n===\n\n",
        "- a\n- b\n  - c\n\n", "1. a\n\n2. b\n\n", "> quoted\n> > deeper\n\n",
        "```py\ncode\n\nmore\n```\n\n", "~~~\n```\n\nnot closed",
        "| a | b |\n|---|--:|\n| 1 | **2** |\n\n", "a | b\n--|--\n1 | 2\n\n", "---\n\n", "![x](a.png)\n\n",
        "[name]: https://example.org\n\n", "[name] again\n\n",
        "    indented code\n\n", "\n\n", "Line without end", "*emphasis* first\n\n", "**", "<b>x</b>\n\n",
        "> | a |\n> |---|\n> | 1 |\n\n", "\u201cSaid\u201d so\n\n",
    ]
)  # fmt: skip
TASKS = "- [x] done\n- [ ] open\n\n"
UNCLOSED = "- ```\n  in a list\n\n"


def look_of(view: MarkdownView) -> list[Any]:
    """Return all that is to be seen of a text: its blocks with their formats, their words with theirs."""
    seen: list[Any] = [dict(view._look.marks), sorted(view._look.coded), sorted(view._look.quoted.items())]
    block = view.document().begin()
    while block.isValid():
        form, table = block.blockFormat(), QTextCursor(block).currentTable()
        listed = block.textList()
        spans = []
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            words = fragment.charFormat()
            ink, ground = words.foreground().color().name(), words.background().color().name()
            spans.append((fragment.text(), words.font().key(), ink, ground, words.anchorHref(), words.toolTip()))
            iterator += 1
        sides = (form.topMargin(), form.bottomMargin(), form.leftMargin(), form.rightMargin(), form.lineHeight())
        cells = (table.rows(), table.columns(), table.format().width().rawValue()) if table is not None else None
        place = (
            (listed.format().style(), listed.format().indent(), listed.itemText(block)) if listed is not None else None
        )
        seen.append((spans, sides, form.indent(), form.headingLevel(), form.alignment().value, cells, place))
        block = block.next()
    return seen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    blocks=st.lists(BLOCKS | st.sampled_from([TASKS, UNCLOSED]) | MARKS, min_size=1, max_size=8),
    cuts=st.lists(st.integers(1, 300), max_size=6),
)
def test_a_text_that_grew_looks_as_if_it_had_been_there_at_once(
    make: Callable[[], MarkdownView], theme: Theme, blocks: list[str], cuts: list[int]
) -> None:
    text = "".join(blocks)
    view = make()
    for end in [*sorted(cuts), *cuts, len(text)]:
        view.show_text(text[:end], growing=True)
        fresh = MarkdownView(theme)
        fresh.show_text(text[:end])
        assert not text or look_of(view) == look_of(fresh)
        fresh.deleteLater()


@settings(max_examples=60, deadline=None)
@given(st.lists(BLOCKS, max_size=8))
def test_a_text_in_pieces_says_what_it_says_as_a_whole(blocks: list[str]) -> None:
    text = "".join(blocks)
    features = QTextDocument.MarkdownFeature.MarkdownNoHTML | QTextDocument.MarkdownFeature.MarkdownDialectGitHub

    def read(source: str) -> list[tuple[str, int, bool]]:
        document = QTextDocument()
        document.setMarkdown(f"\n{source}", features)  # so that rules are no front matter
        found, block = [], document.begin()
        while block.isValid():
            found.append((block.text(), block.blockFormat().headingLevel(), block.textList() is not None))
            block = block.next()
        return found

    pieces = pieces_of(text)
    assert "".join(pieces) == text
    assert [each for piece in pieces for each in read(piece)] == (read(text) if text else [])


def test_a_paragraph_behind_tasks_is_none_itself(view: MarkdownView) -> None:
    view.show_text(TASKS + "Just words.")
    assert list(view._look.marks.values()) == ["done", "open"]


def test_what_stands_there_is_left_alone_while_more_comes(view: MarkdownView) -> None:
    begun = "# Head\n\n" + "A paragraph with *words*.\n\n" * 50
    view.show_text(begun, growing=True)
    changed: list[int] = []
    view.document().contentsChange.connect(lambda start, gone, come: changed.append(start))
    end = view.document().characterCount()
    view.show_text(begun + "And **more**", growing=True)
    assert changed
    assert min(changed) > end - 60


def test_a_long_list_grows_in_larger_steps_and_is_whole_at_once_when_it_has_ended(view: MarkdownView) -> None:
    items = "".join(f"- item {number}\n" for number in range(400))
    view.show_text(items, growing=True)
    view.show_text(items + "- one more\n", growing=True)
    assert "one more" not in view.toPlainText()
    view.show_text(items + "- one more\n")
    assert "one more" in view.toPlainText()


def test_a_long_list_that_stops_growing_is_whole_a_moment_later(view: MarkdownView, qtbot: QtBot) -> None:
    items = "".join(f"- item {number}\n" for number in range(400))
    view.show_text(items, growing=True)
    view.show_text(items + "- one more\n", growing=True)
    qtbot.waitUntil(lambda: "one more" in view.toPlainText())
