"""`espalier schema strict | lenient | upgrade | diff`: schemas written anew, and what changed between two."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from engine.cli.console import showable
from engine.schema.dialects.lenient import make_lenient
from engine.schema.dialects.strict import make_strict
from engine.schema.dialects.upgrade import upgrade
from engine.schema.difference import difference
from engine.schema.document import read_schema
from engine.schema.editing import Set, Syntax

if TYPE_CHECKING:
    from engine.schema.dialects.rewritten import Rewritten

REWRITINGS = {"strict": make_strict, "lenient": make_lenient, "upgrade": upgrade}


def rewrite(how: str, text: str) -> int:
    """Print a schema written anew, laid out as it was where it says the same; tell on stderr what changed."""
    made: Rewritten = REWRITINGS[how](read_schema(text).root)
    syntax = Syntax(text)
    print(syntax.edited(Set("", made.value).step(syntax)).text.rstrip("\n"))
    for note in made.notes:
        lost = " (this loses something)" if note.lossy else ""
        print(f"{showable(note.pointer) or 'the root'}: {showable(note.sentence)}{lost}", file=sys.stderr)
    return 0


def differ(old: str, new: str) -> int:
    """Print what changed between two schemas, a line each; return 1 where anything did, as `diff` does."""
    changes = difference(read_schema(old).root, read_schema(new).root)
    for change in changes:
        print(showable(change.sentence))
    return int(bool(changes))
