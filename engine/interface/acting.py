"""What pressing something in an interface does, and what is wrong with what was typed before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from engine.interface.state import State, as_boolean, as_number, interpolate, is_empty, names_in, spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\]\\]+@[^\s@.]+(\.[^\s@.]+)+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST_ADDRESS = 2_000


@dataclass(frozen=True, slots=True)
class Done:
    """It is done: what was to change has changed."""


@dataclass(frozen=True, slots=True)
class Send:
    """Values that are to go to the model as the next turn, after a person has seen them.

    `kind` is submit or ask, `name` the form's or the action's, `text` what is asked. Passwords are masked.
    """

    kind: str
    name: str
    values: dict[str, Any]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Go:
    """A dialog, tab or section that is to be shown."""

    target: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Text for the clipboard."""

    text: str


@dataclass(frozen=True, slots=True)
class OpenUrl:
    """An address to open once a person has seen and confirmed it."""

    url: str


@dataclass(frozen=True, slots=True)
class Export:
    """Values that a person may save: of the table or form of that name, all where it is "". `format` is csv or json."""

    target: str
    format: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done, and why."""

    sentence: str


Outcome = Done | Send | Go | Copy | OpenUrl | Export | Refused


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where something is pressed.

    `forms` are the names of the inputs of each form, `form` the one it stands in; `row` the row of a repetition.
    """

    forms: Mapping[str, Collection[str]] = field(default_factory=dict)
    form: str | None = None
    row: Mapping[str, Any] | None = None


def perform(action: Mapping[str, Any], state: State, surroundings: Surroundings | None = None) -> Outcome:
    """Do what an action `{kind, target, value}` says, as far as the state goes, and return what is left to do."""
    around = surroundings or Surroundings()
    kind = action.get("kind")
    target = str(action.get("target") or "").strip()
    match kind:
        case "submit" | "ask":
            return _send(str(kind), target, action.get("value"), state, around)
        case "set":
            return _set(target, action.get("value"), state, around)
        case "toggle":
            if not _NAME.fullmatch(target):
                return Refused("This switches nothing: it names no input.")
            state.toggle(target)
            return Done()
        case "reset":
            return _reset(target, state, around)
        case "go":
            return Go(target) if target else Refused("This leads nowhere: it names no dialog, tab or section.")
        case "copy":
            return _copy(spelled(action.get("value")), state, around)
        case "open_url":
            return _open(spelled(action.get("value")), state, around)
        case "export":
            return Export(target, "json" if action.get("value") == "json" else "csv")
    return Refused(f"“{spelled(kind)}” is no action.")


def problem_of(props: Mapping[str, Any], value: Any) -> str | None:
    """Return what is wrong with the value of an input, as a sentence; None where nothing is.

    `props` are those of a field or a choice. What is empty is wrong only where it is required.
    """
    options = props.get("options")
    if is_empty(value):
        if not props.get("required"):
            return None
        if options is None:
            return "Please fill this in."
        return "Please choose at least one." if props.get("display") == "checkboxes" else "Please choose one."
    if isinstance(options, list):
        chosen = value if isinstance(value, list) else [value]
        return None if all(each in options for each in chosen) else "This is none of the options."
    text = spelled(value).strip()
    match props.get("kind"):
        case "number" if as_number(value) is None:
            return "This is not a number."
        case "email" if not _EMAIL.fullmatch(text):
            return "This is not an email address. One looks like name@example.org."
        case "date":
            return _problem_of_date(text)
        case "time" if not _TIME.fullmatch(text):
            return "This is not a time. Times are written like 18:30."
        case "url" if address_problem(text) or text.startswith("mailto:"):
            return "This is not a web address. One looks like https://example.org."
    return None


def address_problem(url: str) -> str | None:
    """Return why an address is not opened, as a sentence; None where it may be, once a person has seen it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not an address."
    if parts.scheme not in {"http", "https", "mailto"}:
        return "Only addresses that begin with http, https or mailto are opened."
    if len(url) > _LONGEST_ADDRESS or not url.isprintable() or any(sign.isspace() or sign == "\\" for sign in url):
        return "This address is too long, or has blanks or hidden characters in it."
    if parts.scheme == "mailto":
        return None if _EMAIL.fullmatch(parts.path) else "This is not an email address."
    if not host:
        return "This address names no site."
    if "@" in parts.netloc:
        return "This address hides where it leads."
    return None


def _problem_of_date(text: str) -> str | None:
    if not _DATE.fullmatch(text):
        return "This is not a date. Dates are written like 2026-03-19."
    try:
        date.fromisoformat(text)
    except ValueError:
        return "There is no such day."
    return None


def _send(kind: str, target: str, value: Any, state: State, around: Surroundings) -> Send:
    form = target if target in around.forms else around.form
    names = around.forms[form] if form is not None and form in around.forms else state.values
    values = {name: state.told(name) for name in names}
    return Send(kind, target or form or "", values, interpolate(spelled(value), state, around.row))


def _set(target: str, value: Any, state: State, around: Surroundings) -> Outcome:
    if not _NAME.fullmatch(target):
        return Refused("This sets nothing: it names no input.")
    if isinstance(value, str):
        value = interpolate(value, state, around.row)
    state.put(target, _alike(state.get(target), value))
    return Done()


def _alike(present: Any, value: Any) -> Any:
    """Return a value as the input holds it that has the present one: the model writes numbers and yes as text."""
    if isinstance(present, bool):
        said = as_boolean(value)
        return value if said is None else said
    if isinstance(present, int | float):
        number = as_number(value)
        return value if number is None else number
    if isinstance(present, list) and not isinstance(value, list):
        return [] if is_empty(value) else [spelled(value)]
    return spelled(value) if isinstance(present, str) else value


def _reset(target: str, state: State, around: Surroundings) -> Outcome:
    form = target or around.form
    if form is not None and form in around.forms:
        state.reset(around.forms[form])
    elif not target:
        state.reset()
    elif state.knows(target):
        state.reset([target])
    else:
        return Refused(f"This resets nothing: there is no form “{target}”.")
    return Done()


def _copy(written: str, state: State, around: Surroundings) -> Outcome:
    if _tells_secret(written, state, around):
        return Refused("A password is not copied from a screen.")
    return Copy(interpolate(written, state, around.row))


def _open(written: str, state: State, around: Surroundings) -> Outcome:
    if _tells_secret(written, state, around):
        return Refused("A password is not put into an address.")
    # A value within an address cannot lead elsewhere; an address that is a value is looked at as any other.
    is_value = written.startswith("{")
    url = interpolate(written, state, around.row, spell=None if is_value else _quoted).strip()
    problem = address_problem(url)
    return Refused(problem) if problem else OpenUrl(url)


def _tells_secret(written: str, state: State, around: Surroundings) -> bool:
    return any(state.is_secret(name) for name in names_in(written) - (around.row or {}).keys())


def _quoted(value: Any) -> str:
    return quote(spelled(value), safe="")
