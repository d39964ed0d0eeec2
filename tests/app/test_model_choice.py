"""Which model is to answer, as one string: nothing that a file says sends text anywhere by itself."""

from __future__ import annotations

import pytest

from app.exchange import Draft
from app.model_choice import (
    LOCAL,
    at_endpoint,
    endpoints_of,
    host_of,
    in_order,
    is_choice,
    known_part,
    order_of,
)


def test_a_choice_is_one_model_or_an_order_of_several() -> None:
    choice = in_order([at_endpoint("a"), at_endpoint("b"), LOCAL, at_endpoint("a")])
    assert choice == "endpoint:a,endpoint:b,"
    assert order_of(choice) == ("endpoint:a", "endpoint:b", LOCAL)
    assert endpoints_of(choice) == ("a", "b")
    assert order_of(LOCAL) == (LOCAL,)


@pytest.mark.parametrize(
    "value", [None, 3, ["endpoint:a"], "endpoint:", "https://there", "endpoint:a,there", "x" * 2000]
)
def test_what_is_no_choice_is_the_model_here(value: object) -> None:
    assert not is_choice(value)
    assert Draft.of({"model": value}).model == LOCAL


@pytest.mark.parametrize(
    ("choice", "known"),
    [
        ("endpoint:a", "endpoint:a"),
        ("endpoint:gone", ""),
        ("endpoint:gone,", ""),
        ("endpoint:gone,endpoint:a,", "endpoint:a,"),
        ("", ""),
    ],
)
def test_models_that_are_not_in_the_list_are_never_asked(choice: str, known: str) -> None:
    assert known_part(choice, {"a"}) == known


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://models.example.org:8000/v1", "models.example.org"),
        ("http://127.0.0.1:8000/v1", None),
        ("http://[::1]:8000/v1", None),
        ("http://localhost/v1", None),
        ("http://127.0.0.1.example.org/v1", "127.0.0.1.example.org"),
        ("http://10.0.0.7/v1", "10.0.0.7"),
    ],
)
def test_text_leaves_the_machine_for_any_other_host(url: str, host: str | None) -> None:
    assert host_of({"url": url}) == host


def test_a_draft_keeps_its_model() -> None:
    draft = Draft(prompt="Hi", model="endpoint:a,")
    assert Draft.of(draft.settings(), "Hi") == draft
