"""Python's own import, taken back from PySide.

PySide replaces `builtins.__import__` to serve `from __feature__ import …`. Its hook reads the source of every module
imported afterwards, in search of the word "PySide6", and asks half-imported modules for attributes on the way: that
slows the start, and breaks packages whose modules answer `__getattr__`, such as pydantic ("cannot import name
'import_string' from partially initialized module"). Espalier uses no features.
"""

from __future__ import annotations

import builtins


def take_back_import() -> None:
    """Put the original import back, once PySide is imported; does nothing where that was done before."""
    original = getattr(builtins, "__orig_import__", None)
    if original is not None and builtins.__import__ is not original:
        builtins.__import__ = original
