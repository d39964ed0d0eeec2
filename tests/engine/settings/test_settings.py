from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cli import main
from engine.settings import KEY, SCALES, Appearance, AppSettings, Folders, Locale, Network, read, write
from engine.store import Store

if TYPE_CHECKING:
    from pathlib import Path

CHOSEN = AppSettings(
    Appearance("dark", "larger"),
    Locale("de-CH"),
    Folders("/data/models", ""),
    Network("never"),
    {"playground.run": ("F5",), "window.quit": ()},
)


def test_settings_come_back_from_the_store_as_they_were_chosen(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.settings.put(KEY, write(CHOSEN))
    with Store(tmp_path) as store:
        found = read(store.settings.all())
    assert found.settings == CHOSEN
    assert found.notes == ()


def test_nothing_kept_means_the_usual_settings() -> None:
    assert read({}).settings == AppSettings()
    assert SCALES[AppSettings().appearance.size] == 1


def test_the_theme_of_earlier_versions_is_taken_over() -> None:
    found = read({"window.theme": "dark", "window.page": "Models"})
    assert found.settings == AppSettings(appearance=Appearance(theme="dark"))
    assert found.notes == ()
    later = {"window.theme": "dark", KEY: write(AppSettings())}
    assert read(later).settings.appearance.theme == "system"


@pytest.mark.parametrize(
    ("section", "key", "bad"),
    [
        ("appearance", "theme", "blue"),
        ("appearance", "size", 13),
        ("locale", "language", "xx-YY"),
        ("folders", "downloads", "models"),
        ("folders", "exports", "/a\0b"),
        ("network", "use", True),
    ],
)
def test_a_bad_value_becomes_the_usual_one_with_a_note_and_the_others_stay(section: str, key: str, bad: Any) -> None:
    kept = write(CHOSEN)
    kept[section][key] = bad
    found = read({KEY: kept})
    usual = getattr(getattr(AppSettings(), section), key)
    assert found.settings == replace(CHOSEN, **{section: replace(getattr(CHOSEN, section), **{key: usual})})
    (note,) = found.notes
    assert note.where == f"/{section}/{key}"
    assert repr(bad) in note.sentence


@pytest.mark.parametrize("bad", ["F5", 3, [3], [""], ["F" * 100], None, ["F5"] * 20])
def test_bad_keys_of_a_command_become_its_usual_ones(bad: Any) -> None:
    found = read({KEY: {"shortcuts": {"playground.run": bad, "window.quit": ["F4"]}}})
    assert found.settings.shortcuts == {"window.quit": ("F4",)}
    assert [note.where for note in found.notes] == ["/shortcuts/playground.run"]


def test_what_a_later_version_knows_is_kept_when_this_one_writes() -> None:
    kept = write(CHOSEN)
    kept["colours"] = {"accent": "plum"}
    kept["appearance"]["density"] = "dense"
    kept["shortcuts"]["later.page"] = ["Ctrl+9"]
    again = write(replace(read({KEY: kept}).settings, network=Network("asked")))
    assert again == kept | {"network": {"use": "asked"}}


def test_settings_of_a_newer_version_are_used_as_far_as_they_are_understood() -> None:
    kept = write(CHOSEN) | {"version": 7}
    kept["appearance"]["theme"] = {"light": "paper"}
    found = read({KEY: kept})
    assert found.newer
    assert found.settings.locale == CHOSEN.locale
    assert found.settings.appearance == Appearance(theme="system", size="larger")


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_ALMOST = st.dictionaries(
    st.sampled_from(["version", "appearance", "locale", "folders", "network", "shortcuts", "x"]),
    _JSON | st.dictionaries(st.sampled_from(["theme", "size", "language", "downloads", "use", "y"]), _JSON),
)


@given(_JSON | _ALMOST)
def test_nothing_that_is_kept_can_stop_a_start(kept: Any) -> None:
    found = read({KEY: kept})
    written = json.loads(json.dumps(write(found.settings)))
    again = read({KEY: written})
    assert again.settings == found.settings
    assert all(note.where == "/version" for note in again.notes)


def test_the_terminal_fetches_nothing_where_the_settings_say_never(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(tmp_path) as store:
        store.settings.put(KEY, write(AppSettings(network=Network("never"))))
    assert main(["models", "download", "someone/a-model", "--profile", str(tmp_path)]) == 1
    assert "The network is off" in capsys.readouterr().err
