"""The library's face, used as its docstrings say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from pydantic import BaseModel, Field, field_validator

import engine
from engine import EngineError, MatchesRegex, Sampling, connect, load_model
from engine.chat.model import Model
from engine.errors import InvalidRequest, SchemaInvalid, TokenLimitReached
from engine.model.protocol import Finished, TextDelta
from tests.engine.remote.scripted import Asked, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.model.client import ModelClient


class Person(BaseModel):
    """Who the text speaks of."""

    name: str = Field(max_length=30)
    age: int = Field(ge=0, le=120)
    status: Literal["employed", "student", "retired"]


@pytest.fixture(scope="module")
def model(model_client: ModelClient) -> Iterator[Model]:
    return Model(model_client, model_client.wait_until_ready(60))


def test_everything_the_face_promises_can_be_imported() -> None:
    assert all(getattr(engine, name) is not None for name in engine.__all__)


def test_a_pydantic_class_goes_in_and_an_instance_comes_out(model: Model) -> None:
    person = model.parse("Olga Petrova, 70, is retired and lives in Riga.", Person)
    assert person == Person(name="Olga Petrova", age=70, status="retired")


def test_a_validator_the_schema_cannot_say_is_an_error_not_a_value(model: Model) -> None:
    class Picky(BaseModel):
        word: str = Field(max_length=10)

        @field_validator("word")
        @classmethod
        def refuse(cls, _: str) -> str:
            raise ValueError("never good enough")

    with pytest.raises(InvalidRequest, match="never good enough"):
        model.parse("Say a word.", Picky)


def test_generate_returns_a_value_and_stream_its_events(model: Model) -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    answer = model.generate("Give me the number 5.", response_format=schema)
    assert isinstance(answer.value["n"], int)
    events = list(model.stream("Give me the number 5.", response_format=schema))
    assert isinstance(events[-1], Finished)
    assert any(isinstance(event, TextDelta) for event in events)


def test_an_answer_tells_its_tokens_and_another_begins_with_some_of_them(model: Model) -> None:
    words = MatchesRegex(pattern="(red|green|blue)( (red|green|blue)){2}")
    first = model.generate("Name three colours.", response_format=words, trace=4)
    assert "".join(token.text for token in first.tokens) == first.text
    assert any(len(token.alternatives) >= 4 for token in first.tokens)
    begin = [token.token for token in first.tokens[:2]]
    second = model.generate("Name three colours.", response_format=words, begin=begin)
    assert second.text.startswith("".join(token.text for token in first.tokens[:2]))
    assert second.tokens == ()
    assert model.generate("Name three colours.", response_format=words, begin="blue gr").text.startswith("blue green")
    with pytest.raises(InvalidRequest, match="from character 6 on"):
        model.generate("Name three colours.", response_format=words, begin="blue purple")


def test_plain_text_has_no_value(model: Model) -> None:
    answer = model.generate([{"role": "user", "content": "Say hello."}], max_tokens=200)
    assert answer.value is None
    assert answer.text


def test_a_seed_and_reproducible_give_the_same_text_twice(model: Model) -> None:
    texts = {
        model.generate(
            "Invent a code.",
            response_format=MatchesRegex(pattern="[a-z]{12}"),
            sampling=Sampling(temperature=1.5, seed=3),
            reproducible=True,
        ).text
        for _ in range(2)
    }
    assert len(texts) == 1


def test_failures_are_typed(model: Model) -> None:
    with pytest.raises(TokenLimitReached):
        model.generate("Write a long story about a garden.", max_tokens=3)
    with pytest.raises(SchemaInvalid):
        model.generate("x", response_format={"type": "no such type"})
    with pytest.raises(InvalidRequest):
        model.generate("x", response_format="yaml")


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be opened"):
        load_model(tmp_path / "none.gguf", cache_dir=tmp_path)


def test_a_form_that_the_messages_tell_is_not_told_again(model: Model) -> None:
    told = model.generate("Who is Olga, 70, retired?", response_format=Person)
    shown = model.generate('Write {"name": …, "age": …} of Olga, 70.', response_format=Person, describe=False)
    assert [message.role for message in told.receipt.request.messages] == ["system", "user"]
    assert [message.role for message in shown.receipt.request.messages] == ["user"]
    assert Person.model_validate(shown.value)


def test_a_model_elsewhere_is_used_like_one_that_is_loaded() -> None:
    def answers(asked: Asked) -> None:
        asked.stream(['{"name": "Anna", ', '"age": 34, "status": "employed"}'])

    with ScriptedServer([answers]) as server, connect(server.url, model="far-7b", key="sk-1234567890") as model:
        answer = model.generate("Anna is 34.", response_format=Person)
        assert answer.value == {"name": "Anna", "age": 34, "status": "employed"}
        assert (answer.receipt.guarantee, answer.receipt.model.name) == ("checked", "far-7b")
        assert model.parse("Anna is 34.", Person) == Person(name="Anna", age=34, status="employed")
        assert server.asked[-1].headers["Authorization"] == "Bearer sk-1234567890"


@pytest.mark.parametrize("url", ["", "not an address", "ftp://a"])
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest, match="not the address"):
        connect(url)
