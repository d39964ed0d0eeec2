"""The text of a schema as it is kept: byte for byte, and known again by its hash.

SQLite's TEXT has no place for half a surrogate pair, which Python's strings and JSON's escapes may hold, so that a
schema is kept as bytes: UTF-8, with such halves encoded as if they were characters.
"""

from __future__ import annotations

import hashlib
import json


def encoded(text: str) -> bytes:
    """Return the bytes of a text; every text has some."""
    return text.encode("utf-8", "surrogatepass")


def decoded(kept: bytes) -> str:
    """Return the text of which these are the bytes."""
    return kept.decode("utf-8", "surrogatepass")


def sha256_of(kept: bytes) -> str:
    """Return the hash of a text's bytes, in hexadecimal: by it a thread or a job that holds the text is found."""
    return hashlib.sha256(kept).hexdigest()


def held_by(plain: str) -> str | None:
    """Return the hash of the schema that a thread's settings or a job's plan hold, as plain JSON; None for none.

    A thread that answers in another format than a schema holds none, though its settings may remember one.
    """
    try:
        value = json.loads(plain)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("format", "schema") != "schema":
        return None
    schema = value.get("schema")
    return sha256_of(encoded(schema)) if isinstance(schema, str) and schema.strip() else None
