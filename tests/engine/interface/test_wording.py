"""What is read off a sentence: whether it asks, what it lists, and what kind of input each of that is."""

from __future__ import annotations

import pytest

from engine.interface.wording import components_named, headline, input_kind, intent_of, listed


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("A form to enter a medlar harvest", "asks"),
        ("Log in to the greenhouse", "asks"),
        ("Settings of a watering can", "asks"),
        ("Report a broken fence", "asks"),
        ("A report on broken fences", "shows"),
        ("A dashboard of the orchard", "shows"),
        ("A chart of the harvest by month", "shows"),
        ("Something nice", None),
        ("", None),
    ],
)
def test_a_sentence_asks_or_shows_as_its_words_say(sentence: str, intent: str | None) -> None:
    assert intent_of(sentence) == intent


def test_what_is_listed_tells_where_no_word_is_known() -> None:
    assert intent_of("For the beekeeper: number of hives, date of birth, remarks") == "asks"
    assert intent_of("For the beekeeper: hives, honey, wax") is None


@pytest.mark.parametrize(
    ("sentence", "things"),
    [
        ("A form: name, the date of birth and a photo", ("Name", "Date of birth", "Photo")),
        ("Register with name, club and rating", ("Name", "Club", "Rating")),
        ("Ask for allergies, medicine and an emergency contact", ("Allergies", "Medicine", "Emergency contact")),
        ("Formular für Bienen: Name, Anzahl der Völker", ("Name", "Anzahl der Völker")),
        ("A form with a comment", ()),
        ("A letter to my aunt, who lives in the country and never writes", ()),
        ("Twice: name, name", ()),
        ("", ()),
    ],
)
def test_a_list_stands_behind_a_colon_or_with_or_for(sentence: str, things: tuple[str, ...]) -> None:
    assert listed(sentence) == things


def test_a_list_has_an_end_and_its_entries_too() -> None:
    found = listed("A form: " + ", ".join(f"entry {number} {'x' * 80}" for number in range(30)))
    assert len(found) == 8
    assert max(map(len, found)) == 40


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Date of birth", "date"),
        ("For how many days", "number"),
        ("E-mail", "email"),
        ("PIN", "password"),
        ("Whether to stay anonymous", "toggle"),
        ("Red or white", "choice"),
        ("Comment", "multiline"),
        ("Tracking number", "text"),
        ("Borrower", "text"),
    ],
)
def test_a_label_tells_what_kind_of_input_it_needs(label: str, kind: str) -> None:
    assert input_kind(label) == kind


def test_a_sentence_names_components_by_their_everyday_words() -> None:
    assert components_named("make the graph a table, and add a checkbox") == ["table", "chart", "toggle"]
    assert components_named("make it nicer") == []


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("Show me the tides of next week", "Tides of next week"),
        ("A table of planets with diameter and moons", "Table of planets"),
        ("Server health: load, memory", "Server health"),
        ("I want a dashboard", "Dashboard"),
        ("ümlaut", "Ümlaut"),
        ("a " * 40, None),
        (": name, date", None),
        ("", None),
    ],
)
def test_what_a_sentence_calls_the_screen_stands_before_its_list(sentence: str, title: str | None) -> None:
    assert headline(sentence) == title
