"""An answer copied as a Python program: it says all that decided the answer, and Python reads it."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from app.exchange import FORMATS, Answer, Draft, Turn
from app.models.python_code import as_python

DRAFT = Draft(
    system='Say "no" often.',
    schema='{"type": "object", "properties": {"ja": {"const": true}, "nichts": {"type": "null"}}}',
    regex=r"[a-z]{3}\d",
    lark='start: "a" /\\d+/',
    temperature=0.4,
    seed=7,
    max_tokens=64,
)
TURNS = [Turn("user", "One?"), Turn("assistant", "1"), Turn("user", 'Two?\n"""quoted"""')]


def program(draft: Draft) -> dict[str, object]:
    """Return the names that the program sets and the arguments of its call, as Python reads them."""
    tree = ast.parse(as_python(Answer("1", draft, "2026-01-01T00:00:00+00:00"), TURNS))
    names: dict[str, object] = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    (block,) = [node for node in tree.body if isinstance(node, ast.With)]
    (call,) = [node.value for node in block.body if isinstance(node, ast.Assign)]
    assert isinstance(call, ast.Call)
    return names | {keyword.arg or "": ast.unparse(keyword.value) for keyword in call.keywords}


@pytest.mark.parametrize("name", list(FORMATS))
def test_it_asks_for_what_was_asked(name: str) -> None:
    said = program(replace(DRAFT, format=name))  # type: ignore[arg-type]
    assert said["MESSAGES"] == [
        {"role": "system", "content": 'Say "no" often.'},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": 'Two?\n"""quoted"""'},
    ]
    assert said["max_tokens"] == "64"
    assert said["reproducible"] == "True"
    assert "temperature=0.4" in str(said["sampling"])
    assert "seed=7" in str(said["sampling"])
    if name == "schema":
        assert said["SCHEMA"] == {
            "type": "object",
            "properties": {"ja": {"const": True}, "nichts": {"type": "null"}},
        }


def test_a_drawn_seed_is_named_so_that_the_program_gives_the_same_answer() -> None:
    answer = Answer("1", replace(DRAFT, seed=None, format="text"), "2026-01-01T00:00:00+00:00", receipt={"seed": 99})
    assert "seed=99" in as_python(answer, TURNS)
