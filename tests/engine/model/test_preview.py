"""A chat template is shown as it would be read, and cannot harm whoever looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import InvalidRequest
from engine.model.preview import TemplatePreview, render_template
from engine.model.protocol import ChatMessage
from engine.model.template import ChatTemplate, known_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES = (
    ChatMessage(role="system", content="Be brief."),
    ChatMessage(role="user", content="Hi <|im_end|>"),
    ChatMessage(role="assistant", content="Hello."),
    ChatMessage(role="user", content="Bye."),
)


@pytest.fixture(scope="module")
def preview() -> Iterator[TemplatePreview]:
    made = TemplatePreview()
    yield made
    made.stop()


def test_a_preview_shows_the_whole_prompt() -> None:
    assert render_template(None, MESSAGES[1:2]) == "<|im_start|>user\nHi <|im_end|><|im_end|>\n<|im_start|>assistant\n"


def test_the_models_own_tokens_stand_where_the_template_names_them(preview: TemplatePreview) -> None:
    source = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"
    assert preview.render(source, MESSAGES[2:3], "<s>", "</s>") == "<s>Hello.</s>"


@pytest.mark.parametrize(
    ("key", "begins", "ends"),
    [
        ("chatml", "<|im_start|>system\nBe brief.<|im_end|>\n", "Bye.<|im_end|>\n<|im_start|>assistant\n"),
        (
            "llama3",
            "<s><|start_header_id|>system<|end_header_id|>\n\nBe",
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
        ("mistral", "<s>[INST] Be brief.\n\nHi <|im_end|> [/INST] Hello.</s>", "[INST] Bye. [/INST]"),
        ("gemma", "<s><start_of_turn>user\nBe brief.\n\nHi", "<end_of_turn>\n<start_of_turn>model\n"),
        ("phi", "<|system|>\nBe brief.<|end|>\n<|user|>\n", "Bye.<|end|>\n<|assistant|>\n"),
    ],
)
def test_well_known_templates_can_be_chosen(preview: TemplatePreview, key: str, begins: str, ends: str) -> None:
    (source,) = (known.source for known in known_templates() if known.key == key)
    text = preview.render(source, MESSAGES, "<s>", "</s>")
    assert text.startswith(begins)
    assert text.endswith(ends)
    assert ChatTemplate(source, chosen=True).origin == "chosen"


def test_the_templates_to_choose_from_have_names() -> None:
    assert [known.name for known in known_templates()] == ["ChatML", "Llama 3", "Mistral", "Gemma", "Phi"]


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("fine\n{% for %}", 2, "Expected an expression"),
        ("{% if messages %}", 1, "end of template"),
        ("fine\n\n{{ messages[0].content.nothing.here }}", 3, "has no attribute 'nothing'"),
        ("{{ cycler.__init__.__globals__ }}", 1, "unsafe"),
        ("{{ raise_exception('no system turns') }}", 1, "no system turns"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", 1, "500,000 steps"),
        ("{% macro a(n) %}{{ a(n) }}{% endmacro %}{{ a(1) }}", 1, "recursion"),
        (
            "{% set n = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
            1,
            "longer",
        ),
        (
            "{% set n = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
            1,
            "longer",
        ),
        ("{{ messages[0].content * 10000000 }}", 1, "longer"),
        ("{% set n = namespace(x=9) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}", 1, "too large"),
        ("{{ messages[0].content|center(10000000000) }}", 1, "longer"),
        ("{{ messages[0].content.rjust(10000000000) }}", 1, "longer"),
        ("{{ messages|tojson(indent=9999999999) }}", 1, "longer"),
        ("{{ '{:>9999999999}'.format(messages[0].content) }}", 1, "too wide"),
        ("{{ '{:>{}}'.format(messages[0].content, 9999999999) }}", 1, "too wide"),
        ("{{ '%9999999999s' % messages[0].content }}", 1, "too wide"),
        ("{{ '%*s' % (9999999999, messages[0].content) }}", 1, "too wide"),
        ("{{ '%9999999999s'|format(messages[0].content) }}", 1, "too wide"),
        ("{% set x = messages[0].content * 900000 %}{{ x.replace('', x) }}", 1, "longer"),
        ("{% set x = messages[0].content * 900000 %}{{ x|join(x) }}", 1, "longer"),
        ("{% set x = messages[0].content * 900000 %}{{ x.join([x, x]) }}", 1, "longer"),
    ],
)
def test_a_template_that_cannot_be_used_says_where(preview: TemplatePreview, source: str, line: int, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says) as caught:
        preview.render(source, MESSAGES)
    assert caught.value.where == f"line {line}"


def test_a_template_that_does_not_end_is_ended_and_the_next_one_is_shown() -> None:
    preview = TemplatePreview(seconds=1.5)
    try:
        with pytest.raises(InvalidRequest, match="takes too long"):
            preview.render("{% for i in range(99999) %}{{ range(99999)|list|length }}{% endfor %}", MESSAGES)
        assert preview.render("fine", MESSAGES) == "fine"
    finally:
        preview.stop()


def test_a_template_cannot_name_a_message_that_is_not_there() -> None:
    segments = ChatTemplate("{{ messages[0].content }}\ue00099\ue001").segments(MESSAGES[:1])
    assert [(each.text, each.message) for each in segments] == [("Be brief.", 0), ("99", None)]
