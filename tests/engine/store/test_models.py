"""What is known of models: it stays as it was saved, and what was taken off the list can be put back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from engine.store import Store
from engine.store.database import Database
from engine.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HASH = "ab" * 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as made:
        yield made


def test_a_profile_of_before_there_were_models_is_copied_and_keeps_what_it_has(tmp_path: Path) -> None:
    database = Database(tmp_path / "espalier.db", MIGRATIONS[:5])
    database.write("INSERT INTO settings (key, value) VALUES ('theme', '\"dark\"')")
    database.close()
    with Store(tmp_path) as store:
        assert store.settings.get("theme") == "dark"
        assert (store.models.folders(), store.models.files(), store.endpoints.all()) == ([], [], [])
        store.models.keep("/m.gguf", origin="added")
    with closing(sqlite3.connect(tmp_path / "espalier.db.version-5")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (5,)


def test_folders_stay_in_the_order_in_which_they_were_added(store: Store) -> None:
    for folder in ("/z", "/a", "/z"):
        store.models.add_folder(folder)
    assert store.models.folders() == ["/z", "/a"]
    store.models.remove_folder("/z")
    store.models.remove_folder("/never")
    assert store.models.folders() == ["/a"]


def test_what_is_known_of_a_file_is_kept_apart_from_how_it_came_on_the_list(store: Store) -> None:
    models = store.models
    models.put_hash("/m.gguf", 12, 1_700_000_000_123_456_789, HASH)
    models.pin("/m.gguf", HASH)
    models.put_options("/m.gguf", {"context": 4096, "adapters": [{"path": "/a\udcff.gguf"}]})
    (found,) = models.files()
    assert (found.origin, found.source) == ("found", None)
    models.keep("/m.gguf", origin="downloaded", source={"repository": "a/b"})
    (kept,) = models.files()
    assert kept == models.get("/m.gguf")
    assert (kept.origin, kept.source) == ("downloaded", {"repository": "a/b"})
    assert (kept.size, kept.changed_ns, kept.sha256) == (12, 1_700_000_000_123_456_789, HASH)
    assert kept.options == {"context": 4096, "adapters": [{"path": "/a\udcff.gguf"}]}
    models.put_options("/m.gguf", None)
    models.pin("/m.gguf", None)
    again = models.get("/m.gguf")
    assert again is not None
    assert (again.options, again.pinned, again.sha256) == (None, None, HASH)


def test_a_file_taken_off_the_list_comes_back_with_all_that_was_known(store: Store) -> None:
    models = store.models
    models.keep("/m.gguf", origin="added", source={"from": "a person"})
    models.pin("/m.gguf", HASH)
    before = models.files()
    models.forget("/m.gguf")
    assert models.files() == []
    assert models.files(removed=True) == before
    models.restore("/m.gguf")
    assert models.files() == before
    models.forget("/m.gguf")
    models.keep("/m.gguf", origin="added", source={"from": "a person"})
    assert models.files() == before


def test_a_file_that_lies_in_a_folder_can_be_taken_off_the_list_until_the_folder_is_added_again(store: Store) -> None:
    beside = f"{os.sep}models-2{os.sep}a.gguf"
    within = f"{os.sep}models{os.sep}a.gguf"
    store.models.forget(within)
    store.models.forget(beside)
    store.models.add_folder(f"{os.sep}models")
    assert [file.path for file in store.models.files(removed=True)] == [beside]


def test_a_name_that_is_no_valid_text_is_kept_as_it_is(store: Store) -> None:
    odd = "/models/caf\udce9.gguf"
    store.models.add_folder("/models\udcff")
    store.models.keep(odd, origin="added")
    assert [file.path for file in store.models.files()] == [odd]
    assert store.models.get("/models/caf\ufffd.gguf") is None
    assert store.models.folders() == ["/models\udcff"]


def test_the_newest_fifty_benchmarks_of_a_model_are_kept(store: Store) -> None:
    store.models.add_benchmark("other", "Other", {"prefill": 1.5})
    for number in range(52):
        last = store.models.add_benchmark(HASH, f"run {number}", {"prefill": float(number)})
    found = store.models.benchmarks(HASH)
    assert (len(found), found[0].id, found[0].name, found[0].figures) == (50, last, "run 51", {"prefill": 51.0})
    assert found[-1].name == "run 2"
    assert [each.figures for each in store.models.benchmarks("other")] == [{"prefill": 1.5}]


def test_an_endpoint_keeps_its_place_when_it_is_changed_or_removed_and_restored(store: Store) -> None:
    endpoints = store.endpoints
    for name in ("b", "a", "c"):
        endpoints.put(name, {"url": f"https://{name}"})
    endpoints.remove("b")
    assert [each.id for each in endpoints.all()] == ["a", "c"]
    assert [each.id for each in endpoints.all(removed=True)] == ["b"]
    endpoints.restore("b")
    endpoints.put("a", {"url": "https://elsewhere"})
    assert [(each.id, each.data["url"]) for each in endpoints.all()] == [
        ("b", "https://b"), ("a", "https://elsewhere"), ("c", "https://c"),
    ]  # fmt: skip


def test_an_endpoint_is_gone_for_good_only_when_the_bin_is_emptied(store: Store) -> None:
    for name in ("a", "b"):
        store.endpoints.put(name, {})
    store.endpoints.remove("a")
    assert store.endpoints.empty_bin() == ["a"]
    store.endpoints.restore("a")
    assert [each.id for each in store.endpoints.all()] == ["b"]
