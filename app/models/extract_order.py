"""In which order the lines of the table stand, and in which groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.models.extract_lines import Group
from app.models.extract_values import natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.models.extract_lines import Entry, Fields, Kind, Line
    from app.models.extract_values import SortKey

Rank = tuple["SortKey | None", str]
NO_VALUE: Final = "Without a value"


@dataclass(frozen=True, slots=True)
class Sorting:
    """What lines are sorted by: `column` is an index, `by` says whether it is that, the names or what is least sure."""

    by: Literal["order", "document", "column", "worst"] = "order"
    column: int = -1
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see of the lines, and how: sorted, filtered by kind and text, grouped by a column."""

    sorting: Sorting = Sorting()
    kind: Kind | None = None
    text: str = ""
    grouped: int | None = None
    among: frozenset[str] | None = None
    """The names of the only documents to show."""

    @property
    def is_plain(self) -> bool:
        """Whether all lines stand in the order of the documents."""
        return self == Wanted()

    @property
    def leaves_out(self) -> bool:
        """Whether there are filters."""
        return self.kind is not None or bool(self.text) or self.among is not None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together, below the head of their group where they are grouped."""

    group: Group | None
    lines: list[Line]


def is_wanted(fields: Fields, line: Line, wanted: Wanted) -> bool:
    """Tell whether the filters let a line through."""
    if wanted.among is not None and line.name not in wanted.among:
        return False
    if wanted.kind is not None and wanted.kind not in fields.facts(line).kinds:
        return False
    return not wanted.text or wanted.text in fields.searched(line)


def rank(fields: Fields, line: Line, wanted: Wanted) -> Rank | None:
    """Return all that decides where a line stands: what it is sorted by, and its group; None if it is left out."""
    if not is_wanted(fields, line, wanted):
        return None
    return _key(fields, line, wanted.sorting), _group_title(fields, line, wanted.grouped)


def arrange(fields: Fields, lines: Iterable[Line], wanted: Wanted, groups: dict[str, Group]) -> list[Block]:
    """Return the lines that are wanted in their order. `groups` has the heads by title, new ones are put there."""
    if wanted.is_plain:
        return [Block(None, list(lines))]
    ranked: list[tuple[Rank, Line]] = []
    for line in lines:
        line.rank = rank(fields, line, wanted)
        if line.rank is not None:
            ranked.append((line.rank, line))
    ranked = _sorted(ranked, wanted.sorting)
    if wanted.grouped is None:
        return [Block(None, [line for _, line in ranked])]
    parts: dict[str, list[Line]] = {}
    for (_, title), line in ranked:
        parts.setdefault(title, []).append(line)
    blocks = []
    for title in _titles_in_order(fields, parts, wanted):
        group = groups.setdefault(title, Group(title))
        group.count = len(parts[title])
        group.review = sum(fields.facts(line).review for line in parts[title])
        blocks.append(Block(group, parts[title]))
    return blocks


def entries(blocks: Iterable[Block]) -> Iterator[Entry]:
    """Yield what is shown of blocks: their heads, and the lines of those that are not folded."""
    for block in blocks:
        if block.group is not None:
            yield block.group
        if block.group is None or not block.group.folded:
            yield from block.lines


def _sorted(ranked: list[tuple[Rank, Line]], sorting: Sorting) -> list[tuple[Rank, Line]]:
    """Return lines sorted, equal ones as they were, those without a value last whichever way round."""
    if sorting.by == "order":
        return ranked
    known = [each for each in ranked if each[0][0] is not None]
    known.sort(key=lambda each: each[0][0], reverse=sorting.descending)  # type: ignore[arg-type,return-value]
    return known + [each for each in ranked if each[0][0] is None]


def _key(fields: Fields, line: Line, sorting: Sorting) -> SortKey | None:
    if sorting.by == "column":
        return fields.key(line, sorting.column)
    if sorting.by == "document":
        return natural(line.name)
    if sorting.by == "worst":
        worst = fields.worst(line)
        return None if worst is None else (not fields.facts(line).review, worst)
    return ()


def _group_title(fields: Fields, line: Line, column: int | None) -> str:
    """Return what a line has in a column; lines whose values read the same belong together."""
    if column is None:
        return ""
    return fields.cell(line, column).text.strip() if fields.key(line, column) is not None else ""


def _titles_in_order(fields: Fields, parts: dict[str, list[Line]], wanted: Wanted) -> list[str]:
    """Return the titles of groups: as their lines are sorted, or by their value; lines without one come last."""
    known = [title for title in parts if title]
    if wanted.sorting.by == "order" and wanted.grouped is not None:
        column = wanted.grouped
        known.sort(key=lambda title: fields.key(parts[title][0], column) or ())
    return [*known, *([""] if "" in parts else [])]
