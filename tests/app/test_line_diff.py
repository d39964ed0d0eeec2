"""Two texts line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.line_diff import line_diff

LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12)


def shown(old: str, new: str) -> list[str]:
    signs = {"same": "  ", "gone": "- ", "new": "+ ", "gap": "… "}
    return [signs[line.kind] + line.text for line in line_diff(old, new)]


@given(LINES, LINES)
def test_what_goes_and_comes_makes_the_one_text_of_the_other(old: list[str], new: list[str]) -> None:
    lines = line_diff("\n".join(old), "\n".join(new))
    before, after = "\n".join(old).splitlines(), "\n".join(new).splitlines()
    gone = {line.old for line in lines if line.kind == "gone"}
    come = {line.new for line in lines if line.kind == "new"}
    kept = [line for number, line in enumerate(before, 1) if number not in gone]
    assert kept == [line for number, line in enumerate(after, 1) if number not in come]
    for line in lines:
        assert line.old is None or before[line.old - 1] == line.text
        assert line.new is None or after[line.new - 1] == line.text


def test_only_what_is_near_a_change_is_shown() -> None:
    old = "\n".join(str(number) for number in range(30))
    assert shown(old, old.replace("12\n", "twelve\n")) == [
        "… 9 lines are the same",
        "  9",
        "  10",
        "  11",
        "- 12",
        "+ twelve",
        "  13",
        "  14",
        "  15",
        "… 14 lines are the same",
    ]
    assert shown(old, old) == []


def test_huge_and_hostile_texts_are_cut_and_not_compared_for_ever() -> None:
    lines = line_diff("\n".join(map(str, range(20_000))), "\n".join(map(str, range(20_000, 0, -1))) + "x" * 10_000_000)
    assert len(lines) == 5_001
    assert lines[-1].kind == "gap"
    assert all(len(line.text) <= 501 for line in line_diff("a" * 10_000_000, "b"))
