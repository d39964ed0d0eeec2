"""What a hub is asked, what is made of its answers, and what a person may give to name a model."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import socket
import threading
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from engine.errors import DownloadError, DownloadRefused, EngineError, NetworkOff
from engine.hub import Hub, HubFile, folder_of, models_of, name_of, recommended
from engine.hub.addresses import Elsewhere, InRepository, read_address, shown
from engine.hub.bounded import bound
from engine.network import Network
from tests.engine.hub.loopback import LoopbackHub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPOSITORY = "owner/some-model-GGUF"
FILES = {
    "some-model-Q4_K_M.gguf": b"GGUF one",
    "some-model-Q4_K_S.gguf": b"GGUF two",
    "some-model-Q8_0.GGUF": b"GGUF three",
    "Q6/some-model-Q6_K-00001-of-00002.gguf": b"GGUF four",
    "Q6/some-model-Q6_K-00002-of-00002.gguf": b"GGUF five",
    "mmproj-some-model-Q8_0.gguf": b"GGUF six",
    "README.md": b"# Some model",
}
TOKEN = "hf_secret_of_the_test"
PUBLIC = "https://huggingface.co"


class Trickle(httpx2.SyncByteStream):
    """An answer that goes on and on, a byte at a time."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b" "


@pytest.fixture
def served() -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        hub.add(REPOSITORY, FILES, licence="apache-2.0")
        yield hub


@pytest.fixture
def hub(served: LoopbackHub) -> Hub:
    return Hub(Network(), endpoint=served.url, token=lambda: None)


def names(files: list[HubFile]) -> list[str]:
    return [file.name for file in files]


def test_a_repository_lists_its_models_with_sizes_hashes_and_licence(served: LoopbackHub, hub: Hub) -> None:
    files = hub.files(REPOSITORY)
    assert sorted(names(files)) == sorted(name for name in FILES if name != "README.md")
    file = next(file for file in files if "Q4_K_M" in file.name)
    revision = served.repositories[REPOSITORY].revision
    assert (file.repository, file.revision, file.size, file.licence) == (REPOSITORY, revision, 8, "apache-2.0")
    assert file.sha256 == hashlib.sha256(b"GGUF one").hexdigest()
    assert file.url == f"{served.url}/{REPOSITORY}/resolve/{revision}/some-model-Q4_K_M.gguf"
    assert file.url not in repr(file)


@pytest.mark.parametrize(
    ("pattern", "picked"),
    [
        ("*Q4_K_?.gguf", ["some-model-Q4_K_M.gguf", "some-model-Q4_K_S.gguf"]),
        ("SOME-MODEL-q8_0.gguf", ["some-model-Q8_0.GGUF"]),
        ("Q8_0", ["some-model-Q8_0.GGUF"]),
        ("q4_k_m", ["some-model-Q4_K_M.gguf"]),
        ("Q4_K", ["some-model-Q4_K_M.gguf", "some-model-Q4_K_S.gguf"]),
        ("Q6_K", ["Q6/some-model-Q6_K-00001-of-00002.gguf", "Q6/some-model-Q6_K-00002-of-00002.gguf"]),
        ("*00001-of*", ["Q6/some-model-Q6_K-00001-of-00002.gguf", "Q6/some-model-Q6_K-00002-of-00002.gguf"]),
    ],
)
def test_a_pattern_or_a_quantization_picks_whole_models(hub: Hub, pattern: str, picked: list[str]) -> None:
    assert names(hub.files(REPOSITORY, pattern)) == picked
    assert names(hub.resolve(f"{REPOSITORY}:{pattern}")) == picked


def test_an_address_names_exactly_one_file_whatever_its_name(served: LoopbackHub, hub: Hub) -> None:
    served.add("owner/odd", {"model[1].gguf": b"GGUF", "a/x.gguf": b"GGUF", "x.gguf": b"GGUF"})
    for name in ("model[1].gguf", "x.gguf", "a/x.gguf"):
        assert names(hub.resolve(f"{served.url}/owner/odd/blob/main/{name}")) == [name]


def test_parts_are_put_together_and_models_have_folders_and_names_of_their_own(hub: Hub, tmp_path: Path) -> None:
    models = models_of(hub.files(REPOSITORY))
    assert [(name_of(model), len(model)) for model in models] == [
        ("mmproj-some-model-Q8_0", 1),
        ("some-model-Q6_K", 2),
        ("some-model-Q4_K_M", 1),
        ("some-model-Q4_K_S", 1),
        ("some-model-Q8_0", 1),
    ]
    assert folder_of(tmp_path, models[0]) == tmp_path / "owner" / "some-model-GGUF"
    hostile = HubFile("../../etc", "main", "m.gguf", 1, None, PUBLIC)
    with pytest.raises(DownloadRefused):
        folder_of(tmp_path, [hostile])


def test_what_is_not_there_is_told_with_what_is(hub: Hub) -> None:
    with pytest.raises(DownloadRefused, match="matches Q2_K") as told:
        hub.files(REPOSITORY, "Q2_K")
    assert told.value.advice is not None
    assert "some-model-Q4_K_M" in told.value.advice
    with pytest.raises(DownloadRefused, match="nothing of this name"):
        hub.files("owner/none")


def test_a_repository_without_models_is_told(served: LoopbackHub, hub: Hub) -> None:
    served.add("owner/weights", {"model.safetensors": b"x"})
    with pytest.raises(DownloadRefused, match="no GGUF files"):
        hub.files("owner/weights")


def test_a_renamed_repository_is_found(served: LoopbackHub, hub: Hub) -> None:
    served.add("owner/before", {}).renamed = REPOSITORY
    assert names(hub.files("owner/before", "q4_k_m")) == ["some-model-Q4_K_M.gguf"]


def test_a_gated_repository_asks_for_a_token_and_the_token_is_the_persons_own(
    served: LoopbackHub, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another program has left in its token file is not sent."""
    (tmp_path / "token").write_text("hf_of_another_program")
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    served.token = TOKEN
    with pytest.raises(DownloadRefused, match="without a token"):
        hub.files(REPOSITORY)
    assert "authorization" not in served.asked[-1].headers
    assert Hub(Network(), endpoint=served.url, token=lambda: TOKEN).files(REPOSITORY)


def test_nothing_about_the_machine_is_told_to_the_hub(served: LoopbackHub, hub: Hub) -> None:
    hub.files(REPOSITORY)
    assert re.fullmatch(r"espalier/[\w.]+", served.asked[-1].headers["user-agent"])


def test_the_hub_of_the_environment_is_asked(served: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", f"{served.url}/")
    assert Hub(Network(), token=lambda: None).resolve(f"{REPOSITORY}:Q8_0")


def test_nothing_is_asked_while_the_network_is_off(served: LoopbackHub) -> None:
    with pytest.raises(NetworkOff):
        Hub(Network(allowed=False), endpoint=served.url, token=lambda: None).resolve(REPOSITORY)
    assert served.asked == []


def test_a_hub_that_cannot_be_reached_is_told(served: LoopbackHub, hub: Hub) -> None:
    served.answers_empty = True
    with pytest.raises(DownloadError, match="cannot be reached") as told:
        hub.files(REPOSITORY)
    assert told.value.advice is not None
    assert "arrived" not in told.value.advice, "nothing was fetched"


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>Sign in</html>",
        b"[]",
        b"{}",
        b'{"id": "a/b", "sha": 5}',
        b'{"id": "a/b", "sha": "0123456789abcdef", "siblings": [{"size": 3}]}',
        b'{"id": "a/b", "sha": "0123456789abcdef", "siblings": 3}',
        b'{"id": "a/b", "sha": "../../up", "siblings": []}',
        b"[" * 100_000,
        b" " * (33 << 20),
    ],
    ids=lambda answer: answer[:40].decode(),
)
def test_what_is_no_hub_is_told_as_that(served: LoopbackHub, hub: Hub, answer: bytes) -> None:
    served.api = answer
    with pytest.raises(DownloadError, match="no hub"):
        hub.files(REPOSITORY)


def test_an_answer_that_is_packed_unasked_is_not_unpacked(served: LoopbackHub, hub: Hub) -> None:
    served.api, served.api_headers = gzip.compress(b"[]"), {"Content-Encoding": "gzip"}
    with pytest.raises(DownloadError, match="packed"):
        hub.files(REPOSITORY)
    assert served.asked[-1].headers["accept-encoding"] == "identity"


def test_an_answer_that_comes_too_slowly_is_given_up() -> None:
    response = httpx2.Response(200, stream=Trickle(), request=httpx2.Request("GET", PUBLIC))
    bound(response, seconds=0.0)
    with pytest.raises(DownloadError, match="does not answer"):
        response.read()


def test_a_head_that_comes_a_byte_now_and_then_is_given_up() -> None:
    """The hub's list is asked by one after the other: whoever waited for it would keep all others from theirs."""
    given_up = threading.Event()

    def trickle(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1 << 16)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(500):
                try:
                    connection.sendall(b"a")
                except OSError:
                    given_up.set()
                    return
                given_up.wait(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle, args=(listening,))
        thread.start()
        slow = Hub(
            Network(), endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}", token=lambda: None, seconds=0.2
        )
        with pytest.raises(DownloadError, match="does not answer"):
            slow.files(REPOSITORY)
        thread.join()
    assert given_up.is_set()


def test_a_card_that_is_none_has_no_licence(served: LoopbackHub, hub: Hub) -> None:
    siblings = [{"rfilename": "a.gguf", "size": 10}, {"rfilename": "b.gguf", "size": True}]
    served.api = json.dumps({"id": "a/b", "sha": "0123456789abcdef", "siblings": siblings, "cardData": [1]}).encode()
    assert [(file.name, file.licence) for file in hub.files(REPOSITORY)] == [("a.gguf", None)]


def test_odd_entries_of_a_list_are_left_out(served: LoopbackHub, hub: Hub) -> None:
    """A size that is none, a name that cannot be shown, a hash that is none: what remains can be fetched."""

    def entry(name: Any, size: Any, sha256: Any) -> dict[str, Any]:
        return {"rfilename": name, "size": size, "lfs": {"sha256": sha256, "size": 1, "pointerSize": 1}}

    siblings = [
        entry("a.gguf", 10, "A" * 64),
        entry("b.gguf", -1, "a" * 64),
        entry("c.gguf", None, "a" * 64),
        entry("\ud800.gguf", 10, "a" * 64),
        entry(7, 10, "a" * 64),
        {"rfilename": "small.gguf", "size": 12},
    ]
    served.api = json.dumps({"id": "a/b", "sha": "0123456789abcdef", "siblings": siblings}).encode()
    files = hub.files(REPOSITORY)
    assert [(file.name, file.sha256) for file in files] == [("a.gguf", None), ("small.gguf", None)]


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("owner/repo", InRepository("owner/repo", "*.gguf")),
        (" owner/repo:Q4_K_M\n", InRepository("owner/repo", "Q4_K_M")),
        ("hf.co/owner/repo:Q8_0", InRepository("owner/repo", "Q8_0")),
        (f"{PUBLIC}/owner/repo", InRepository("owner/repo", "*.gguf")),
        (f"{PUBLIC}/owner/repo/tree/v1", InRepository("owner/repo", "*.gguf", "v1")),
        (f"{PUBLIC}/owner/repo/tree/main/Q4", InRepository("owner/repo", "Q4/*.gguf", "main")),
        (f"{PUBLIC}/owner/repo/blob/main/x.gguf?not=read", InRepository("owner/repo", "x.gguf", "main")),
        (
            f"{PUBLIC}/owner/repo/resolve/refs%2Fpr%2F1/a/x%20y.gguf?download=true",
            InRepository("owner/repo", "a/x y.gguf", "refs/pr/1"),
        ),
        ("https://mirror.example/hf/owner/repo/blob/main/x.gguf", InRepository("owner/repo", "x.gguf", "main")),
        ("https://example.org/a/x.gguf?k=1#top", Elsewhere("https://example.org/a/x.gguf?k=1", "x.gguf")),
    ],
)
def test_addresses_are_read_as_people_copy_them(address: str, read: InRepository | Elsewhere) -> None:
    assert read_address(address, "https://mirror.example/hf") == read


@pytest.mark.parametrize(
    "address",
    [
        "",
        "model",
        "a/b/c",
        "../up",
        "owner/repo:",
        f"{PUBLIC}/datasets/owner/repo",
        f"{PUBLIC}/owner",
        f"{PUBLIC}/owner/repo/blob/main/config.json",
        "https://example.org/model.bin",
        "https://example.org",
        "http://example.org/x.gguf",
        "file:///etc/x.gguf",
        "https://user:geheim@example.org/x.gguf",
        "https://[bad/x.gguf",
        "https://example.org:port/x.gguf",
    ],
)
def test_what_names_no_model_is_refused_before_anything_is_asked(address: str) -> None:
    with pytest.raises(EngineError) as told:
        read_address(address, PUBLIC)
    assert told.value.advice is not None
    assert "geheim" not in str(told.value)


def test_an_address_elsewhere_has_a_size_and_no_hash_and_no_token(served: LoopbackHub) -> None:
    url = served.put("/files/other.gguf", b"GGUF other")
    (file,) = Hub(Network(), endpoint=served.url, token=lambda: TOKEN).resolve(url)
    assert (file.repository, file.name, file.size, file.sha256) == ("", "other.gguf", 10, None)
    assert "authorization" not in served.asked[-1].headers
    with pytest.raises(DownloadRefused):
        Hub(Network(), endpoint=served.url, token=lambda: None).resolve(f"{served.store_url}/none.gguf")


def test_addresses_are_shown_without_keys() -> None:
    assert (
        shown("https://me:geheim@host.example:8443/a/x.gguf?sig=geheim#geheim") == "https://host.example:8443/a/x.gguf"
    )


def test_the_recommended_models_are_named_well_and_can_be_asked_for() -> None:
    """From one that fits everywhere to one for a workstation, under licences that allow all use."""
    models = recommended()
    assert 8 <= len(models) <= 10
    assert [model.size_hint for model in models] == sorted(model.size_hint for model in models)
    assert models[0].size_hint < 5e8
    assert models[-1].size_hint > 1e10
    assert len({model.name for model in models}) == len(models)
    for model in models:
        assert model.licence in {"Apache-2.0", "MIT"}
        assert read_address(model.repository, PUBLIC) == InRepository(model.repository, "*.gguf")
        assert model.pattern.lower().endswith(".gguf")
        assert re.fullmatch(r"[\d.]+B", model.parameters)
        assert model.good_at.endswith(".")
        assert "\n" not in model.good_at
