"""Planning under limits: what is large is planned in a process that can be ended."""

from __future__ import annotations

import json
import time
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from engine.constraint.closing import byte_closer
from engine.constraint.compile import CompiledConstraint, compile_constraint
from engine.constraint.planner import Planner
from engine.constraint.report import check_schema
from engine.constraint.spec import MatchesRegex, MatchesSchema, Unconstrained
from engine.errors import ConstraintError, ConstraintUnsatisfiable, ConstraintUnsupported, SchemaSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKER = "engine.constraint.worker"
PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def spec(schema: Any) -> MatchesSchema:
    return MatchesSchema(schema_text=schema if isinstance(schema, str) else json.dumps(schema))


def large(extra: Any = True) -> dict[str, Any]:
    """Return a schema with more alternatives than are planned in place; some of it has to be checked."""
    kinds = [
        {"properties": {"kind": {"const": f"k{i}"}, "list": {"uniqueItems": True}}, "required": ["kind"]}
        for i in range(150)
    ]
    return {"type": "object", "oneOf": kinds, "allOf": [extra]}


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if WORKER in child.cmdline()]


def worker(deadline: float = 10.0) -> psutil.Process:
    """Return the process that plans, once there is one."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        if found := workers():
            return found[0]
        time.sleep(0.02)
    raise AssertionError("no worker was started")


@pytest.fixture
def planner() -> Iterator[Planner]:
    with Planner(byte_closer().tokenizer) as made:
        yield made
    assert workers() == []


@pytest.mark.parametrize("small", [Unconstrained(), MatchesRegex(pattern="a+"), spec(PERSON)])
def test_what_is_small_is_planned_in_place(planner: Planner, small: Any) -> None:
    assert not isinstance(planner.begin(small), Future)
    assert workers() == []


def test_what_is_large_is_planned_elsewhere_and_comes_out_the_same(planner: Planner) -> None:
    begun = planner.begin(spec(large()))
    assert isinstance(begun, Future)
    made, here = begun.result(60), compile_constraint(spec(large()))
    assert made is not None
    assert here is not None
    assert (made.grammar, made.uses, made.planned) == (here.grammar, here.uses, here.planned)
    made.check_text('{"kind": "k7"}')
    with pytest.raises(ConstraintError):
        made.check_text('{"kind": "other"}')


def test_the_requests_of_a_job_share_one_plan(planner: Planner) -> None:
    first, second = planner.begin(spec(large())), planner.begin(spec(large()))
    assert first is second
    assert isinstance(first, Future)
    made = first.result(60)
    assert planner.begin(spec(large())) is made


@pytest.mark.parametrize(
    ("schema", "error"),
    [
        (large({"type": "string"}), ConstraintUnsatisfiable),
        (large({"$ref": "#/$defs/nowhere"}), ConstraintUnsupported),
        ("[" * 300_000, SchemaSyntaxError),
    ],
    ids=["no instance", "a broken reference", "no JSON"],
)
def test_an_error_comes_back_from_elsewhere_as_it_is(planner: Planner, schema: Any, error: type[Exception]) -> None:
    with pytest.raises(Exception) as here:  # noqa: PT011 - what it is, is compared
        compile_constraint(spec(schema))
    with pytest.raises(type(here.value)) as there:
        planner.compile(spec(schema))
    assert str(there.value) == str(here.value)


def test_planning_that_takes_too_long_is_refused_with_a_way_out() -> None:
    with Planner(byte_closer().tokenizer, seconds=0.01) as planner:
        with pytest.raises(ConstraintUnsupported, match=r"not done after 0\.01 seconds") as caught:
            planner.compile(spec(large()))
        assert caught.value.advice
        assert isinstance(planner.compile(spec(PERSON)), CompiledConstraint)
    assert workers() == []


def test_a_crash_while_planning_is_refused_and_the_next_schema_is_planned(planner: Planner) -> None:
    begun = planner.begin(spec(large()))
    assert isinstance(begun, Future)
    worker().kill()
    with pytest.raises(ConstraintUnsupported, match="crashed"):
        begun.result(60)
    assert planner.compile(spec(large())) is not None


def test_a_plan_that_is_given_up_leaves_the_next_one_alone(planner: Planner) -> None:
    first, second = planner.begin(spec(large())), planner.begin(spec(large({"minProperties": 1})))
    assert isinstance(first, Future)
    assert isinstance(second, Future)
    worker().suspend()
    planner.give_up(spec(large()))
    with pytest.raises(CancelledError):
        first.result(60)
    assert second.result(60) is not None


def test_a_schema_of_many_alternatives_is_reported() -> None:
    report = check_schema(large())
    assert report.sizes.minimum == len('{"kind": "k0"}')
    assert workers() == []
