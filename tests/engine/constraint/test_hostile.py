"""Schemas made to hang, to grow or to crash: each ends with a plan, or with an error that is fit to be shown.

Each runs in a process of its own, since what they aim at are stacks and loops of libraries that no test survives. The
time allowed is generous: a failure is a hang.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SECONDS = 120
_BYTES = 4 << 30
_PROBE = """
import resource, sys
from pathlib import Path
from engine.constraint.closing import byte_closer
from engine.constraint.compile import compile_constraint
from engine.constraint.spec import MatchesSchema
from engine.errors import EngineError
resource.setrlimit(resource.RLIMIT_AS, ({bytes}, {bytes}))
tokenizer = byte_closer().tokenizer
try:
    constraint = compile_constraint(MatchesSchema(schema_text=Path(sys.argv[1]).read_text("utf-8")), tokenizer)
    matcher = constraint.matcher(tokenizer)
    matcher.take_forced()
    matcher.accepting or matcher.allowed()
    print("plan")
except EngineError as error:
    print(error.kind, "at", error.where, ":", error.message)
"""


def chain(make: Callable[[dict[str, str]], Any], length: int, end: Any = None) -> dict[str, Any]:
    """Return a schema whose definitions lead on from one to the next."""
    definitions = {f"a{i}": make({"$ref": f"#/$defs/a{i + 1}"}) for i in range(length)}
    return {"$ref": "#/$defs/a0", "$defs": {**definitions, f"a{length}": end or {"type": "string"}}}


def nested(make: Callable[[Any], Any], levels: int, leaf: Any) -> Any:
    for _ in range(levels):
        leaf = make(leaf)
    return leaf


def open_record(names: range, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {f"key{i}": {"type": "string"} for i in names}, **more}


def pattern(text: str) -> dict[str, Any]:
    return {"type": "string", "pattern": text}


PLAN = "plan"
HOSTILE: dict[str, tuple[Callable[[], Any], str]] = {
    # megabytes
    "an enum of 5 MB": (lambda: {"enum": [f"value number {i:08d} of this enum" for i in range(140_000)]}, PLAN),
    "one string of 5 MB": (lambda: {"const": "x" * 5_000_000}, "ConstraintUnsupported"),
    "an enum of 30,000 objects": (lambda: {"enum": [{"id": i} for i in range(30_000)]}, "ConstraintUnsupported"),
    "a key of 1 MB": (lambda: open_record(range(0), properties={"k" * 1_000_000: {}}), "ConstraintUnsupported|plan"),
    "20,000 properties": (lambda: open_record(range(20_000)), "ConstraintUnsupported"),
    "4,000 properties": (lambda: open_record(range(4_000)), PLAN),
    "4,000 properties and a not": (lambda: open_record(range(4_000), **{"not": {"required": ["key1"]}}), PLAN),
    "1,000 patterns of keys": (
        lambda: {"type": "object", "patternProperties": {f"^x{i}.*y$": {"minimum": i} for i in range(1000)}},
        PLAN,
    ),
    "20,000 names": (lambda: {"propertyNames": {"enum": [f"k{i}" for i in range(20_000)]}}, "ConstraintUnsupported"),
    **{
        f"1,000 alternatives, {keyword}": (
            lambda keyword=keyword: {keyword: [open_record(range(i, i + 1)) for i in range(1_000)]},
            PLAN,
        )
        for keyword in ("anyOf", "oneOf")
    },
    "200 patterns at once": (
        lambda: {"type": "string", "allOf": [{"pattern": f"{i}.*{i + 1}"} for i in range(200)]},
        "ConstraintUnsupported",
    ),
    "50,000 definitions": (
        lambda: {"$defs": {f"a{i}": {"type": "string"} for i in range(50_000)}},
        "ConstraintUnsupported",
    ),
    # exponential
    "allOf of twice the next": (lambda: chain(lambda next_: {"allOf": [next_, next_]}, 40), "ConstraintUnsupported"),
    "anyOf of twice the next": (lambda: chain(lambda next_: {"anyOf": [next_, next_]}, 40), "ConstraintUnsupported"),
    "oneOf of twice the next": (lambda: chain(lambda next_: {"oneOf": [next_, next_]}, 40), "ConstraintUnsupported"),
    "properties of twice the next": (
        lambda: chain(lambda next_: {"properties": {"x": next_, "y": next_}, "required": ["x", "y"]}, 40),
        PLAN,
    ),
    "not of both the next and not the next": (
        lambda: chain(lambda next_: {"not": {"allOf": [next_, {"not": next_}]}}, 40),
        "ConstraintUnsupported",
    ),
    "if the next then the next": (
        lambda: chain(lambda next_: {"if": next_, "then": next_, "else": {"not": next_}}, 40),
        "ConstraintUnsupported",
    ),
    "a tree of 4,096 oneOf": (lambda: nested(lambda leaf: {"oneOf": [leaf, leaf]}, 12, {"type": "string"}), PLAN),
    "forty nots of alternatives": (
        lambda: {"allOf": [{"not": {"anyOf": [{"required": [f"a{i}"]}, {"required": [f"b{i}"]}]}} for i in range(40)]},
        PLAN,
    ),
    "thirteen ifs": (
        lambda: {
            "type": "object",
            "allOf": [{"if": {"required": [f"a{i}"]}, "then": {"required": [f"b{i}"]}} for i in range(13)],
        },
        PLAN,
    ),
    "sixty keys that depend": (lambda: {"dependentRequired": {f"a{i}": [f"a{i + 1}"] for i in range(60)}}, PLAN),
    "sixty alternatives, the rest unevaluated": (
        lambda: {"anyOf": [open_record(range(i, i + 1)) for i in range(60)], "unevaluatedProperties": False},
        PLAN,
    ),
    # patterns
    **{
        f"the pattern {text}": (lambda text=text: pattern(text), PLAN)
        for text in (
            "(a+)+$", "(?:a?){500}a{500}", "^(a|b|ab)*c{3000}$", "^(.*a.{20}){3}$",
            "(((((((((((a*)*)*)*)*)*)*)*)*)*)*)*", "^(?!.*(a+)+b)", "^(?=(a+)+$)",
        )
    },
    **{
        f"the pattern {text}, too large": (lambda text=text: pattern(text), "ConstraintUnsupported")
        for text in ("^((a{1,1000}){1,1000}){1,1000}$", "\\p{L}{1,5000}", "a{99999999999}", "[", "(")
    },
    "a pattern of 50,000 words": (lambda: pattern("^(" + "|".join(f"w{i * 7919}" for i in range(50_000)) + ")$"), PLAN),
    "a pattern of 100,000 brackets": (lambda: pattern("(" * 100_000 + "a" + ")" * 100_000), "ConstraintUnsupported"),
    "a pattern that a key is matched against": (
        lambda: {"properties": {"a" * 40 + "!": {}}, "patternProperties": {"^(a+)+$": {}, "^(a|a)*$": {"minimum": 1}}},
        PLAN,
    ),
    # depth
    "a text 10,000 levels deep": (lambda: "[" * 10_000 + "]" * 10_000, "SchemaInvalid"),
    "properties 10,000 levels deep": (lambda: '{"properties": {"a": ' * 10_000 + "{}" + "}}" * 10_000, "SchemaInvalid"),
    "allOf 10,000 levels deep": (lambda: '{"allOf": [' * 10_000 + "{}" + "]}" * 10_000, "SchemaInvalid"),
    "ifs 10,000 levels deep": (lambda: '{"if": {}, "then": ' * 10_000 + "{}" + "}" * 10_000, "SchemaInvalid"),
    "an unknown keyword 10,000 levels deep": (lambda: '{"x": ' + "[" * 10_000 + "]" * 10_000 + "}", "SchemaInvalid"),
    "properties as deep as may be": (lambda: nested(lambda leaf: {"properties": {"a": leaf}}, 49, {}), PLAN),
    "ifs as deep as may be": (lambda: nested(lambda leaf: {"if": {"minimum": 1}, "then": leaf}, 98, {}), PLAN),
    "nots as deep as may be": (lambda: nested(lambda leaf: {"not": leaf}, 99, {"type": "string"}), PLAN),
    "50,000 aliases": (lambda: chain(dict, 50_000), "ConstraintUnsupported"),
    "6,000 aliases": (lambda: chain(dict, 6_000), "ConstraintUnsupported"),
    "6,000 nots": (lambda: chain(lambda next_: {"not": next_}, 6_000), "ConstraintUnsupported"),
    "6,000 objects within each other": (
        lambda: chain(lambda next_: {"properties": {"x": next_}}, 6_000),
        "ConstraintUnsupported",
    ),
    "ninety definitions of ten levels": (
        lambda: chain(lambda next_: nested(lambda leaf: {"properties": {"x": leaf}}, 10, next_), 90),
        "ConstraintUnsupported",
    ),
    "ninety nots": (lambda: chain(lambda next_: {"not": next_}, 90), PLAN),
    # references that go round
    "two definitions that are each other": (
        lambda: {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        "ConstraintUnsatisfiable",
    ),
    "an alternative that is the whole": (lambda: {"anyOf": [{"$ref": "#"}, {"type": "null"}]}, PLAN),
    "not itself": (lambda: {"not": {"$ref": "#"}}, PLAN),
    "if itself then itself": (lambda: {"if": {"$ref": "#"}, "then": {"$ref": "#"}}, PLAN),
    "the metaschema": (lambda: {"$ref": "https://json-schema.org/draft/2020-12/schema"}, PLAN),
    # counts and numbers
    "minItems of a billion": (lambda: {"type": "array", "items": {"type": "string"}, "minItems": 10**9}, PLAN),
    "maxItems of a billion": (lambda: {"type": "array", "items": {"type": "string"}, "maxItems": 10**9}, PLAN),
    "maxLength of a billion": (lambda: {"type": "string", "maxLength": 10**9}, PLAN),
    "minLength beyond 64 bits": (lambda: {"type": "string", "minLength": 10**20}, PLAN),
    "minProperties of a billion": (lambda: {"type": "object", "minProperties": 10**9}, PLAN),
    "minContains of a billion": (lambda: {"contains": {"type": "string"}, "minContains": 10**9}, PLAN),
    "a thousand to the power of twenty": (
        lambda: nested(lambda leaf: {"items": leaf, "minItems": 1000, "maxItems": 1000}, 20, {"type": "integer"}),
        PLAN,
    ),
    "a number beyond doubles": (lambda: '{"maximum": 1e400}', "SchemaInvalid"),
    "an integer of 100,000 digits": (lambda: '{"const": ' + "9" * 100_000 + "}", "SchemaInvalid"),
    "an integer of 300 digits": (lambda: '{"type": "integer", "minimum": 0, "maximum": ' + "9" * 300 + "}", PLAN),
    "multiples of a large prime": (lambda: {"type": "integer", "multipleOf": 2_147_483_647}, PLAN),
    "multiples of next to nothing": (lambda: '{"type": "number", "multipleOf": 1e-300}', PLAN),
    "half a character in a key": (lambda: '{"properties": {"\\ud800": {}}}', "SchemaInvalid"),
    "half a character in an enum": (lambda: '{"enum": ["a\\udfff"]}', "SchemaInvalid"),
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of memory for a process on Windows")
@pytest.mark.parametrize("case", HOSTILE)
def test_it_ends_with_a_plan_or_with_an_error_fit_to_be_shown(case: str, tmp_path: Path) -> None:
    make, ends = HOSTILE[case]
    schema = make()
    path = tmp_path / "schema.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema), "utf-8")
    probe = _PROBE.format(bytes=_BYTES)
    ran = subprocess.run(
        [sys.executable, "-c", probe, str(path)], capture_output=True, encoding="utf-8", timeout=_SECONDS, check=False
    )
    assert ran.returncode == 0, ran.stderr[-500:]
    assert any(end in ran.stdout.split(" ", 1)[0] for end in ends.split("|")), ran.stdout
