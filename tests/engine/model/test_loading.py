"""How a model is loaded is what was asked for, and what cannot be loaded is refused in a sentence."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from engine.errors import EngineError, InvalidRequest, ModelFileInvalid
from engine.model.client import ModelClient
from engine.model.protocol import Adapter, Failed, Finished, GenerateRequest, LoadOptions, Rendered
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.model.tiny import write_adapter, write_tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.model.conftest import Ask


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Path:
    return write_tiny(folder / "tiny.gguf")[0]


@pytest.fixture(scope="module")
def client(tiny: Path, cache_dir: Path) -> Iterator[ModelClient]:
    """Return a client that has the tiny model, and gets others to load."""
    with ModelClient(tiny, options=AS_SHIPPED, cache_dir=cache_dir) as made:
        made.wait_until_ready(60)
        yield made


AS_SHIPPED = LoadOptions(layout="as shipped", threads=1)


def refusal(client: ModelClient, path: Path, *, expected_sha256: str | None = None, **options: object) -> EngineError:
    """Return what loading ends with; the model from before has to be there afterwards."""
    before = client.wait_until_ready(60)
    client.load(path, AS_SHIPPED.model_copy(update=options), expected_sha256=expected_sha256)
    assert client.wait_until_ready(60) == before
    assert client.state.error is not None
    assert client.state.candidate is None
    assert client.state.phase == "ready"
    return client.state.error


def answer(client: ModelClient, request: GenerateRequest) -> str:
    """Return the text of an answer, whole or cut off."""
    last = list(client.stream(request.model_copy(update={"reproducible": True, "max_tokens": 16})))[-1]
    assert isinstance(last, Finished | Failed)
    return last.text


def load(client: ModelClient, path: Path, **options: object) -> None:
    client.load(path, AS_SHIPPED.model_copy(update=options))
    client.wait_until_ready(60)
    assert client.state.error is None


def test_a_loaded_model_tells_how_it_was_loaded(client: ModelClient, tiny: Path, ask: Ask) -> None:
    load(client, tiny, context=256, lanes=2, batch=64, cache_type="q8_0")
    model = client.wait_until_ready()
    assert (model.context, model.lanes, model.batch, model.threads) == (256, 2, 64, 1)
    assert (model.cache_type, model.flash_attention) == ("q8_0", True)
    assert (model.device, model.gpu_layers, model.template) == ("CPU", 0, "file")
    assert model.memory_bytes is not None
    assert 20e6 < model.memory_bytes < 500e6
    assert model.sha256 == hashlib.sha256(tiny.read_bytes()).hexdigest()
    assert answer(client, ask())


def test_a_model_that_computes_no_numbers_is_refused(client: ModelClient, folder: Path) -> None:
    broken = write_tiny(folder / "nan.gguf")[0]
    data = bytearray(broken.read_bytes())
    data[-64:] = b"\xff" * 64  # within the weights of the last layer
    broken.write_bytes(data)
    error = refusal(client, broken)
    assert isinstance(error, ModelFileInvalid)
    assert "no numbers" in error.message


def test_a_vocabulary_that_no_answer_can_be_held_with_is_refused(client: ModelClient, folder: Path) -> None:
    unused = write_tiny(folder / "unused.gguf", unused=True)[0]
    error = refusal(client, unused)
    assert isinstance(error, ModelFileInvalid)
    assert "vocabulary cannot be used to hold answers to a schema" in error.message


def test_flash_attention_is_off_on_a_processor_unless_asked_for(client: ModelClient, tiny: Path) -> None:
    load(client, tiny)
    assert not client.wait_until_ready().flash_attention
    load(client, tiny, flash_attention="on")
    assert client.wait_until_ready().flash_attention


def test_a_small_cache_without_what_it_needs_is_refused(client: ModelClient, tiny: Path) -> None:
    error = refusal(client, tiny, cache_type="q4_0", flash_attention="off")
    assert isinstance(error, InvalidRequest)
    assert "needs flash attention" in error.message


def test_a_chosen_template_is_what_the_model_reads(client: ModelClient, tiny: Path, ask: Ask) -> None:
    load(client, tiny, template="{% for m in messages %}[{{ m.content }}{{ eos_token }}]{% endfor %}")
    assert client.wait_until_ready().template == "chosen"
    assert client.identity != client.wait_until_ready().sha256
    rendered: list[object] = []
    events = ask("Hello")
    client.render(events, rendered.append)
    while not rendered:
        assert client.state.phase == "ready"
    assert isinstance(rendered[0], Rendered)
    assert rendered[0].prompt.endswith("[Hello<|end|>]")


def test_a_broken_template_is_refused_with_its_line(client: ModelClient, tiny: Path) -> None:
    error = refusal(client, tiny, template="{# fine #}\n{% for %}")
    assert isinstance(error, InvalidRequest)
    assert error.where == "line 2"


def test_an_adapter_changes_what_is_answered_as_strongly_as_it_is_asked_to(
    client: ModelClient, tiny: Path, folder: Path, ask: Ask
) -> None:
    adapter = write_adapter(folder / "adapter.gguf")
    request = ask()
    texts, identities = [], set()
    for adapters in ((), (Adapter(path=str(adapter), scale=0.0),), (Adapter(path=str(adapter)),)):
        load(client, tiny, adapters=adapters)
        identities.add(client.identity)
        texts.append(answer(client, request.model_copy(update={"id": f"adapted {len(texts)}"})))
    assert texts[0] == texts[1] != texts[2]
    assert len(identities) == 2, "a scale of 0 is no other model"
    (told,) = client.wait_until_ready().adapters
    assert told.sha256 == hashlib.sha256(adapter.read_bytes()).hexdigest()


def test_adapters_of_other_models_are_refused(client: ModelClient, tiny: Path, folder: Path) -> None:
    foreign = write_adapter(folder / "foreign.gguf", architecture="qwen2")
    wide = write_adapter(folder / "wide.gguf", width=128)
    changed = write_adapter(folder / "changed.gguf")
    expected = {
        Adapter(path=str(foreign)): "for qwen2 models, and this model is a llama",
        Adapter(path=str(wide)): "does not belong to this model",
        Adapter(path=str(tiny)): "is no adapter",
        Adapter(path=str(folder / "gone.gguf")): "cannot be opened",
        Adapter(path=str(changed), sha256="0" * 64): "not the one that was pinned",
    }
    for adapter, says in expected.items():
        error = refusal(client, tiny, adapters=(adapter,))
        assert isinstance(error, ModelFileInvalid)
        assert says in error.message
        assert error.where == adapter.path


def test_a_split_model_answers_as_the_whole_one(client: ModelClient, tiny: Path, folder: Path, ask: Ask) -> None:
    parts = write_tiny(folder / "split.gguf", parts=3)
    request = ask()
    load(client, tiny)
    whole = answer(client, request)
    client.load(parts[0], LoadOptions(threads=1))
    model = client.wait_until_ready(60)
    assert (model.path, model.layout) == (str(parts[0]), "as shipped")
    assert model.size_bytes == sum(part.stat().st_size for part in parts)
    digests = "\n".join(hashlib.sha256(part.read_bytes()).hexdigest() for part in parts)
    assert model.sha256 == hashlib.sha256(digests.encode()).hexdigest()
    assert answer(client, request.model_copy(update={"id": "split"})) == whole


def test_any_part_names_its_model_and_a_missing_one_is_named(client: ModelClient, folder: Path) -> None:
    parts = write_tiny(folder / "lost.gguf", parts=3)
    load(client, parts[1])
    assert client.wait_until_ready().path == str(parts[0])
    renamed = folder / "renamed.gguf"
    renamed.write_bytes(parts[0].read_bytes())
    assert "as if it were all of it" in refusal(client, renamed).message
    parts[1].unlink()
    assert "part 2 of 3 is missing" in refusal(client, parts[0]).message


def test_a_file_that_is_not_the_pinned_one_is_refused(client: ModelClient, tiny: Path) -> None:
    real, pinned = hashlib.sha256(tiny.read_bytes()).hexdigest(), "ab" * 32
    error = refusal(client, tiny, expected_sha256=pinned)
    assert isinstance(error, ModelFileInvalid)
    assert real in error.message
    assert pinned in error.message
    client.load(tiny, AS_SHIPPED, expected_sha256=real.upper())
    client.wait_until_ready(60)
    assert client.state.error is None


def test_a_quicker_layout_is_left_alone_where_memory_has_no_room_for_it(cache_dir: Path) -> None:
    options = LoadOptions(context=512, lanes=1)
    with ModelClient(options=options, cache_dir=cache_dir, memory_limit=350_000_000) as client:
        assert client.wait_until_ready(120).layout == "as shipped"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"general.type": "adapter"}, "an adapter of a model"),
        ({"general.architecture": "clip"}, "see pictures"),
        ({"general.architecture": "espalier"}, "llama.cpp cannot load this model"),
        ({}, "llama.cpp cannot load this model"),
    ],
)
def test_a_whole_file_that_is_no_model_is_refused_too(
    client: ModelClient, tmp_path: Path, values: dict[str, str], says: str
) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(gguf(LLAMA | values, TENSORS, data=768 + 4352))
    error = refusal(client, path)
    assert says in error.message
    assert "llama_model_load" not in error.message, "what llama.cpp calls its functions is for its log"
    assert isinstance(error, ModelFileInvalid)
    assert ("llama_model_load" in error.log) == ("llama.cpp" in says)


def test_a_model_whose_reading_cannot_be_taken_back_is_refused(client: ModelClient, tmp_path: Path) -> None:
    values = {"llama.ssm.inner_size": 64, "llama.ssm.state_size": 16, "llama.ssm.conv_kernel": 4}
    tensors = TENSORS | {"blk.0.ssm_conv1d.weight": ((4, 64), 0, 5120)}
    path = tmp_path / "state.gguf"
    path.write_bytes(gguf(LLAMA | values, tensors, data=5120 + 1024))
    assert "cannot be gone back in" in refusal(client, path).message
