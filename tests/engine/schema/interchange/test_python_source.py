"""Python source becomes the schema that Pydantic itself would give, and none of it is ever run."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tempfile
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from engine.errors import ConversionError, EngineError, SchemaSyntaxError
from engine.schema.document import read_schema
from engine.schema.interchange.python_source import from_python

HEADER = """
import datetime as dt
import decimal, enum, ipaddress, pathlib, re, typing, uuid
import typing as t
from collections import deque, OrderedDict
from collections.abc import Mapping, Sequence as Seq
from dataclasses import dataclass, field, KW_ONLY
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum, auto
from pathlib import Path
from typing import *
from uuid import UUID
import pydantic
from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf
from pydantic import *
from pydantic import BaseModel as Base
from pydantic.alias_generators import to_camel, to_pascal
from pydantic.dataclasses import dataclass as pydantic_dataclass
from typing_extensions import NotRequired, ReadOnly, Required, TypedDict
"""


class _Untitled(GenerateJsonSchema):
    """Pydantic's own generator without the titles that it makes from the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def of_pydantic(source: str) -> dict[str, Any]:
    """Return what Pydantic says of the class Root in a source, which is run here: it is ours."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        path = Path(folder) / "models_of_a_test.py"
        path.write_text(source, "utf-8")
        specification = importlib.util.spec_from_file_location(path.stem, path)
        assert specification is not None
        assert specification.loader is not None
        module = sys.modules[path.stem] = importlib.util.module_from_spec(specification)
        try:
            specification.loader.exec_module(module)
            schema = TypeAdapter(module.Root).json_schema(schema_generator=_Untitled)
        finally:
            del sys.modules[path.stem]
    definitions = schema.get("$defs", {})
    for name, each in definitions.items():
        if each.get("title") == name:
            del each["title"]
    if schema.get("$ref") == "#/$defs/Root":
        own = definitions.pop("Root")
        schema = json.loads(json.dumps({**own, "$defs": definitions}).replace("#/$defs/Root", "#"))
        if not definitions:
            del schema["$defs"]
    return {key: value for key, value in schema.items() if (key, value) != ("title", "Root")}


def ordered(schema: Any) -> Any:
    """Return a schema in which the order of properties counts, and of no other keys; 2.0 is 2."""
    if isinstance(schema, dict):
        return {
            key: [[name, ordered(each)] for name, each in value.items()] if key == "properties" else ordered(value)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [ordered(each) for each in schema]
    return int(schema) if isinstance(schema, float) and schema.is_integer() else schema


def read(source: str, root: str = "Root") -> dict[str, Any]:
    incoming = from_python(source, root=root)
    read_schema(incoming.text)
    schema: dict[str, Any] = json.loads(incoming.text)
    return {key: value for key, value in schema.items() if (key, value) != ("title", root)}


def assert_as_pydantic(source: str) -> None:
    ours, theirs = read(source), of_pydantic(source)
    assert json.dumps(ordered(ours), indent=1, sort_keys=True) == json.dumps(ordered(theirs), indent=1, sort_keys=True)


ANNOTATIONS = """
str | int | float | bool | None | Any | object | bytes | datetime | dt.date | dt.datetime | time | timedelta
UUID | UUID4 | uuid.UUID | Decimal | decimal.Decimal | Path | pathlib.PurePath | AnyUrl | HttpUrl | FileUrl
ipaddress.IPv4Address | IPvAnyAddress | SecretStr | Json | Json[list[int]] | re.Pattern | Base64Str | FilePath | NewPath
PastDate | FutureDatetime | AwareDatetime | PositiveInt | NonNegativeInt | NegativeFloat | StrictStr
StrictBool | FiniteFloat | list | List | list[int] | typing.List[str] | t.Sequence[int] | Seq[int] | Iterable[str]
set | Set[int] | frozenset[str] | tuple | tuple[int, str] | tuple[int, ...] | Tuple[()] | tuple[()] | deque[int]
dict | Dict[str, int] | dict[str, Any] | dict[int, str] | Mapping[str, float] | DefaultDict[str, int]
dict[Literal['a', 'b'], int] | dict[uuid.UUID, int] | dict[constr(pattern='^a'), int] | dict[constr(min_length=2), int]
OrderedDict[str, int] | Optional[int] | Union[int, str] | 'int' | Optional['int'] | "Optional[list['str']]"
Union[int, Optional[str]] | Union[int, int, bool] | Optional[List[Optional[int]]] | list[Union[int, str]]
Literal['a'] | Literal['a', 'b'] | Literal[1, 2] | Literal[1, 'a'] | Literal['a', None] | Literal[None] | Literal[True]
Literal[True, False] | Literal[-1, 1] | Optional[Literal['a']] | Literal['a', Literal['b', 'c']]
constr(min_length=1, max_length=3, pattern='^a$') | conint(gt=1, le=5, multiple_of=2) | confloat(ge=0.5, lt=1e3)
conlist(int, min_length=1, max_length=2) | conset(int, min_length=1) | confrozenset(str, max_length=3)
condecimal(gt=2) | Annotated[int, Gt(3)] | Annotated[int, Ge(ge=3), Lt(9)] | Annotated[int, Interval(gt=1, le=4)]
Annotated[str, MinLen(2), MaxLen(5)] | Annotated[list[int], Len(1, 3)] | Annotated[list[int], Len(0, 3)]
Annotated[float, MultipleOf(0.5)] | Annotated[int, Field(gt=3, description='d')]
Annotated[int, Field(gt=1), Field(gt=5)] | Annotated[str, StringConstraints(min_length=1, pattern='x', to_lower=True)]
Annotated[Optional[str], Field(max_length=3)]
Annotated[list[int], Field(min_length=1)] | Annotated[dict[str, int], Field(min_length=1, max_length=4)]
Annotated[Optional[list[int]], Field(min_length=1)] | Annotated[Optional[int], Field(ge=1, description='u')]
list[Annotated[int, Field(ge=0, le=9)]] | Annotated[set[int], Field(max_length=2)]
Annotated[Any, Field(description='d')] | Annotated[Literal['a', 'b'], Field(description='d', title='T')]
Annotated[str, WithJsonSchema({'type': 'string', 'x-a': 1})]
Annotated[int, Field(strict=True, deprecated=True, examples=[1], json_schema_extra={'x-a': 1})]
Annotated[bytes, Field(min_length=2)]
Annotated[Annotated[int, Field(gt=1)], Field(lt=5)] | dict[str, list[dict[str, Optional[int]]]] | Type[int] | Hashable
""".replace("\n", " | ")


@pytest.mark.parametrize("annotation", [each.strip() for each in ANNOTATIONS.split(" | ") if each.strip()])
def test_an_annotation_says_what_it_says_to_pydantic(annotation: str) -> None:
    assert_as_pydantic(f"{HEADER}\nclass Root(BaseModel):\n    x: {annotation}\n")


@pytest.mark.parametrize(
    "annotation", ["int | None", "None | int", "int | str | None", "'int | None'", "list[int | str]"]
)
def test_a_union_with_bars_says_what_it_says_to_pydantic(annotation: str) -> None:
    assert_as_pydantic(f"{HEADER}\nclass Root(BaseModel):\n    x: {annotation}\n")


MODELS = {
    "defaults": """
        LIMIT = 60 * 60
        class Color(Enum):
            RED = "r"
            BLUE = "b"
        class Root(BaseModel):
            a: int = 3
            b: Optional[str] = None
            c: list[int] = [1, -2]
            d: dict[str, Any] = {"k": [True, None, 1.5]}
            e: Color = Color.RED
            f: tuple[int, str] = (1, "x")
            g: int = LIMIT
            h: str = "a" "b" + "c"
            i: list[str] = Field(default_factory=list)
            j: int = Field(7, ge=0)
            k: int = Field(default=-7, description="k")
            l: Annotated[int, Field(default=4)]
            m: int = Field(..., title="M of m", examples=[1, 2])
    """,
    "nested models and enums": """
        class Unit(str, Enum):
            '''How it is counted.'''
            piece = "piece"
            hour = "hour"
        class Size(IntEnum):
            SMALL = auto()
            LARGE = auto()
        class Way(StrEnum):
            BY_AIR = auto()
            BY_SEA = auto()
        class Mixed(Enum):
            A = "a"
            B = 1
        class One(Enum):
            only = "only"
        class Line(BaseModel):
            '''A line.

            It has more text.
            '''
            unit: Unit = Unit.piece
            size: Size
            way: Optional[Way] = None
            mixed: Mixed = Field(Mixed.B, description="either")
            one: One
            of: Literal[Unit.piece]
            each: dict[Unit, int]
        class Root(BaseModel):
            first: Line
            lines: list[Line]
            maybe: Optional[Line] = Field(None, description="perhaps")
            named: Line = Field(description="the named one", title="Named")
    """,
    "recursion and forward references": """
        class Root(BaseModel):
            value: "Leaf"
            children: list["Root"] = []
            parent: Optional["Root"] = None
            again: "list[Other]"
        class Other(BaseModel):
            back: Root
            other: "Optional[Other]"
            me: Optional[Self] = None
        class Leaf(BaseModel):
            x: int
    """,
    "inheritance": """
        class Named(BaseModel):
            model_config = ConfigDict(extra="forbid")
            name: str
            kind: str = "named"
        class Dated(BaseModel):
            day: date
        class Root(Named, Dated):
            '''Both.'''
            kind: Literal["root"] = "root"
            more: int
    """,
    "configuration": """
        class Inner(BaseModel, extra="allow"):
            some_value: int
        class Old(BaseModel):
            class Config:
                extra = "forbid"
                title = "The old one"
            x: int
        class Root(BaseModel):
            model_config = {"extra": "ignore", "json_schema_extra": {"x-origin": "test"}, "alias_generator": to_camel}
            inner_model: Inner
            old_model: Old
            other: int = Field(alias="theOther")
            third: int = Field(validation_alias="THIRD", alias="no")
            fourth: int = Field(validation_alias=AliasChoices("one", "two"))
    """,
    "documented attributes": """
        class Root(BaseModel):
            model_config = ConfigDict(use_attribute_docstrings=True)
            a: int
            '''What a is.'''
            b: int = Field(3, description="said already")
            '''Not this.'''
            c: int
    """,
    "what is no field": """
        class Root(BaseModel):
            x: int
            _private: int = 3
            _also: int = PrivateAttr(4)
            count: ClassVar[int] = 5
            kind: Final[str] = "k"
            def method(self) -> int: return 1
            @property
            def prop(self) -> int: return 2
    """,
    "discriminated unions": """
        class Cat(BaseModel):
            kind: Literal["cat"]
        class Dog(BaseModel):
            kind: Literal["dog", "wolf"]
            other: Optional[Cat] = None
        Animal = Annotated[Union[Cat, Dog], Field(discriminator="kind")]
        class Root(BaseModel):
            pet: Union[Cat, Dog] = Field(discriminator="kind", description="the pet")
            maybe: Optional[Union[Cat, Dog]] = Field(None, discriminator="kind")
            pets: list[Animal]
    """,
    "aliases of types": """
        Name = Annotated[str, Field(min_length=1, description="a name")]
        Names = List[Name]
        UserId = NewType("UserId", int)
        Kind = Literal["a", "b"]
        Json_ = Union[int, "Kind", None]
        class Root(BaseModel):
            name: Name
            names: Names = Field(max_length=3)
            id: UserId
            kind: Optional[Kind] = None
            both: Literal[Kind, "c"]
            json: Json_
            renamed: Name = Field(description="another name", max_length=9)
    """,
    "a dataclass": """
        @dataclass
        class Part:
            x: int
            y: list[int] = field(default_factory=list)
        @dataclass(frozen=True)
        class Root:
            '''A dataclass.'''
            part: Part
            _: KW_ONLY
            name: str = "n"
            other: Optional["Root"] = None
            count: ClassVar[int] = 3
            many: int = field(default=3, repr=False)
    """,
    "a pydantic dataclass": """
        @pydantic_dataclass(config=ConfigDict(extra="forbid"))
        class Root:
            x: int = Field(gt=3)
            y: Annotated[str, Field(max_length=2)] = "a"
    """,
    "a typed dict": """
        class Part(TypedDict, total=False):
            '''Some of it.'''
            a: int
            b: Required[str]
        class More(Part):
            c: NotRequired[Annotated[int, Field(ge=1)]]
            d: ReadOnly[Required[int]]
            e: Annotated[NotRequired[int], Field(description="e")]
        Made = TypedDict("Made", {"with space": int, "class": NotRequired[str]})
        Loose = TypedDict("Loose", {"x": int}, total=False)
        @with_config(ConfigDict(extra="forbid"))
        class Closed(TypedDict):
            x: int
        class Shut(TypedDict, closed=True):
            x: int
        class Root(TypedDict):
            shut: Shut
            part: Part
            more: More
            made: Made
            loose: Loose
            closed: Closed
    """,
    "a named tuple": """
        class Point(NamedTuple):
            x: int
            y: float = 1.5
        class Root(BaseModel):
            point: Point
    """,
    "root models": """
        class Tags(RootModel[list[str]]):
            '''Some tags.'''
        class Codes(RootModel):
            root: dict[str, int]
        class Root(BaseModel):
            tags: Tags
            codes: Codes
    """,
    "a root model at the root": """
        class Item(BaseModel):
            x: int
        class Root(RootModel[list[Item]]):
            pass
    """,
    "nested classes": """
        class Root(BaseModel):
            class Inner(BaseModel):
                class Deep(BaseModel):
                    z: int
                deep: Deep
            class Kind(str, Enum):
                A = "a"
            inner: Inner
            kind: Kind = Kind.A
            deeper: Inner.Deep
    """,
    "other names for the same": """
        class Root(Base):
            a: pydantic.PositiveInt
            b: t.Optional[dt.date]
            c: typing.Annotated[str, pydantic.Field(pattern="x")]
    """,
    "no fields": """
        class Root(BaseModel):
            model_config = ConfigDict(extra="forbid", title="Nothing")
    """,
}


@pytest.mark.parametrize("name", MODELS)
def test_a_class_says_what_it_says_to_pydantic(name: str) -> None:
    assert_as_pydantic(HEADER + textwrap.dedent(MODELS[name]))


ORDER = """
from pydantic import BaseModel, field_validator
from enum import Enum

class Money(BaseModel):
    amount: float

class Order(BaseModel):
    total: Money
    rate: Rate
    made: float = compute()

    @field_validator("total")
    def check_total(cls, value):
        return value

class Unrelated(BaseModel):
    other: Missing

class Color(Enum):
    RED = "red"
"""


def test_the_root_is_the_last_class_that_no_other_refers_to_and_the_others_are_named() -> None:
    incoming = from_python(ORDER)
    assert incoming.name == "Unrelated"
    assert incoming.notes[0] == "Read as Python source; Unrelated (a Pydantic model) is the root."
    assert incoming.notes[1] == "Other classes that could be the root: Order."
    assert list(json.loads(incoming.text)["properties"]) == ["other"]


def test_another_root_may_be_asked_for_by_its_name() -> None:
    incoming = from_python(ORDER, root="Order")
    schema = json.loads(incoming.text)
    assert (incoming.name, schema["title"]) == ("Order", "Order")
    assert list(schema["$defs"]) == ["Money"]
    with pytest.raises(ConversionError, match="no class Oder") as caught:
        from_python(ORDER, root="Oder")
    assert caught.value.advice == "There are: Money, Order, Unrelated, Color."


def test_what_cannot_be_read_is_named_with_its_line_and_only_where_it_matters() -> None:
    assert list(from_python(ORDER, root="Order").notes[1:]) == [
        "Line 10: the type Rate is not known here: any value is allowed.",
        "Line 11: this default is no literal and was left out.",
        "Line 14: the validator check_total checks by code, which a schema cannot say.",
    ]


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("x: int = Field(default_factory=int)", "made by code"),
        ("x: Annotated[int, AfterValidator(check)]", "AfterValidator checks by code"),
        ("x: Annotated[str, 'the name']", "a text in Annotated is not kept"),
        ("x: bool = Field(True, ge=3)", "ge does not apply"),
        ("x: Page[int]", "Page\\[int\\] is not known"),
        ("x: str = Field(min_length=LIMIT)", "min_length is no number"),
        ("x: int = Field(example=3)", "the argument example"),
        ("x: Callable[[int], int]", "not known"),
        ("x: date = date.today()", "no literal"),
        ("x: 'not a type('", "not known"),
        ("x: str = Field(min_length=-1)", "min_length cannot be -1"),
        ("x: float = Field(multiple_of=0)", "multiple_of cannot be 0"),
    ],
)
def test_every_loss_has_a_note(line: str, note: str) -> None:
    incoming = from_python(f"class Root(BaseModel):\n    {line}\n")
    assert len(incoming.notes) == 2
    assert re.search(f"^Line 2: .*{note}", incoming.notes[1])
    read_schema(incoming.text)


def test_a_fragment_without_imports_is_read_as_if_it_had_them() -> None:
    assert read("class Root(BaseModel):\n    a: Optional[int] = Field(None, ge=1)\n    b: datetime\n") == {
        "type": "object",
        "properties": {
            "a": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "default": None},
            "b": {"type": "string", "format": "date-time"},
        },
        "required": ["b"],
    }


def test_a_name_from_a_library_that_is_not_known_is_not_taken_for_one_that_is() -> None:
    incoming = from_python("from mine import Path\nclass Root(BaseModel):\n    x: Path\n")
    assert json.loads(incoming.text)["properties"] == {"x": {}}
    assert "Path is not known" in incoming.notes[1]


def test_a_recursive_root_stands_at_the_root() -> None:
    schema = read("class Root(BaseModel):\n    children: list['Root'] = []\n")
    assert schema["properties"]["children"]["items"] == {"$ref": "#"}
    assert "$defs" not in schema


def test_source_is_never_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    incoming = from_python(
        f"""
import os
open({str(trap)!r}, "w").write("run")
class Meta(type):
    open({str(trap)!r}, "w").write("run")
class Root(BaseModel, metaclass=Meta):
    x: int = open({str(trap)!r}, "w")
    y: "open({str(trap)!r}, 'w')"
    z: list[__import__("os").system("touch {trap}")]
    w: Literal[open({str(trap)!r}, "w")] = os.system("touch {trap}")
"""
    )
    assert not trap.exists()
    assert list(json.loads(incoming.text)["properties"]) == ["x", "y", "z", "w"]


def in_class(line: str) -> str:
    return f"class Root(BaseModel):\n    {line}\n"


HOSTILE = {
    "a null character": "class Root:\0 pass",
    "ten million characters": "x" * 10_000_000,
    "open brackets": "class Root(" * 100_000,
    "nested brackets": in_class(f"x: {'list[' * 5_000}int{']' * 5_000}"),
    "nested text": in_class(f'x: "{"list[" * 1_500}int{"]" * 1_500}"'),
    "a long union": in_class(f"x: {' | '.join(['int'] * 50_000)}"),
    "a long sum": in_class(f"x: int = {'+'.join(['1'] * 50_000)}"),
    "signs": in_class(f"x: int = {'-' * 100_000}1"),
    "negations": in_class(f"x: int = {'not ' * 100_000}1"),
    "lambdas": in_class(f"x: int = {'lambda: ' * 50_000}1"),
    "conditions": in_class(f"x: int = {'1 if 1 else ' * 50_000}1"),
    "attributes": in_class(f"x: a{'.b' * 100_000}"),
    "calls": in_class(f"x: a{'()' * 100_000}"),
    "half a character": in_class("x: str = '\\ud800'"),
    "aliases that double": "".join(f"X{i} = tuple[X{i - 1}, X{i - 1}]\n" for i in range(35)) + in_class("x: X34"),
    "a chain of bases": "class A0(BaseModel): x: int\n"
    + "".join(f"class A{i}(A{i - 1}): x{i}: int\n" for i in range(1, 5_000)),
    "unions of themselves": "class A(BaseModel):\n  k: Annotated[Union['A', 'B'], Field(discriminator='k')]\n"
    "class B(BaseModel):\n  k: Annotated[Union['A', 'B'], Field(discriminator='k')]\n",
    "no class": "x = 3",
    "a plain class": "class Root:\n    x: int\n",
    "no Python": "class Root(BaseModel):\n    x: int =\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_source_is_an_error_with_a_sentence(name: str) -> None:
    with pytest.raises(EngineError) as caught:
        from_python(HOSTILE[name])
    assert caught.value.message.endswith(".")
    assert len(str(caught.value)) < 500


BENIGN = {
    "an alias of itself": "X = Union[int, 'X']\nY = 'Y'\n" + in_class("x: X\n    y: Y"),
    "a class that is its own base": "class A(B): x: int\nclass B(A): y: int\n" + in_class("x: A"),
    "an enum that names itself": "class E(Enum):\n    A = E.A\n    B = 1\n" + in_class("x: E = E.A"),
    "a default that doubles": "".join(f"X{i} = [X{i - 1}, X{i - 1}]\n" for i in range(60)) + in_class("x: Any = X59"),
    "a text that doubles": "".join(f"X{i} = X{i - 1} + X{i - 1}\n" for i in range(60)) + in_class("x: Any = X59"),
    "types without their types": in_class(
        "a: Union[()]\n    b: Literal[()]\n    c: Annotated[()]\n    d: list[()]\n    e: dict[()]"
    ),
    "a typed dict without its types": "class Root(TypedDict):\n    a: Annotated[()]\n    b: Required[()]\n",
    "an enum without members": "class E(Enum):\n    A = compute()\n" + in_class("x: E"),
    "a large power": in_class("x: int = 9 ** 9 ** 9 ** 9"),
    "an infinite number": in_class("x: float = 1e999"),
    "20,000 fields": "class Root(BaseModel):\n" + "".join(f"    x{i}: int\n" for i in range(20_000)),
    "a chain of 5,000 references": "".join(f"class A{i}(BaseModel):\n  x: 'A{i + 1}'\n" for i in range(5_000)),
}


@pytest.mark.parametrize("name", BENIGN)
def test_strange_source_still_gives_a_schema(name: str) -> None:
    read_schema(from_python(BENIGN[name]).text)


def test_an_error_of_syntax_names_its_place() -> None:
    with pytest.raises(SchemaSyntaxError) as caught:
        from_python("class Root(BaseModel):\n    x: int\n    y = = 3\n")
    assert (caught.value.line, caught.value.column) == (3, 9)
