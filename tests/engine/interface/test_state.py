"""What the inputs of an interface hold, who is told of it, and how texts and conditions read it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.interface.state import MASK, MOST_CALLS, State, holds, interpolate, names_in, spelled

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["", "x", "1", 1, 1.0, True, False, None, [], ["x"]])
STEPS = st.lists(
    st.tuples(st.sampled_from(["define", "undefine", "put", "toggle", "reset"]), NAMES, VALUES), max_size=20
)


def state_of(**values: Any) -> State:
    state = State()
    for name, value in values.items():
        state.define(name, value)
    return state


def test_what_a_person_typed_wins_over_text_that_comes_later() -> None:
    state = state_of(email="")
    state.put("email", "ines@example.org")
    state.define("email", "late@example.org")
    assert state.values == {"email": "ines@example.org"}
    state.reset(["email"])
    assert state.get("email") == "late@example.org"


def test_what_a_person_typed_comes_back_with_its_input_and_is_not_sent_without_it() -> None:
    state = state_of(bed="North", litres=10)
    state.put("bed", "South")
    state.undefine("bed")
    assert state.values == {"litres": 10}
    state.define("bed", "North")
    assert state.get("bed") == "South"


def test_an_action_may_hold_what_no_input_does() -> None:
    state = State()
    state.put("step", 2)
    assert state.values == {"step": 2}
    state.reset()
    assert state.values == {}


def test_toggling_turns_what_is_on_off_and_back() -> None:
    state = state_of(rain=True)
    state.toggle("rain")
    assert state.get("rain") is False
    state.toggle("rain")
    assert state.get("rain") is True
    state.toggle("unheard_of")
    assert state.get("unheard_of") is True


def test_watchers_hear_of_their_names_once_a_change_and_not_of_what_stays() -> None:
    state = state_of(a=1, b=2)
    heard: list[str] = []
    state.watch(["a"], lambda: heard.append("a"))
    state.watch(["a", "b"], lambda: heard.append("either"))
    state.watch(None, lambda: heard.append("any"))
    state.put("a", 5)
    assert heard == ["a", "either", "any"]
    heard.clear()
    state.put("a", 5)
    state.define("a", 7)
    assert heard == []
    state.put("b", 3)
    assert heard == ["either", "any"]
    heard.clear()
    state.reset()
    assert heard == ["a", "either", "any"]


def test_one_and_true_are_two_values_to_a_watcher() -> None:
    state = state_of(a=1)
    heard: list[Any] = []
    state.watch(["a"], lambda: heard.append(state.get("a")))
    state.put("a", True)
    assert heard == [True]


def test_a_watcher_that_ended_hears_nothing_even_if_it_ends_in_the_middle() -> None:
    state = State()
    heard: list[int] = []

    def first() -> None:
        heard.append(1)
        end_second()
        end_second()

    state.watch(["a"], first)
    end_second = state.watch(["a"], lambda: heard.append(2))
    state.put("a", 1)
    assert heard == [1]


def test_watchers_that_change_one_another_come_to_an_end() -> None:
    state = state_of(a=0, b=0)
    calls: list[str] = []

    def raise_b() -> None:
        calls.append("a")
        state.put("b", state.get("a") + 1)

    def raise_a() -> None:
        calls.append("b")
        state.put("a", state.get("b") + 1)

    state.watch(["a"], raise_b)
    state.watch(["b"], raise_a)
    state.put("a", 1)
    assert 2 < len(calls) <= 2 * MOST_CALLS
    calls.clear()
    state.put("a", -100)
    assert calls


def test_a_watcher_that_fails_does_not_silence_the_next_change() -> None:
    state = State()
    heard: list[Any] = []

    def failing() -> None:
        heard.append(state.get("a"))
        raise ZeroDivisionError

    state.watch(["a"], failing)
    for value in (1, 2):
        with pytest.raises(ZeroDivisionError):
            state.put("a", value)
    assert heard == [1, 2]


@given(STEPS)
def test_whoever_reads_values_when_told_always_has_the_present_ones(steps: list[tuple[str, str, Any]]) -> None:
    state = State()
    known: dict[str, Any] = {}
    state.watch(None, lambda: (known.clear(), known.update(state.values)))
    for step, name, value in steps:
        match step:
            case "define":
                state.define(name, value)
            case "undefine":
                state.undefine(name)
            case "put":
                state.put(name, value)
            case "toggle":
                state.toggle(name)
            case "reset":
                state.reset([name])
        assert json.dumps(known, sort_keys=True) == json.dumps(state.values, sort_keys=True)


def test_texts_show_values_and_keep_names_that_nobody_knows() -> None:
    state = state_of(name="Ines", litres=4.0, rain=True, beds=["North", "South"], note=None)
    assert interpolate("Hello {name}, {litres} l", state) == "Hello Ines, 4 l"
    assert interpolate("{rain} {beds} [{note}]", state) == "yes North, South []"
    assert interpolate("{nobody} { } {", state) == "{nobody} { } {"
    assert interpolate("{{name}} is {{{name}}}", state) == "{name} is {Ines}"


def test_what_is_put_into_a_text_is_not_read_again() -> None:
    state = state_of(a="{b}", b="secret")
    assert interpolate("{a}", state) == "{b}"


def test_the_columns_of_a_row_come_before_other_values() -> None:
    state = state_of(name="outer", total=3)
    assert (
        interpolate("{name}: {Net weight} of {total}", state, {"name": "inner", "Net weight": "2"}) == "inner: 2 of 3"
    )


def test_the_names_in_a_text_are_those_that_would_be_put_in() -> None:
    assert names_in("{a} {{b}} {Net weight} {a}") == {"a", "Net weight"}
    assert names_in("no names") == set()


@given(st.text(alphabet="ab{} \n", max_size=30))
def test_a_text_shows_no_more_than_its_names(text: str) -> None:
    state = state_of(a="1")
    if not names_in(text):
        assert interpolate(text, state) == text.replace("{{", "{").replace("}}", "}")
    if "a" in names_in(text):
        assert "1" in interpolate(text, state)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (3.5, "3.5"), (0.1 + 0.2, "0.3"), (1e21, "1e+21"), (False, "no"), ("a", "a"), (["a", 1], "a, 1")],
)
def test_values_are_written_for_people(value: Any, text: str) -> None:
    assert spelled(value) == text


@pytest.mark.parametrize(
    ("op", "actual", "value"),
    [
        ("equals", "North", "North"),
        ("equals", 3, "3"),
        ("equals", "3.0", 3),
        ("equals", True, "true"),
        ("equals", "yes", True),
        ("equals", ["North"], "North"),
        ("equals", ["a", "b"], ["a", "b"]),
        ("equals", None, ""),
        ("equals", [], None),
        ("not_equals", "North", "north"),
        ("not_equals", True, 1),
        ("not_equals", "maybe", True),
        ("not_equals", ["a", "b"], "a"),
        ("above", "10", 9),
        ("above", 3.5, "3"),
        ("above", "2026-03-20", "2026-03-19"),
        ("above", ["a", "b"], 1),
        ("below", "07:10", "12:00"),
        ("below", -1, 0),
        ("contains", "North, tomatoes", "NORTH"),
        ("contains", ["a", "b"], "b"),
        ("empty", "  ", None),
        ("empty", None, None),
        ("empty", [], None),
        ("empty", False, None),
        ("filled", 0, None),
        ("filled", "x", None),
        ("filled", True, None),
    ],
)
def test_a_condition_that_holds(op: str, actual: Any, value: Any) -> None:
    assert holds(op, actual, value)


@pytest.mark.parametrize(
    ("op", "actual", "value"),
    [
        ("equals", None, "x"),
        ("equals", 0, None),
        ("equals", False, 0),
        ("above", "abc", "abb"),
        ("above", "18:30", "2026-03-19"),
        ("above", None, 0),
        ("above", True, 0),
        ("below", "nan", 5),
        ("below", 10**400, 5),
        ("contains", "abc", ""),
        ("contains", "abc", None),
        ("contains", 12, "1"),
        ("unheard_of", 1, 1),
    ],
)
def test_a_condition_that_does_not_hold(op: str, actual: Any, value: Any) -> None:
    assert not holds(op, actual, value)


def test_a_secret_is_compared_as_it_is_and_told_masked() -> None:
    state = State()
    state.define("pin", None, secret=True)
    assert state.told("pin") is None
    state.put("pin", "")
    assert state.told("pin") == ""
    state.put("pin", "hunter2")
    assert state.get("pin") == "hunter2"
    assert holds("equals", state.get("pin"), "hunter2")
    assert state.told("pin") == MASK
    assert interpolate("Your PIN is {pin}.", state) == f"Your PIN is {MASK}."


def test_a_secret_is_forgotten_where_the_next_screen_would_show_it() -> None:
    state = State()
    state.define("pin", None, secret=True)
    state.put("pin", "hunter2")
    state.undefine("pin")
    state.define("pin", "1234")
    assert state.values == {"pin": "1234"}
    assert state.told("pin") == "1234"


def test_a_secret_that_comes_again_is_one_still() -> None:
    state = State()
    state.define("pin", None, secret=True)
    state.put("pin", "hunter2")
    state.undefine("pin")
    state.define("pin", None, secret=True)
    assert (state.get("pin"), state.told("pin")) == ("hunter2", MASK)
    other = State()
    other.take_over(state)
    assert (other.get("pin"), other.told("pin")) == ("hunter2", MASK)


def test_whoever_shows_a_value_is_told_that_it_became_a_secret() -> None:
    state, told = State(), list[Any]()
    state.define("pin", "1234")
    state.watch(["pin"], lambda: told.append(state.told("pin")))
    state.define("pin", "1234", secret=True)
    assert told == [MASK]
