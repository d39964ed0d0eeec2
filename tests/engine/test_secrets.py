"""Keys are kept in the system's keyring or not at all, and are never told."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from keyring.backends import null

from engine import secrets
from engine.errors import InvalidRequest, SecretsUnavailable
from engine.secrets import HUB, Secrets, masked
from tests.engine.keyrings import MemoryKeyring, using_keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "hf_Kq7/w+9Zr=="


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.fixture
def keyring() -> Iterator[MemoryKeyring]:
    backend = MemoryKeyring()
    with using_keyring(backend):
        yield backend


def test_a_key_is_there_again_in_the_next_run_and_gone_once_it_is_forgotten(keyring: MemoryKeyring) -> None:
    name = secrets.endpoint("cluster")
    Secrets().put(name, f"  {KEY}\n")
    assert Secrets().available
    assert Secrets().get(name) == KEY
    assert Secrets("another program").get(name) is None
    Secrets().forget(name)
    Secrets().forget(name)
    assert Secrets().get(name) is None
    assert keyring.kept == {}


def test_the_environment_wins_for_the_hub_alone(keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Secrets()
    kept.put(HUB, "hf_of_the_keyring")
    kept.put("endpoint:1", "of_the_endpoint")
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_environment")
    assert kept.get(HUB) == kept.from_environment(HUB) == "hf_of_the_environment"
    assert kept.get("endpoint:1") == "of_the_endpoint"
    assert kept.from_environment("endpoint:1") is None
    monkeypatch.setenv("HF_TOKEN", "  ")
    assert kept.get(HUB) == "hf_of_the_keyring"


@pytest.mark.parametrize("backend", [None, null.Keyring()], ids=["no keyring", "one that keeps nothing"])
def test_without_a_keyring_a_key_is_held_for_this_run_and_written_nowhere(backend: null.Keyring | None) -> None:
    with using_keyring(backend):
        kept = Secrets()
        assert not kept.available
        assert kept.get(HUB) is None
        with pytest.raises(SecretsUnavailable) as refused:
            kept.put(HUB, KEY)
        assert KEY not in repr(refused.value)
        kept.hold(HUB, KEY)
        assert kept.get(HUB) == KEY
        assert Secrets().get(HUB) is None
        kept.forget(HUB)
        assert kept.get(HUB) is None


def test_a_locked_keyring_is_told_and_its_words_are_not(
    keyring: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    """A back end's message may hold the value, so neither the error nor the log repeats it."""
    keyring.locked = True
    with caplog.at_level(logging.DEBUG):
        for attempt in (lambda: Secrets().get(HUB), lambda: Secrets().put(HUB, KEY), lambda: Secrets().forget(HUB)):
            with pytest.raises(SecretsUnavailable, match="keyring") as told:
                attempt()
            assert told.value.advice == "Unlock it, and try again."
            assert told.value.__suppress_context__
            assert KEY not in json.dumps(told.value.to_json())
    assert "KeyringLocked" in caplog.text
    assert KEY not in caplog.text


def test_a_value_put_in_the_keyring_takes_the_place_of_the_held_one(keyring: MemoryKeyring) -> None:
    kept = Secrets()
    kept.hold(HUB, "held_for_now")
    kept.put(HUB, KEY)
    assert kept.get(HUB) == KEY


@pytest.mark.parametrize("value", ["", "  ", "two words", "café", "with\nbreak", "null\0"])
def test_what_cannot_be_a_key_is_refused_without_being_repeated(keyring: MemoryKeyring, value: str) -> None:
    for keep in (Secrets().put, Secrets().hold):
        with pytest.raises(InvalidRequest) as refused:
            keep(HUB, value)
        assert not value.strip() or value not in str(refused.value)
    assert keyring.kept == {}


def test_known_keys_are_taken_out_of_any_text(keyring: MemoryKeyring) -> None:
    quoted = 'a"quoted\\key'
    keyring.kept["espalier", "endpoint:1"] = quoted
    kept = Secrets()
    kept.hold("endpoint:2", "x")
    kept.put(HUB, KEY)
    kept.get("endpoint:1")
    text = f"Bearer {KEY} ?key={quote(KEY, safe='')} {json.dumps(quoted)} x"
    assert masked(text, kept) == 'Bearer ••• ?key=••• "•••" x'
    assert KEY not in repr(kept)


def test_the_keyring_is_not_looked_for_before_it_is_needed() -> None:
    """It asks the D-Bus, and a program that starts has nothing to ask."""
    code = "import sys; from engine.secrets import Secrets; Secrets(); print('keyring' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
