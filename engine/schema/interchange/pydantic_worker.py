"""The process that writes Pydantic classes for `to_pydantic`: a schema and a name to the text of a module."""

from __future__ import annotations

import ast
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ConversionError
from engine.workers.serving import run

if TYPE_CHECKING:
    from engine.workers.serving import Tell

_HEADER = "# Pydantic v2 classes of a JSON Schema, written by datamodel-code-generator."
_MAIL = "# EmailStr needs the package email-validator: pip install 'pydantic[email]'"
_MODULES = frozenset(
    {
        "__future__", "datetime", "decimal", "enum", "ipaddress", "pathlib", "pydantic", "re", "typing",
        "typing_extensions", "uuid",
    }
)  # fmt: skip
_DECLARATIONS = (ast.AnnAssign, ast.Assign, ast.ClassDef, ast.Expr, ast.ImportFrom)
_CODE = (
    ast.Await, ast.DictComp, ast.FunctionDef, ast.AsyncFunctionDef, ast.GeneratorExp, ast.JoinedStr, ast.Lambda,
    ast.ListComp, ast.NamedExpr, ast.SetComp, ast.Yield, ast.YieldFrom,
)  # fmt: skip


def _write(request: bytes, _tell: Tell) -> str:
    asked = json.loads(request)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the generator's warnings are to its own users
        try:
            source = _generated(asked["schema"], asked["name"])
        except MemoryError:
            raise ConversionError("The classes of this schema take more memory than they may.") from None
        except RecursionError:
            raise ConversionError("This schema is nested too deeply to be written as classes.") from None
        except Exception as error:  # noqa: BLE001  # a generator's fault is no fault of ours, and is told as what it is
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise ConversionError(f"This schema cannot be written as Pydantic classes: {reason}") from None
    _refuse_code(source)
    return f"{_HEADER}\n{_MAIL}\n{source}" if "EmailStr" in source else f"{_HEADER}\n{source}"


def _generated(schema: dict[str, Any], name: str) -> str:
    from datamodel_code_generator import InputFileType, LiteralType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import Formatter, PythonVersion

    source = generate(
        json.dumps(schema),
        input_file_type=InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        class_name=name,
        # Nothing is fetched, and no settings are looked for in the folders around the working directory.
        allow_remote_refs=False,
        settings_path=Path(Path.cwd().anchor),
        treat_dot_as_module=False,
        disable_timestamp=True,
        custom_file_header=" ",
        formatters=[Formatter.BUILTIN],
        use_annotated=True,
        field_constraints=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_schema_description=True,
        enum_field_as_literal=LiteralType.All,
        # Each of these reads a keyword as JSON Schema has it, where the generator keeps an older reading.
        intersect_allof_keywords=True,
        read_const_beside_enum=True,
        read_unevaluated_properties=True,
        filter_literal_values=True,
        use_typed_nullable_map_values=True,
        use_typed_map_values_beside_other_types=True,
        use_single_dict_for_object_maps=True,
        use_site_models_for_constrained_refs=True,
        use_tuple_for_closed_arrays=True,
    )
    if not isinstance(source, str):
        raise TypeError("the generator made more than one module")
    return source.strip() + "\n"


def _refuse_code(source: str) -> None:
    """Raise ConversionError where a module does more than declare classes: texts of a schema must stay texts."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConversionError(
            "This schema cannot be written as Pydantic classes: what comes of it is no Python."
        ) from None
    for statement in tree.body:
        if not isinstance(statement, _DECLARATIONS):
            raise _more_than_classes()
        if isinstance(statement, ast.ImportFrom) and statement.module not in _MODULES:
            raise _more_than_classes()
        if isinstance(statement, ast.Expr) and not _is_rebuilding(statement.value):
            raise _more_than_classes()
    for node in ast.walk(tree):
        hidden = isinstance(node, ast.Name) and node.id.startswith("__") and node.id != "__annotations__"
        if hidden or isinstance(node, _CODE):
            raise _more_than_classes()


def _is_rebuilding(value: ast.expr) -> bool:
    """Tell whether a statement is `Name.model_rebuild()` or a text."""
    if isinstance(value, ast.Constant):
        return True
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "model_rebuild"


def _more_than_classes() -> ConversionError:
    return ConversionError("This schema cannot be written as Pydantic classes: what comes of it is not classes alone.")


if __name__ == "__main__":
    run(_write)
