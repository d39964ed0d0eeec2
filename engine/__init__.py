"""Espalier's engine: a local model that can only answer what a schema allows.

>>> from engine import load_model
>>> with load_model() as model:
...     answer = model.generate("Anna is 34.", response_format={"type": "object", "properties": {...}})
...     answer.value, answer.receipt

`connect("http://localhost:8000")` is a model on a server elsewhere, which is asked in the same way.

Everything a Python user needs is here; every failure is an `EngineError` (see `engine.errors`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine._version import __version__
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.chat.model import Answer, Model, connect, load_model
    from engine.constraint.report import SchemaReport, check_schema
    from engine.constraint.sizes import Sizes
    from engine.constraint.spec import MatchesLark, MatchesRegex, MatchesSchema
    from engine.model.protocol import ChatMessage, LoadOptions, Receipt, Sampling
    from engine.model.vocabulary import load_vocabulary

__all__ = [
    "Answer",
    "ChatMessage",
    "EngineError",
    "LoadOptions",
    "MatchesLark",
    "MatchesRegex",
    "MatchesSchema",
    "Model",
    "Receipt",
    "Sampling",
    "SchemaReport",
    "Sizes",
    "__version__",
    "check_schema",
    "connect",
    "load_model",
    "load_vocabulary",
]

_HOMES = {
    "Answer": "engine.chat.model",
    "Model": "engine.chat.model",
    "connect": "engine.chat.model",
    "load_model": "engine.chat.model",
    "SchemaReport": "engine.constraint.report",
    "check_schema": "engine.constraint.report",
    "Sizes": "engine.constraint.sizes",
    "MatchesLark": "engine.constraint.spec",
    "MatchesRegex": "engine.constraint.spec",
    "MatchesSchema": "engine.constraint.spec",
    "ChatMessage": "engine.model.protocol",
    "LoadOptions": "engine.model.protocol",
    "Receipt": "engine.model.protocol",
    "Sampling": "engine.model.protocol",
    "load_vocabulary": "engine.model.vocabulary",
}


def __getattr__(name: str) -> Any:
    """Import a name of the face when it is first used, so that `import engine.errors` stays light (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
