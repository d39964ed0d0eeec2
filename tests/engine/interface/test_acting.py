"""What pressing something does, and what is said of an input that is not right."""

from __future__ import annotations

from typing import Any

import pytest

from engine.interface.acting import (
    Copy,
    Done,
    Export,
    Go,
    OpenUrl,
    Refused,
    Send,
    Surroundings,
    perform,
    problem_of,
)
from engine.interface.state import MASK, State


@pytest.fixture
def state() -> State:
    state = State()
    for name, value in {"bed": "North", "litres": 45, "rain": True, "beds": ["a"], "note": None}.items():
        state.define(name, value)
    return state


IN_FORM = Surroundings(forms={"plan": ["bed", "litres"], "other": ["note"]}, form="plan")


def act(kind: str, target: str | None = None, value: Any = None) -> dict[str, Any]:
    return {"kind": kind, "target": target, "value": value}


def test_submitting_sends_the_values_of_the_form_it_stands_in(state: State) -> None:
    state.put("litres", 50)
    assert perform(act("submit"), state, IN_FORM) == Send("submit", "plan", {"bed": "North", "litres": 50})
    assert perform(act("submit", "other"), state, IN_FORM) == Send("submit", "other", {"note": None})


def test_submitting_without_a_form_sends_everything(state: State) -> None:
    assert perform(act("submit", "save"), state) == Send("submit", "save", state.values)


def test_asking_sends_what_is_asked_with_values_put_in(state: State) -> None:
    sent = perform(act("ask", "advice", "Is {litres} l enough?"), state, IN_FORM)
    assert sent == Send("ask", "advice", {"bed": "North", "litres": 45}, "Is 45 l enough?")


@pytest.mark.parametrize(
    ("target", "written", "held"),
    [
        ("bed", "South", "South"),
        ("bed", 3, "3"),
        ("bed", "{litres} l", "45 l"),
        ("litres", "12.5", 12.5),
        ("litres", "much", "much"),
        ("rain", "no", False),
        ("beds", "b", ["b"]),
        ("beds", "", []),
        ("note", 4, 4),
        ("step", 2, 2),
    ],
)
def test_setting_puts_a_value_as_the_input_holds_it(state: State, target: str, written: Any, held: Any) -> None:
    assert perform(act("set", target, written), state) == Done()
    assert state.get(target) == held
    assert type(state.get(target)) is type(held)


def test_toggling_and_resetting_stay_on_the_screen(state: State) -> None:
    assert perform(act("toggle", "rain"), state) == Done()
    state.put("bed", "South")
    state.put("note", "x")
    assert (state.get("rain"), state.get("bed")) == (False, "South")
    assert perform(act("reset"), state, IN_FORM) == Done()
    assert (state.get("rain"), state.get("bed"), state.get("note")) == (False, "North", "x")
    assert perform(act("reset", "note"), state, IN_FORM) == Done()
    assert state.get("note") is None
    assert perform(act("reset"), state) == Done()
    assert state.get("rain") is True


def test_what_leads_out_of_the_engine_is_handed_on(state: State) -> None:
    row = Surroundings(row={"Bed": "Herb bench"})
    assert perform(act("go", "Details"), state) == Go("Details")
    assert perform(act("copy", None, "{Bed}: {litres} l"), state, row) == Copy("Herb bench: 45 l")
    assert perform(act("export", "waterings"), state) == Export("waterings", "csv")
    assert perform(act("export", None, "json"), state) == Export("", "json")


def test_values_within_an_address_cannot_lead_elsewhere(state: State) -> None:
    state.put("bed", "a b/../?x=1#@evil.example")
    opened = perform(act("open_url", None, "https://example.org/beds?q={bed}"), state)
    assert opened == OpenUrl("https://example.org/beds?q=a%20b%2F..%2F%3Fx%3D1%23%40evil.example")
    state.put("bed", "https://example.org/one")
    assert perform(act("open_url", None, "{bed}"), state) == OpenUrl("https://example.org/one")
    assert perform(act("open_url", None, "mailto:ines@example.org?subject=Hi"), state) == OpenUrl(
        "mailto:ines@example.org?subject=Hi"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://",
        "https:///path",
        "https://bank.example@evil.example/",
        "https://exam\u202eple.org",
        "https://example.org/a b",
        "https://example.org\\@evil.example",
        "https://[broken",
        "https://example.org:port/",
        "https://example.org/" + "a" * 3_000,
        "mailto:nobody",
        "example.org",
    ],
)
def test_addresses_that_are_none_or_hide_something_are_refused(state: State, url: str) -> None:
    refused = perform(act("open_url", None, url), state)
    assert isinstance(refused, Refused)
    assert refused.sentence.endswith(".")


@pytest.mark.parametrize(
    "action",
    [
        act("set"),
        act("set", "Not a name", 1),
        act("toggle"),
        act("go"),
        act("reset", "nothing"),
        act("launch"),
        {},
    ],
)
def test_an_action_that_says_too_little_is_refused_and_changes_nothing(state: State, action: dict[str, Any]) -> None:
    before = state.values
    refused = perform(action, state, IN_FORM)
    assert isinstance(refused, Refused)
    assert refused.sentence.endswith(".")
    assert state.values == before


def field(kind: str, *, required: bool = False) -> dict[str, Any]:
    return {"kind": kind, "required": required}


def choice(display: str, *, required: bool = False) -> dict[str, Any]:
    return {"display": display, "options": ["a", "b"], "required": required}


@pytest.mark.parametrize(
    ("props", "value"),
    [
        (field("text"), ""),
        (field("number"), None),
        (field("number"), "-4.5"),
        (field("number"), 3),
        (field("email"), "ines.k+x@mail.example.org"),
        (field("date"), "2024-02-29"),
        (field("time"), "18:30"),
        (field("url"), "https://example.org/a?b=c"),
        (field("text", required=True), "x"),
        (field("number", required=True), 0),
        (choice("radio"), None),
        (choice("radio", required=True), "a"),
        (choice("checkboxes", required=True), ["b", "a"]),
    ],
)
def test_nothing_is_said_of_what_is_right_or_may_be_empty(props: dict[str, Any], value: Any) -> None:
    assert problem_of(props, value) is None


@pytest.mark.parametrize(
    ("props", "value", "sentence"),
    [
        (field("text", required=True), "  ", "Please fill this in."),
        (choice("dropdown", required=True), None, "Please choose one."),
        (choice("checkboxes", required=True), [], "Please choose at least one."),
        (choice("radio"), "c", "This is none of the options."),
        (choice("checkboxes"), ["a", "c"], "This is none of the options."),
        (field("number"), "four", "This is not a number."),
        (field("number"), "inf", "This is not a number."),
        (field("email"), "ines@example", "This is not an email address. One looks like name@example.org."),
        (field("date"), "19.3.2026", "This is not a date. Dates are written like 2026-03-19."),
        (field("date"), "2026-02-30", "There is no such day."),
        (field("time"), "24:00", "This is not a time. Times are written like 18:30."),
        (field("url"), "example.org", "This is not a web address. One looks like https://example.org."),
        (field("url"), "mailto:a@example.org", "This is not a web address. One looks like https://example.org."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(props: dict[str, Any], value: Any, sentence: str) -> None:
    assert problem_of(props, value) == sentence


def test_a_password_leaves_the_screen_by_no_action() -> None:
    state = State()
    state.define("pin", None, secret=True)
    state.define("mail", "ada@example.org")
    state.put("pin", "hunter2")
    around = Surroundings({"login": ["mail", "pin"]}, "login")
    asked = {"kind": "ask", "target": "help", "value": "I typed {pin}"}
    for outcome in (
        perform({"kind": "submit", "target": "login"}, state, around),
        perform(asked, state, around),
        perform(asked, state),
        perform({"kind": "copy", "value": "{pin}"}, state),
        perform({"kind": "open_url", "value": "https://example.org/?q={pin}"}, state),
        perform({"kind": "open_url", "value": "{pin}"}, state),
        perform({"kind": "set", "target": "mail", "value": "{pin}"}, state),
        perform({"kind": "submit"}, state),
    ):
        assert "hunter2" not in repr(outcome)
    assert perform({"kind": "submit", "target": "login"}, state, around) == Send(
        "submit", "login", {"mail": MASK, "pin": MASK}
    )
    assert isinstance(perform({"kind": "copy", "value": "{pin}"}, state), Refused)
    assert perform({"kind": "copy", "value": "{pin}"}, state, Surroundings(row={"pin": "7"})) == Copy("7")


def test_an_empty_password_is_sent_as_nothing() -> None:
    state = State()
    state.define("pin", None, secret=True)
    assert perform({"kind": "submit"}, state) == Send("submit", "", {"pin": None})
