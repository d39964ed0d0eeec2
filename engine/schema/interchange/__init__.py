"""Ways for schemas in and out: examples, Python source, response formats and tools; Pydantic and TypeScript.

    incoming = read_incoming(text)  # whatever it is; `notes` say what it was taken for
    source = to_typescript(json.loads(incoming.text), incoming.name)

Nothing that is read is run, and nothing is fetched.
"""

from engine.schema.interchange.examples import Inferred, infer_schema
from engine.schema.interchange.incoming import (
    from_example,
    from_example_lines,
    from_schema,
    from_wrapper,
    looks_like_schema,
    read_example_lines,
    read_incoming,
)
from engine.schema.interchange.pydantic_source import to_pydantic
from engine.schema.interchange.python_source import from_python
from engine.schema.interchange.result import Incoming, lay_out
from engine.schema.interchange.typescript import to_typescript
from engine.schema.interchange.wrappers import to_response_format, to_tool

__all__ = [
    "Incoming",
    "Inferred",
    "from_example",
    "from_example_lines",
    "from_python",
    "from_schema",
    "from_wrapper",
    "infer_schema",
    "lay_out",
    "looks_like_schema",
    "read_example_lines",
    "read_incoming",
    "to_pydantic",
    "to_response_format",
    "to_tool",
    "to_typescript",
]
