"""Changes to a schema that know what schemas mean, each made of operations on its text and undone as one."""

from engine.schema.refactoring.definitions import delete_definition, extract, inline, inline_all, refer
from engine.schema.refactoring.properties import (
    add_entry,
    add_property,
    duplicate,
    move,
    referred_to,
    remove,
    rename,
    set_all_required,
    set_required,
)
from engine.schema.refactoring.script import Refactoring
from engine.schema.refactoring.types import (
    TYPES,
    Wrapping,
    change_type,
    drop_keyword,
    is_nullable,
    put_keyword,
    set_nullable,
    wrap,
)
from engine.schema.refactoring.uses import target_of, uses

__all__ = [
    "TYPES",
    "Refactoring",
    "Wrapping",
    "add_entry",
    "add_property",
    "change_type",
    "delete_definition",
    "drop_keyword",
    "duplicate",
    "extract",
    "inline",
    "inline_all",
    "is_nullable",
    "move",
    "put_keyword",
    "refer",
    "referred_to",
    "remove",
    "rename",
    "set_all_required",
    "set_nullable",
    "set_required",
    "target_of",
    "uses",
    "wrap",
]
