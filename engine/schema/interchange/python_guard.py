"""What may be given to Python's parser: it goes down by recursion, and a small stack ends the process.

The limits hold for one logical line, and are far beyond what classes need.
"""

from __future__ import annotations

import io
import tokenize

from engine.errors import ConversionError, SchemaSyntaxError

MOST_CHARACTERS = 1_000_000
_MOST_BRACKETS = 80
_MOST_PREFIXES = 40
_MOST_STEPS = 400
_PREFIXES = frozenset({"+", "-", "~", "not", "await"})
_STEPS = frozenset({"**", "else", "lambda"})


def refuse_hostile(source: str) -> None:
    """Raise ConversionError or SchemaSyntaxError where a source is too large or nested too deeply to be parsed."""
    if len(source) > MOST_CHARACTERS:
        raise ConversionError(
            f"This source is too large to be read: {len(source):,} characters, of at most {MOST_CHARACTERS:,}.",
            advice="Give the classes alone.",
        )
    if "\0" in source:
        line = source[: source.index("\0")].count("\n") + 1
        raise SchemaSyntaxError("This is no Python source: it holds a null character.", line=line, column=1)
    refuse_deep(source)


def refuse_deep(source: str) -> None:
    """Raise ConversionError where brackets or operators are nested too deeply."""
    brackets = prefixes = steps = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            text = token.string
            if token.type == tokenize.NEWLINE:
                steps = 0
            elif token.type == tokenize.OP and text in "([{":
                brackets += 1
            elif token.type == tokenize.OP and text in ")]}":
                brackets -= 1
            prefixes = prefixes + 1 if text in _PREFIXES else 0
            steps += text in _STEPS
            if brackets > _MOST_BRACKETS or prefixes > _MOST_PREFIXES or steps > _MOST_STEPS:
                raise ConversionError("This source is nested too deeply to be read.", where=f"line {token.start[0]}")
    except (tokenize.TokenError, SyntaxError):
        return  # the parser tells what is wrong, and where; what comes before was looked at
