"""A schema as a form: the fields of an instance, found out lazily, and the value that is typed into them."""

from engine.schema.form.branches import Branch, Branches
from engine.schema.form.conjunction import Option
from engine.schema.form.field import Field, Fields
from engine.schema.form.places import Moves, Path, Standing, inside, moved, stand
from engine.schema.form.problems import FormProblem, Snapshot, problems_of
from engine.schema.form.spelling import (
    ABSENT,
    MENU,
    Absent,
    Control,
    control_of,
    is_large,
    json_text,
    labels,
    read,
    read_json_text,
    same,
    spell,
)
from engine.schema.form.starting import blank_of, start_of
from engine.schema.form.value import FormValue

__all__ = [
    "ABSENT",
    "MENU",
    "Absent",
    "Branch",
    "Branches",
    "Control",
    "Field",
    "Fields",
    "FormProblem",
    "FormValue",
    "Moves",
    "Option",
    "Path",
    "Snapshot",
    "Standing",
    "blank_of",
    "control_of",
    "inside",
    "is_large",
    "json_text",
    "labels",
    "moved",
    "problems_of",
    "read",
    "read_json_text",
    "same",
    "spell",
    "stand",
    "start_of",
]
