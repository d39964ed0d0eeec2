"""The layout of glyphs that no standard font can draw."""

from __future__ import annotations

import numpy as np

from engine.documents.glyphs import Glyphs, _overprinted, _share_ligatures
from engine.documents.layout import lay_out


def glyphs(placed: list[tuple[str, float, float]], width: float = 5.0) -> Glyphs:
    """Return glyphs of ten-point type: letter, x of its left side, y of its bottom."""
    count = len(placed)
    return Glyphs(
        codes=np.array([ord(letter) for letter, _, _ in placed], dtype=np.int32),
        boxes=np.array([(x, y - 10, x + width, y) for _, x, y in placed], dtype=np.float32).reshape(-1, 4),
        em=np.full(count, 10.0, dtype=np.float32),
        angles=np.zeros(count, dtype=np.int16),
        spaced=np.zeros(count, dtype=np.bool_),
        weak=np.zeros(count, dtype=np.bool_),
        tight=np.zeros(count, dtype=np.bool_),
        unmapped=0,
        width=600.0,
        height=800.0,
    )


def word(letters: str, x: float, y: float, step: float = 5.0) -> list[tuple[str, float, float]]:
    return [(letter, x + step * place, y) for place, letter in enumerate(letters)]


def test_an_empty_page_has_no_text() -> None:
    text, boxes = lay_out(glyphs([]))
    assert text == ""
    assert boxes.shape == (0, 4)


def test_words_drawn_backwards_along_a_line_are_read_from_the_left() -> None:
    placed = word("end", 200, 100) + word("the", 180, 100) + word("at", 100, 100)
    assert lay_out(glyphs(placed))[0] == "at    the end"


def test_words_that_overlap_follow_the_content_stream() -> None:
    placed = [*word("amount", 50, 100), *word(":", 82, 100), *word("29.99", 78, 100)]
    assert lay_out(glyphs(placed))[0] == "amount : 29.99"


def test_right_to_left_words_are_read_from_the_right() -> None:
    shalom = word("שלום", 200, 100, step=-5)
    olam = word("עולם", 175, 100, step=-5)
    assert lay_out(glyphs(shalom + olam))[0] == "שלום עולם"


def test_the_letters_of_a_ligature_share_its_box() -> None:
    codes = np.array([ord(letter) for letter in "effin"], dtype=np.int64)
    boxes = np.array([(0, 0, 5, 10), *[(5, 0, 11, 10)] * 3, (11, 0, 16, 10)], dtype=np.float64)
    _share_ligatures(codes, boxes)
    assert boxes[:, 0].tolist() == [0, 5, 7, 9, 11]
    assert not _overprinted(codes, boxes, np.full(5, 10.0)).any()


def test_a_letter_printed_twice_in_place_is_one_letter() -> None:
    codes = np.array([ord(letter) for letter in "aab"], dtype=np.int64)
    boxes = np.array([(0, 0, 5, 10), (0.4, 0, 5.4, 10), (5, 0, 10, 10)], dtype=np.float64)
    assert _overprinted(codes, boxes, np.full(3, 10.0)).tolist() == [False, True, False]
