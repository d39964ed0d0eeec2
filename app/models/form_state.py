"""A form as it stands: its value, what is wrong with it, and which parts of it are folded or shown as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.schema.form import ABSENT, Control, FormValue, Snapshot, Standing, control_of, moved, start_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema.form import Field, Fields, FormProblem, Moves, Path


class FormState(QObject):
    """The value under edit, and the only way in which the parts of a form change it.

    `edited` says at which place something is another now, with everything inside and around it. `checked` says that
    the problems are others.
    """

    edited = Signal(object)
    checked = Signal()

    def __init__(self, fields: Fields, value: Any = ABSENT, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if value is ABSENT and fields.root.kind == "object" and not fields.root.nullable:
            value = start_of(fields.root)
        self.held = FormValue(fields, value)
        self._raw: set[Path] = set()
        self._folded: dict[Path, bool] = {}
        self._seen: set[Path] = set()
        self._problems: dict[Path, list[FormProblem]] = {}
        self._inside: dict[Path, int] = {}

    # What stands there

    @property
    def fields(self) -> Fields:
        """The fields of the schema."""
        return self.held.fields

    @property
    def value(self) -> Any:
        """The whole value, or `ABSENT`."""
        return self.held.value

    def stand(self, path: Path, declared: Field) -> Standing:
        """Return what stands at a place of which the field is known."""
        return self.held.stand_in(path, declared)

    def control(self, standing: Standing) -> Control:
        """Return what a place is edited with: as a person has it, or as its value asks for."""
        if standing.path in self._raw:
            return "json"
        return control_of(standing.field, standing.value)

    def draft(self, path: Path) -> str | None:
        """Return the text at a place that is no value yet."""
        return self.held.drafts.get(path)

    def snapshot(self) -> Snapshot:
        """Return everything that a check needs, for another worker."""
        return Snapshot(self.held.value, self.held.pins, self.held.drafts)

    # How it is shown

    def show_raw(self, path: Path, *, raw: bool) -> None:
        """Show a place as JSON, or as its field again."""
        if raw:
            self._raw.add(path)
        else:
            self._raw.discard(path)
        self.edited.emit(path)

    def is_raw(self, path: Path) -> bool:
        """Tell whether a person has a place shown as JSON."""
        return path in self._raw

    def folded(self, path: Path, *, otherwise: bool) -> bool:
        """Tell whether the inside of a place is folded, `otherwise` where nobody has folded or unfolded it."""
        return self._folded.get(path, otherwise)

    def fold(self, path: Path, *, folded: bool) -> None:
        """Remember that the inside of a place is folded, or is not."""
        self._folded[path] = folded

    # Problems

    def see(self, path: Path) -> None:
        """Remember that a person has been at a place: what it lacks is a problem from now on."""
        if path not in self._seen:
            self._seen.add(path)
            if path in self._problems:
                self._tell()

    def see_all(self) -> None:
        """Show everything that is lacking."""
        self._seen |= set(self._problems)
        self._tell()

    def show_problems(self, problems: Sequence[FormProblem]) -> None:
        """Take over what a check found."""
        self._problems = {}
        for problem in problems:
            self._problems.setdefault(problem.path, []).append(problem)
        self._tell()

    def _tell(self) -> None:
        """Count what is shown of the problems inside each place, and say that it is other than before."""
        self._inside = {}
        for path in self._problems:
            many = len(self.problems(path))
            for end in range(len(path) if many else 0):
                self._inside[path[:end]] = self._inside.get(path[:end], 0) + many
        self.checked.emit()

    def problems(self, path: Path) -> list[FormProblem]:
        """Return what is wrong at a place; that something is missing there only after a person has been there."""
        return [each for each in self._problems.get(path, ()) if not each.missing or path in self._seen]

    def has_missing(self, path: Path) -> bool:
        """Tell whether something is still to be given at a place."""
        return any(each.missing for each in self._problems.get(path, ()))

    def problems_inside(self, path: Path) -> int:
        """Return how many problems are shown at the places inside another."""
        return self._inside.get(path, 0)

    def problems_below(self, path: Path) -> list[FormProblem]:
        """Return what is wrong at the places inside another."""
        if not self._inside.get(path):
            return []
        return [each for at in self._problems if _is_inside(at, path) for each in self.problems(at)]

    def see_inside(self, path: Path) -> None:
        """Remember that a person has been at every place inside another."""
        unseen = {at for at in self._problems if _is_inside(at, path)} - self._seen
        if unseen:
            self._seen |= unseen
            self._tell()

    # Edits

    def type_text(self, path: Path, text: str) -> None:
        """Take over what is typed into a control."""
        self.held.type_text(path, text)
        self.edited.emit(path)

    def type_json(self, path: Path, text: str) -> None:
        """Take over what is typed as JSON."""
        self.held.type_json(path, text)
        self.edited.emit(path)

    def put(self, path: Path, value: Any) -> None:
        """Put a value at a place."""
        self.held.put(path, value)
        self.edited.emit(path)

    def clear(self, path: Path) -> None:
        """Take away what is at a place."""
        self.held.pause()
        self.held.clear(path)
        self.held.pause()
        self.edited.emit(path)

    def give(self, path: Path) -> None:
        """Add a field that was left out."""
        self.held.give(path)
        self.edited.emit(path)

    def leave_out(self, path: Path) -> None:
        """Leave a field out."""
        self._raw.discard(path)
        self.held.leave_out(path)
        self.edited.emit(path)

    def set_null(self, path: Path, *, null: bool) -> None:
        """Set a place to null, or back."""
        self.held.set_null(path, null=null)
        self.edited.emit(path)

    def choose(self, path: Path, level: int, index: int) -> None:
        """Take another branch of a choice."""
        self._raw.discard(path)
        self.held.choose(path, level, index)
        self.edited.emit(path)

    def add_key(self, path: Path, key: str) -> None:
        """Add a property that the schema does not name. Raises `EditRefused` where there is one of that name."""
        self.held.add_key(path, key)
        self.edited.emit(path)

    def rename_key(self, path: Path, key: str) -> None:
        """Rename a property. Raises `EditRefused` where there is another of that name."""
        self._follow(path[:-1], self.held.rename_key(path, key))

    def insert(self, path: Path, index: int, values: Sequence[Any] | None = None) -> None:
        """Insert items into an array, or a new one."""
        self._follow(path, self.held.insert(path, index, values))

    def delete(self, path: Path, indices: Sequence[int]) -> None:
        """Take items out of an array."""
        self._follow(path, self.held.delete(path, indices))

    def move(self, path: Path, index: int, to: int) -> None:
        """Move an item of an array."""
        self._follow(path, self.held.move(path, index, to))

    def undo(self) -> None:
        """Take the last step back."""
        self.held.undo()
        self.edited.emit(())

    def redo(self) -> None:
        """Take a step again."""
        self.held.redo()
        self.edited.emit(())

    def _follow(self, around: Path, place: Moves) -> None:
        """Let what is remembered of the places inside a container move with them."""
        self._raw = _all_moved(self._raw, around, place)
        self._seen = _all_moved(self._seen, around, place)
        folded = ((moved(path, around, place), each) for path, each in self._folded.items())
        self._folded = {path: each for path, each in folded if path is not None}
        self.edited.emit(around)


def _is_inside(path: Path, around: Path) -> bool:
    return len(path) > len(around) and path[: len(around)] == around


def _all_moved(paths: set[Path], around: Path, place: Moves) -> set[Path]:
    return {to for path in paths if (to := moved(path, around, place)) is not None}
