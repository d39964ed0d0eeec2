"""What a person asks for in the tree of a schema. Nothing is done to the schema here: whoever listens does it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class TreeIntents(QObject):
    """One signal an intent. Pointers are those of the text as it is; a list of them is done, and undone, in one go."""

    rename_asked = Signal(str, str)
    """A pointer, and the name that the entry is to have."""
    type_asked = Signal(str, object, object)
    """A pointer, the type (None for any), and whether null is allowed too (None to leave that as it is)."""
    nullable_asked = Signal(str, bool)
    """A pointer, and whether null is allowed beside what is."""
    required_asked = Signal(list, bool)
    """Pointers of properties, and whether they are to be required."""
    keyword_asked = Signal(str, str, object)
    """A pointer, a keyword, and the value that it is to have."""
    keyword_drop_asked = Signal(str, str)
    """A pointer, and a keyword to be taken away."""
    value_asked = Signal(str, object)
    """A pointer, and the JSON value that is to stand there instead of the one that does."""
    add_asked = Signal(str, str, object)
    """A new entry: the pointer of the schema above it, the keyword that holds it, and its index (None: at the end)."""
    remove_asked = Signal(list)
    """Pointers of what is to go."""
    repeated_remove_asked = Signal(str, int)
    """The pointer of a key that stands several times in its object, and which of them is to go (from 0)."""
    duplicate_asked = Signal(list)
    """Pointers of entries that are to stand there twice."""
    move_asked = Signal(list, str, object)
    """Pointers of entries, the pointer of the object or array that they go into (`/properties` may have to be made),
    and before which of its entries, as these are now (None: at the end)."""
    wrap_asked = Signal(list, str)
    """Pointers of schemas, and what goes around them: "array", "object" or "anyOf"."""
    extract_asked = Signal(str)
    """The pointer of a schema that is to become a definition."""
    inline_asked = Signal(str)
    """The pointer of a schema whose reference is to give way to what it refers to."""
    jump_asked = Signal(str)
    """The pointer of a place that is to be shown."""
