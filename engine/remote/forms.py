"""A schema in the form that a server understands, and the next weaker one where it does not.

What is sent may allow more than the person's schema, never less: the answer is held to the whole of it here. So a
form that a server refuses is given up for a weaker one, down to saying the schema in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema
from engine.schema.dialects.strict import strict_violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.spec import ConstraintSpec
    from engine.remote.endpoint import Capabilities, Server, Structured

Step = Literal["strict", "whole", "plain", "object", "said"]
"""How much of a schema is sent, from the most to the least.

Strict: as it stands, in the profile of OpenAI. Whole: all that a mask can hold to, in the keywords of the mask engine.
Plain: shapes, names, choices and lists alone, which every converter knows. Object: that it be a JSON object. Said: in
the prompt alone.
"""

_KINDS = ("object", "array", "string", "number", "integer", "boolean", "null")
_MOST_ITEMS = 32
"""Lengths of lists beyond this multiply the rules of converters that write each item out."""
_LONGEST_SAID = 24_000
_CONVERTED = frozenset({"llama-server", "llama-cpp-python"})
"""Servers whose converter takes patterns and lengths amiss, up to ending its process on a `maxLength` of 32,767."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a request says of its constraint: fields of its body, and words for the end of its messages."""

    fields: dict[str, Any]
    words: str = ""


def steps(spec: ConstraintSpec, constraint: CompiledConstraint | None, capabilities: Capabilities) -> tuple[Step, ...]:
    """Return the forms that can be tried with a server, the first to be tried first; at least one."""
    if isinstance(spec, MatchesRegex):
        return ("whole", "said") if _takes_regex(capabilities) else ("said",)
    if isinstance(spec, AnyJson):
        return ("said",) if capabilities.structured == "none" else ("object", "said")
    if not isinstance(spec, MatchesSchema) or constraint is None:
        return ("said",)
    found: list[Step] = []
    if capabilities.structured not in {"none", "json_object"}:
        if capabilities.structured == "json_schema" and capabilities.server in {"openai", "unknown"}:
            found += ["strict"] if _is_strict(constraint) else []
        found += ["plain"] if capabilities.server in _CONVERTED else ["whole", "plain"]
    if capabilities.structured != "none" and _can_be_object(constraint):
        found.append("object")
    return (*found, "said")


def form(
    spec: ConstraintSpec,
    constraint: CompiledConstraint | None,
    capabilities: Capabilities,
    step: Step,
    narrowed: Callable[[Any], Any] | None = None,
) -> Form:
    """Return what a request says of its constraint at one step of weakness.

    `narrowed` makes of a schema that is sent one for this request alone.
    """
    words = in_words(spec) if step in {"object", "said"} or not isinstance(spec, MatchesSchema) else ""
    if step == "said":
        return Form({}, words)
    if step == "object":
        return Form({"response_format": {"type": "json_object"}}, words)
    if isinstance(spec, MatchesRegex):
        return Form(_regex(spec.pattern, capabilities), words)
    assert constraint is not None
    if step == "strict":
        assert constraint.schema is not None
        root = constraint.schema.root
        wrapped = {"name": "answer", "schema": narrowed(root) if narrowed else root, "strict": True}
        return Form({"response_format": {"type": "json_schema", "json_schema": wrapped}})
    schema = constraint.planned if step == "whole" else plain(constraint.planned)
    schema = narrowed(schema) if narrowed else schema
    return Form(_schema(schema if isinstance(schema, dict) else {}, capabilities.structured))


def plain(schema: Any) -> Any:
    """Return a schema of types, properties, items, choices and references alone.

    Whatever the given one allows, this one allows too: keywords are only dropped from places where each says "and".
    """
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        out: dict[str, Any] = {"$ref": schema["$ref"]}
    elif isinstance(schema.get("enum"), list):
        out = {"enum": schema["enum"]}
    elif "const" in schema:
        out = {"enum": [schema["const"]]}
    else:
        out = _shape(schema)
    if isinstance(schema.get("$defs"), dict):
        out["$defs"] = {name: plain(each) for name, each in schema["$defs"].items()}
    return out


def _shape(schema: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(alternatives, list) and any(each is not False for each in alternatives):
        # Beside alternatives converters read nothing else, or only that.
        return {"anyOf": [plain(each) for each in alternatives if each is not False]}
    every = schema.get("allOf")
    if isinstance(every, list) and len(every) == 1 and not schema.keys() & {"properties", "items", "type"}:
        shaped = plain(every[0])
        return dict(shaped) if isinstance(shaped, dict) else {}
    if schema.get("type") in _KINDS or isinstance(schema.get("type"), list):
        out["type"] = schema["type"]
    if isinstance(schema.get("properties"), dict):
        out["properties"] = {name: plain(each) for name, each in schema["properties"].items() if each is not False}
        out["required"] = [name for name in schema.get("required", ()) if name in out["properties"]]
    others = schema.get("additionalProperties")
    if others is not None and "patternProperties" not in schema:
        out["additionalProperties"] = plain(others)
    if "items" in schema and "prefixItems" not in schema:
        out["items"] = plain(schema["items"])
    for keyword in ("minItems", "maxItems"):
        if isinstance(schema.get(keyword), int) and schema[keyword] <= _MOST_ITEMS:
            out[keyword] = schema[keyword]
    return out


def _schema(schema: dict[str, Any], structured: Structured) -> dict[str, Any]:
    if structured == "json_object+schema":
        return {"response_format": {"type": "json_object", "schema": schema}}
    if structured == "guided_json":
        return {"guided_json": schema}
    if structured == "structured_outputs":
        return {"structured_outputs": {"json": schema}}
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}}


def _regex(pattern: str, capabilities: Capabilities) -> dict[str, Any]:
    if capabilities.server == "sglang":
        return {"regex": pattern}
    if capabilities.structured == "guided_json":
        return {"guided_regex": pattern}
    return {"structured_outputs": {"regex": pattern}}


def _takes_regex(capabilities: Capabilities) -> bool:
    server: Server = capabilities.server
    return server == "sglang" or (server == "vllm" and capabilities.structured != "none")


def in_words(spec: ConstraintSpec) -> str:
    """Return what the prompt says of a constraint, for a model that may not be held to all of it."""
    if isinstance(spec, AnyJson):
        return "Answer with one JSON object and nothing else."
    if isinstance(spec, MatchesSchema):
        said = (
            f" It has to satisfy this JSON Schema:\n{spec.schema_text}"
            if len(spec.schema_text) <= _LONGEST_SAID
            else ""
        )
        return f"Answer with JSON and nothing else.{said}"
    if isinstance(spec, MatchesRegex):
        return f"Answer with text that this regular expression matches as a whole, and nothing else:\n{spec.pattern}"
    if isinstance(spec, MatchesLark) and len(spec.grammar) <= _LONGEST_SAID:
        return f"Answer with text that this grammar derives from start, and nothing else:\n{spec.grammar}"
    return ""


def _is_strict(constraint: CompiledConstraint) -> bool:
    return constraint.schema is not None and not strict_violations(constraint.schema.root)


def _can_be_object(constraint: CompiledConstraint) -> bool:
    """Tell whether an object may be an answer, as far as the schema's root says; servers give no other in JSON mode."""
    schema = constraint.planned
    kinds = schema.get("type", "object") if isinstance(schema, dict) else "object"
    return kinds == "object" or (isinstance(kinds, list) and "object" in kinds)
