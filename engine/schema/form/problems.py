"""What is wrong with a form's value, each in a plain sentence at its place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.schema.form.places import Path, field_inside, inside, stand
from engine.schema.form.sentences import quoted, sentence_of
from engine.schema.form.spelling import ABSENT, read_json_text
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jsonschema_rs

    from engine.schema.form.field import Fields
    from engine.schema.form.places import Standing

_MOST = 1_000
"""Problems that are told at once."""


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One thing that is wrong at a place; `missing` where nothing is wrong but that something is not given yet."""

    path: Path
    sentence: str
    missing: bool = False

    @property
    def where(self) -> str:
        """The JSON Pointer of the place."""
        return to_pointer(self.path)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A form's value as it was at one moment, for whoever checks it elsewhere."""

    value: Any
    pins: dict[tuple[Path, int], int]
    drafts: dict[Path, str]


def problems_of(validator: jsonschema_rs.Validator, fields: Fields, snapshot: Snapshot) -> tuple[FormProblem, ...]:
    """Return what is wrong with a value, in the order of the validator, each once; at most a thousand.

    Where a choice fails, this is what is wrong in the branch that the form shows.
    """
    found = dict.fromkeys(_drafts(snapshot.drafts))
    drafted = {problem.path for problem in found}
    if snapshot.value is ABSENT:
        found |= dict.fromkeys([] if () in drafted else [FormProblem((), "Nothing is given yet.", missing=True)])
        return tuple(found)
    reading = _Reading(fields, snapshot)
    try:
        for error in islice(validator.iter_errors(snapshot.value), _MOST):
            found |= dict.fromkeys(each for each in reading.told(error) if each.path not in drafted)
    except (OverflowError, RecursionError, UnicodeError, ValueError) as error:
        found[FormProblem((), f"This value cannot be checked: {_first_line(error)}.")] = None
    return tuple(found)[:_MOST]


def _first_line(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "a text in it holds half a character"
    text = str(error).partition("\n")[0].rstrip(".")
    return text[:1].lower() + text[1:]


def _drafts(drafts: dict[Path, str]) -> Iterator[FormProblem]:
    for path, text in drafts.items():
        if not text.strip():
            yield FormProblem(path, "Nothing is typed yet.", missing=True)
            continue
        try:
            read_json_text(text)
        except EngineError as error:
            place = f" ({error.where})" if error.where else ""
            yield FormProblem(path, error.message.removesuffix(".") + place + ".")


class _Reading:
    """Turns the validator's errors into sentences, for the branches that the form shows."""

    def __init__(self, fields: Fields, snapshot: Snapshot) -> None:
        self._fields = fields
        self._value = snapshot.value
        self._pins = snapshot.pins

    def told(self, error: jsonschema_rs.ValidationError) -> Iterator[FormProblem]:
        """Yield what an error says, at the places it is about."""
        path = self._path(error)
        name = error.kind.name
        if name in {"anyOf", "oneOf"}:
            yield from self._alternatives(error, path)
        elif name == "required":
            yield FormProblem((*path, str(error.kind.as_dict()["property"])), "This is required.", missing=True)
        elif name in {"additionalProperties", "unevaluatedProperties"}:
            for key in error.kind.as_dict()["unexpected"]:
                yield FormProblem((*path, str(key)), "The schema has no such field.")
        elif name == "propertyNames":
            inner = error.kind.as_dict()["error"]
            said = sentence_of(inner, inner.instance)
            yield FormProblem(path, f"The key {quoted(inner.instance)} cannot stand here. {said}")
        else:
            yield FormProblem(path, sentence_of(error, _at(self._value, path)))

    def _path(self, error: jsonschema_rs.ValidationError) -> Path:
        """Return where an error is. The validator names a key that is a number by that number."""
        path: Path = ()
        here = self._value
        for step in error.instance_path:
            key: str | int = step
            if isinstance(here, dict) and isinstance(step, int):
                spelled = (name for name in here if name.lstrip("+").isascii() and name.lstrip("+").isdigit())
                key = (
                    str(step) if str(step) in here else next((name for name in spelled if int(name) == step), str(step))
                )
            path = (*path, key)
            here = inside(here, key)
        return path

    def _alternatives(self, error: jsonschema_rs.ValidationError, path: Path) -> Iterator[FormProblem]:
        context: list[list[jsonschema_rs.ValidationError]] = error.kind.as_dict()["context"]
        if error.kind.name == "oneOf" and any(not each for each in context):
            yield FormProblem(path, "This fits more than one of the alternatives, and may fit only one.")
            return
        shown = self._shown(path, error.kind.name, len(context))
        if shown is None:
            ranks = [sum(_is_of_another_kind(each, len(path)) for each in group) for group in context]
            best = [group for group, rank in zip(context, ranks, strict=True) if rank == min(ranks)]
        else:
            best = [context[shown[0]]]
            for index in shown[1:]:
                inner = [each for each in best[0] if each.kind.name in {"anyOf", "oneOf"}]
                groups = inner[0].kind.as_dict()["context"] if inner else []
                best = [groups[index]] if index < len(groups) else best
        if len(best) == 1 and best[0]:
            for each in best[0]:
                yield from self.told(each)
            return
        inside = list(dict.fromkeys(problem for group in best for each in group for problem in self.told(each)))
        if len(inside) == 1:
            yield inside[0]
        elif all(each.kind.name in {"const", "enum"} for group in context for each in group):
            yield FormProblem(path, "This is not one of the choices.")
        else:
            yield FormProblem(path, "This fits none of the alternatives.")

    def _shown(self, path: Path, keyword: str, count: int) -> tuple[int, ...] | None:
        """Return by which indices the union names the branch that the form shows; None where it shows no choice."""
        for choice, index in self._stand(path).taken:
            if index is not None and choice.union == keyword:
                source = choice.branches.all[index].source
                if source and source[0] < count:
                    return source
        return None

    def _stand(self, path: Path) -> Standing:
        here = stand((), self._fields.root, self._value, self._pins)
        for end, step in enumerate(path, 1):
            declared = field_inside(self._fields, here.field, step)
            here = stand(path[:end], declared, inside(here.value, step), self._pins)
        return here


def _is_of_another_kind(error: jsonschema_rs.ValidationError, deep: int) -> bool:
    """Tell whether an error shows that the alternative was not meant: another type, or another tag."""
    below = len(error.instance_path) - deep
    return (error.kind.name == "type" and below == 0) or (error.kind.name == "const" and below <= 1)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = inside(value, step)
    return value
