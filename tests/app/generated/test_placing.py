"""Where parts of a real screen stand, and how tall they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.widgets.generated.screen import Screen
from tests.app.generated.nodes import holding, root, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect

    from app.style.theme import Theme


def placed(screen: Screen, path: str) -> QRect:
    found = screen.rect_of(path)
    assert found is not None
    return found


def picture() -> dict[str, Any]:
    return {"type": "image", "src": "nobody", "alt": "Nobody"}


def test_what_fits_in_a_row_that_hugs_stays_in_its_line(make_screen: Callable[..., Screen]) -> None:
    inner = holding("column", text("Weightless"), text("Marconi Union"))
    screen = make_screen(root(holding("row", text("1"), inner, text("8:09"), align="start", wrap=False)))
    first, middle, last = (placed(screen, f"/children/0/children/{place}") for place in range(3))
    assert max(first.top(), last.top()) < middle.bottom()
    assert first.right() < middle.left() < middle.right() < last.left()


def test_a_missing_picture_beside_other_parts_leaves_them_room(make_screen: Callable[..., Screen]) -> None:
    row = holding("row", picture(), text("Beside"), align="start", wrap=False)
    screen = make_screen(root(picture(), row))
    assert placed(screen, "/children/1/children/0").width() < placed(screen, "/children/0").width() / 2


def test_formatted_text_of_a_screen_that_nobody_has_seen_is_as_tall_as_its_lines(theme: Theme) -> None:
    words = "# Heading\n\nThis is **bold** text.\n\n- one item\n- another item\n\n[A site](https://example.org)"
    screen = Screen(theme)
    screen.resize(560, 600)
    screen.show_tree(root({"type": "markdown", "text": words}))
    assert 100 < screen.picture(560).height() < 260
    screen.deleteLater()
