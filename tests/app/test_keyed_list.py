"""Lists of which only what differs is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from app.models.keyed_list import KeyedList

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pytestqt.modeltest import ModelTester

ROWS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from("ab")), max_size=8, unique_by=lambda row: row[0])


class Pairs(KeyedList[tuple[int, str]]):
    def key_of(self, row: tuple[int, str]) -> Hashable:
        return row[0]

    def data(self, index: object, role: int = 0) -> str | None:
        return None


def shown(model: Pairs) -> list[tuple[int, str] | None]:
    return [model.row_of(model.index(at)) for at in range(model.rowCount())]


@given(ROWS, ROWS)
def test_other_rows_are_told_so_that_whoever_follows_has_them(
    old: list[tuple[int, str]], new: list[tuple[int, str]]
) -> None:
    model = Pairs()
    model.show_rows(old)
    heard = list(old)
    model.rowsAboutToBeRemoved.connect(lambda _above, first, last: heard.__delitem__(slice(first, last + 1)))
    model.rowsInserted.connect(
        lambda _above, first, last: heard.__setitem__(slice(first, first), shown(model)[first : last + 1])
    )
    model.dataChanged.connect(
        lambda top, bottom: heard.__setitem__(
            slice(top.row(), bottom.row() + 1), shown(model)[top.row() : bottom.row() + 1]
        )
    )
    model.show_rows(new)
    assert shown(model) == new
    assert heard == new


def test_what_stays_at_both_ends_is_not_told_again() -> None:
    model = Pairs()
    model.show_rows([(1, "a"), (2, "a"), (3, "a")])
    told: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _above, first, last: told.append(("in", first, last)))
    model.rowsRemoved.connect(lambda _above, first, last: told.append(("out", first, last)))
    model.dataChanged.connect(lambda top, bottom: told.append(("said", top.row(), bottom.row())))
    model.show_rows([(1, "a"), (4, "a"), (3, "b")])
    assert told == [("out", 1, 1), ("in", 1, 1), ("said", 2, 2)]
    assert model.index_of_key(4).row() == 1
    assert not model.index_of_key(2).isValid()


def test_a_list_keeps_to_what_qt_asks_of_models(qtmodeltester: ModelTester) -> None:
    model = Pairs()
    qtmodeltester.check(model)
    model.show_rows([(1, "a"), (2, "b")])
    model.show_rows([(2, "a"), (1, "b")])
