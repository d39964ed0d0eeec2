"""Pydantic classes of a schema accept its instances, declare and do nothing else, and never hang the caller."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from engine.errors import ConversionError, SchemaInvalid
from engine.schema.interchange import from_python, to_pydantic
from engine.schema.interchange.pydantic_worker import _refuse_code

if TYPE_CHECKING:
    from pathlib import Path

LINE = {"$anchor": "line", "type": "object", "properties": {"q": {"type": "integer", "minimum": 1}}, "required": ["q"]}
INVOICE = {
    "title": "An invoice",
    "description": 'Has a """quoted""" word.\nimport os',
    "type": "object",
    "properties": {
        "number": {"type": "string", "pattern": "^[0-9]+$", "maxLength": 9, "description": "Its number \\"},
        "class": {"enum": ["a", "b", None]},
        "lines": {"type": "array", "items": {"$ref": "#line"}, "minItems": 1},
        "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        "day": {"type": "string", "format": "date"},
    },
    "required": ["number", "lines"],
    "additionalProperties": False,
    "$defs": {"a.b": LINE},
}

CHECK = """
import sys
import pydantic
exec(compile(sys.argv[1], "made", "exec"))
model = globals()[sys.argv[2]]
for text in sys.argv[3:]:
    try:
        model.model_validate_json(text)
        print("valid")
    except pydantic.ValidationError:
        print("invalid")
"""


def judged(source: str, name: str, *values: Any) -> list[str]:
    """Run generated classes in a process of their own and return what they say of some values."""
    command = [sys.executable, "-c", CHECK, source, name, *map(json.dumps, values)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_the_classes_accept_what_the_schema_accepts() -> None:
    source = to_pydantic(INVOICE)
    whole = {"number": "12", "class": "a", "lines": [{"q": 1}], "parent": None, "day": "2024-01-05"}
    nested = {"number": "12", "lines": [{"q": 1}], "parent": whole}
    wrong = [
        {"lines": [{"q": 1}]},
        {**whole, "number": "x"},
        {**whole, "lines": []},
        {**whole, "lines": [{"q": 0}]},
        {**whole, "class": "c"},
        {**whole, "more": 1},
        {**nested, "parent": {"number": "1"}},
    ]
    assert judged(source, "AnInvoice", whole, nested, *wrong) == ["valid"] * 2 + ["invalid"] * 7


def test_the_classes_can_be_read_back() -> None:
    schema = json.loads(from_python(to_pydantic(INVOICE), root="AnInvoice").text)
    assert list(schema["properties"]) == list(INVOICE["properties"])  # type: ignore[call-overload]
    assert schema["additionalProperties"] is False
    assert schema["required"] == INVOICE["required"]
    assert schema["properties"]["number"]["pattern"] == "^[0-9]+$"


def test_a_root_that_is_no_object_becomes_a_root_model() -> None:
    source = to_pydantic({"type": "array", "items": {"type": "integer"}}, "my numbers")
    assert "class MyNumbers(RootModel[list[int]])" in source
    assert judged(source, "MyNumbers", [1, 2], ["a"]) == ["valid", "invalid"]
    assert judged(to_pydantic(True, "Anything"), "Anything", {"a": [None]}) == ["valid"]


def test_keys_of_patterns_are_not_forbidden_by_a_class_that_cannot_say_them() -> None:
    schema = {"properties": {"a": {"type": "integer"}}, "patternProperties": {"^x": {}}, "additionalProperties": False}
    assert judged(to_pydantic(schema, "M"), "M", {"a": 1, "xy": 2}) == ["valid"]


def test_a_class_that_needs_another_package_says_so() -> None:
    source = to_pydantic({"properties": {"mail": {"type": "string", "format": "email"}}})
    assert "pip install 'pydantic[email]'" in source.splitlines()[1]


def test_nothing_is_fetched_read_or_imported_for_a_schema(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"properties": {"secret": {"type": "string"}}}', "utf-8")
    for reference in (secret.as_uri(), str(secret), "http://127.0.0.1:9/x.json"):
        with pytest.raises(ConversionError, match="leads to nothing"):
            to_pydantic({"properties": {"a": {"$ref": reference}}})
    source = to_pydantic(
        {
            "$id": secret.as_uri(),
            "properties": {
                "a": {
                    "type": "string",
                    "customTypePath": "os.system",
                    "x-python-import": {"module": "os", "name": "x"},
                },
                "b": {"type": "object", "customBasePath": "os.PathLike", "properties": {"c": {"type": "integer"}}},
            },
        }
    )
    assert "os" not in {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert "PathLike" not in source


@pytest.mark.parametrize(
    "text", ['"""\nimport os\nos.system("x")\n"""', "'\nimport os\n#", "\\", "{{ 7 * 7 }}", "\u2028", "#\n"]
)
def test_texts_of_a_schema_stay_texts(text: str) -> None:
    schema = {
        "title": text,
        "description": text,
        "type": "object",
        "properties": {
            text: {"title": text, "description": text, "type": "string", "default": text, "pattern": "a"},
            "enum": {"enum": [text, "x"]},
            "const": {"const": text},
            "object": {"title": text, "type": "object", "properties": {"a": {"$ref": "#/$defs/" + "d"}}},
        },
        "$defs": {"d": {"description": text, "enum": [text]}},
    }
    tree = ast.parse(to_pydantic(schema, "Root"))
    assert {type(node) for node in tree.body} <= {ast.ImportFrom, ast.ClassDef, ast.Expr}
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from os import system",
        "print(1)",
        "class A:\n    x: int = (lambda: 1)()",
        "class A:\n    def f(self): pass",
        "x = [y for y in z]",
        "class A:\n    x = __import__('os')",
        "for x in y: pass",
        "class A(",
    ],
)
def test_a_module_that_does_more_than_declare_is_refused(source: str) -> None:
    with pytest.raises(ConversionError):
        _refuse_code(source)


def test_a_schema_without_instances_or_that_is_none_is_refused() -> None:
    with pytest.raises(ConversionError, match="No value"):
        to_pydantic(False)
    with pytest.raises(SchemaInvalid):
        to_pydantic({"type": "text"})


def test_what_the_generator_cannot_do_is_a_sentence() -> None:
    with pytest.raises(ConversionError, match=r"^This schema cannot be written as Pydantic classes: \S"):
        to_pydantic({"$ref": "#"})


def test_generating_that_takes_too_long_is_ended_with_a_way_out() -> None:
    with pytest.raises(ConversionError, match=r"not done after 0\.01 seconds") as caught:
        to_pydantic(INVOICE, seconds=0.01)
    assert caught.value.advice
    assert not [child for child in psutil.Process().children() if any("pydantic_worker" in c for c in child.cmdline())]
