"""A schema as one document: the text, its tree with the place of every node, and edits that keep the rest as it is."""

from engine.schema.editing.editable import Change, EditableSchema
from engine.schema.editing.edits import Edit, Step
from engine.schema.editing.operations import (
    Copy,
    Insert,
    Move,
    Operation,
    Raw,
    Remove,
    Rename,
    Set,
)
from engine.schema.editing.syntax import Kind, Member, Node, Syntax

__all__ = [
    "Change",
    "Copy",
    "Edit",
    "EditableSchema",
    "Insert",
    "Kind",
    "Member",
    "Move",
    "Node",
    "Operation",
    "Raw",
    "Remove",
    "Rename",
    "Set",
    "Step",
    "Syntax",
]
