"""What is asked of a document, and what its answers come to: nothing is lost on the way, and every place is right."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.grounding import Grounds, QuotableText
from engine.errors import Cancelled, DocumentLate, TokenLimitReached
from engine.extraction import ExtractionPlan
from engine.extraction.excerpts import Source
from engine.extraction.job.reading import Answer, Outcome, Question, read
from engine.extraction.long import Answered, Arrangement, Arranger, PartedArrangement
from engine.extraction.long.measuring import measure_with
from engine.model.protocol import Failed, Finished, GenerateRequest, Measured, ModelInfo, ValueClosed
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer
from tests.engine.extraction.long.made import contract, count_tokens, make_document, price_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from engine.documents import Document
    from engine.extraction.excerpts import Part
    from engine.model.client import ModelClient

FACTS = {
    1: "This agreement is made between the supplier Nordlicht GmbH and the customer Applegate Ltd.",
    17: "The monthly fee that the customer pays is 4,250.00 EUR.",
    39: "The agreement ends on 31 March 2027.",
}
CONTRACT = {
    "type": "object",
    "properties": {
        "supplier": {"type": "string"},
        "monthly_fee": {"type": "number"},
        "end_date": {"type": "string", "format": "date"},
    },
    "required": ["supplier", "monthly_fee", "end_date"],
    "additionalProperties": False,
}
ITEM = {
    "type": "object",
    "properties": {"article": {"type": "string"}, "price": {"type": "number"}},
    "required": ["article", "price"],
    "additionalProperties": False,
}


def prices(**limits: Any) -> dict[str, Any]:
    parts = {"type": "array", "items": ITEM, **limits}
    return {"type": "object", "properties": {"vendor": {"type": "string"}, "parts": parts}, "required": ["vendor"]}


MODEL = ModelInfo(
    name="m", path="m.gguf", size_bytes=1, sha256="0" * 64, parameters=1, quantization="F16", layout="as shipped",
    lossless=True, trained_context=1024, context=1024, lanes=1, threads=1, template="file", vocabulary=1,
)  # fmt: skip


def measure(request: GenerateRequest, texts: Sequence[str]) -> Measured:
    """Count as the host does, with fewer characters a token than the bundled model has."""
    (frame,) = count_tokens(["".join(message.content for message in request.messages)])
    room = MODEL.context - (request.max_tokens or 0) - frame
    return Measured(id=request.id, room=room, tokens=tuple(count_tokens(texts)))


def arrange(schema: Any, document: Document, *, grounding: bool = True) -> Arrangement:
    plan = ExtractionPlan((Path(),), json.dumps(schema), grounding=grounding)
    return Arranger(plan, MODEL, measure).arrange(Source(document))


def answer(part: Part, value: Any) -> Answered:
    """Answer a part with quotes of its excerpts, with the places that the mask would tell of them."""
    if part.decode is None:
        return Answered(value)
    content = "x" * part.excerpts.begins + part.excerpts.text
    lists = {
        name: [place for each in readings for place in part.excerpts.in_message(each.start, each.end)]
        for name, readings in part.decode.readings(part.excerpts).items()
    }
    grounds = Grounds(read_schema(part.decode.text), QuotableText(content, part.excerpts.pieces), lists)
    closed: dict[str, ValueClosed] = {}

    def tell(value: Any, path: tuple[str | int, ...]) -> None:
        below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for step, each in below:
            tell(each, (*path, step))
        spans = grounds.spans(path, value) or () if isinstance(value, str) else ()
        closed[to_pointer(path)] = ValueClosed(
            id="1", pointer=to_pointer(path), value=value, start=0, end=0,
            mean_probability=0.5, min_probability=0.5, removed_mass=0.1, spans=spans,
        )  # fmt: skip

    tell(value, ())
    return Answered(value, closed)


def rows_of(part: Part) -> list[dict[str, str]]:
    """Return what a perfect reader finds in a part of a price table."""
    return [
        {"article": article, "price": price}
        for article, price in re.findall(r"^(P-\d{3}) .*?([\d.]+)$", part.excerpts.text, re.MULTILINE)
    ]


def test_a_document_that_fits_is_asked_for_everything_at_once() -> None:
    document = make_document("Nordlicht GmbH", "P-001     Bracket     1.25")
    arrangement = arrange(prices(), document)
    (part,) = arrangement.parts
    assert json.loads(part.schema_text) == prices()
    assert part.excerpts.text == document.text
    made = arrangement.assemble([(part, answer(part, {"vendor": "Nordlicht GmbH", "parts": []}))])
    assert made.record == {"vendor": "Nordlicht GmbH", "parts": []}
    assert made.notes == ()


def test_facts_on_pages_far_apart_come_into_one_request() -> None:
    document = make_document(*contract(FACTS))
    arrangement = arrange(CONTRACT, document)
    (part,) = arrangement.parts
    assert all(fact in part.excerpts.text for fact in FACTS.values())
    assert "\n[…]\n" in part.excerpts.text
    value = {"supplier": "Nordlicht GmbH", "monthly_fee": "4,250.00", "end_date": "31 March 2027"}
    made = arrangement.assemble([(part, answer(part, value))])
    assert made.record == {"supplier": "Nordlicht GmbH", "monthly_fee": 4250, "end_date": "2027-03-31"}
    assert made.error is None
    for pointer, page in (("/supplier", 1), ("/monthly_fee", 17), ("/end_date", 39)):
        start, end = made.cells[pointer].spans[0]
        assert document.text[start:end] == made.cells[pointer].quote == value[pointer[1:]]
        assert document.page_at(start) == page
    assert "where a search found them likeliest" in made.notes[0]
    assert re.match(
        r"Pages .* and 40 were searched and not read by the model, and pages 1.* 17 and 39 were ", made.notes[1]
    )


def test_every_row_of_a_long_table_is_asked_for_once_and_its_places_are_those_of_the_document() -> None:
    document = make_document(price_table(120))
    arrangement = arrange(prices(), document)
    assert isinstance(arrangement, PartedArrangement)
    record, *groups = arrangement.parts
    assert record is arrangement.record
    assert "parts" not in json.loads(record.schema_text)["properties"]
    assert len(groups) > 3
    answers = [(record, answer(record, {"vendor": "Nordlicht GmbH"}))]
    answers += [(part, answer(part, {"parts": rows_of(part)})) for part in groups]
    made = arrangement.assemble(answers)
    wanted = [{"article": f"P-{number:03d}", "price": number + 0.25} for number in range(1, 121)]
    assert made.record == {"vendor": "Nordlicht GmbH", "parts": wanted}
    for number in range(120):
        for key in ("article", "price"):
            cell = made.cells[f"/parts/{number}/{key}"]
            start, end = cell.spans[0]
            assert document.text[start:end] == cell.quote
            line = document.text.rfind("\n", 0, start) + 1
            assert document.text.startswith(f"P-{number + 1:03d}", line)


def test_a_table_that_would_not_fit_into_one_answer_is_asked_in_parts() -> None:
    document = make_document(price_table(18))
    whole = measure(
        ExtractionPlan((Path(),), json.dumps(prices())).request(arrange(prices(), make_document("x")).parts[0], MODEL),
        [document.text],
    )
    assert whole.tokens[0] < whole.room
    assert len(arrange(prices(), document).parts) == 1
    plan = ExtractionPlan((Path(),), json.dumps(prices()), max_tokens=200)
    assert len(Arranger(plan, MODEL, measure).arrange(Source(document)).parts) > 2


def test_a_root_that_is_a_list_is_gathered_without_a_record() -> None:
    document = make_document(*[price_table(25)] * 4)
    arrangement = arrange({"type": "array", "items": ITEM}, document)
    assert arrangement.record is None
    made = arrangement.assemble([(part, answer(part, rows_of(part))) for part in arrangement.parts])
    assert [each["article"] for each in made.record] == [f"P-{number:03d}" for number in range(1, 26)] * 4
    assert made.cells["/99/price"].value == 25.25
    assert document.page_at(made.cells["/99/price"].spans[0][0]) == 4
    assert "were gathered from pages 1 to 4" in made.notes[0]


def gather(found: list[list[dict[str, Any]]], **limits: Any) -> Any:
    """Return what answers without grounding come to, one for each part that is asked for items."""
    arrangement = arrange(prices(**limits), make_document(price_table(200)), grounding=False)
    record, *groups = arrangement.parts
    answers = [(record, Answered({"vendor": "Nordlicht"}))]
    answers += [
        (part, Answered({"parts": found[number] if number < len(found) else []})) for number, part in enumerate(groups)
    ]
    return arrangement.assemble(answers)


A, B, C = ({"article": name, "price": 1.5} for name in "ABC")


def test_items_that_were_found_twice_are_kept_once_in_their_order() -> None:
    made = gather([[A, B], [B, C], [A]])
    assert made.record["parts"] == [A, B, C]
    assert made.notes[-1] == "2 items of parts were found again and kept once."


def test_no_more_items_are_kept_than_the_schema_allows_and_that_is_said() -> None:
    made = gather([[A, B], [C]], maxItems=2, uniqueItems=True)
    assert made.record["parts"] == [A, B]
    assert made.error is None
    assert made.notes[-1] == "The schema allows 2 items of parts, so 1 more was left out."


def test_a_list_that_is_called_items_is_not_named_twice() -> None:
    parts = {"type": "array", "items": ITEM, "maxItems": 1}
    schema = {"type": "object", "properties": {"items": parts}}
    arrangement = arrange(schema, make_document(price_table(200)), grounding=False)
    found = [[A, B], [A], [B, C]]
    answers = [
        (part, Answered({"items": found[number] if number < len(found) else []}))
        for number, part in enumerate(arrangement.parts)
    ]
    assert arrangement.assemble(answers).notes[-2:] == (
        "2 items were found again and kept once.",
        "The schema allows 1 item, so 2 more were left out.",
    )


def test_items_that_say_nothing_are_none() -> None:
    assert gather([[{"article": None, "price": None}, A]]).record["parts"] == [A]


def test_a_list_of_which_nothing_was_found_is_empty_or_missing() -> None:
    assert gather([]).record["parts"] == []
    made = gather([], minItems=1)
    assert "parts" not in made.record
    assert made.error is None


def test_two_equal_rows_of_a_table_are_two_items_and_a_header_is_none() -> None:
    lines = "\n".join(["Screw     0.50"] * 2 + [f"Bolt {number}     {number}.00" for number in range(10, 90)])
    document = make_document("Article     Price\n" + lines + "\n\n" + "Screw     0.50\n" * 3)
    arrangement = arrange({"type": "array", "items": ITEM}, document)
    first, *others = arrangement.parts
    header = {"article": "Article", "price": None}
    answers = [(part, answer(part, [header])) for part in others[:-1]]
    last = others[-1]
    assert "Screw" in last.excerpts.text
    made = arrangement.assemble(
        [
            (first, answer(first, [header, {"article": "Screw", "price": "0.50"}])),
            *answers,
            (last, answer(last, [{"article": "Screw", "price": "0.50"}])),
        ]
    )
    assert made.record == [{"article": "Screw", "price": 0.5}] * 2


def test_what_goes_over_a_gap_cannot_be_quoted() -> None:
    (part,) = arrange(CONTRACT, make_document(*contract(FACTS))).parts
    content = "x" * part.excerpts.begins + part.excerpts.text
    text = QuotableText(content, part.excerpts.pieces)
    for (_, end), (start, _) in zip(part.excerpts.pieces, part.excerpts.pieces[1:], strict=False):
        before, after = content[:end].split()[-1], content[start:].split()[0]
        assert text.find(before)
        assert not text.find(f"{before} […] {after}")
        assert not text.find(f"{before} {after}")
    assert not text.find("[…]")


def test_an_excerpt_that_could_not_be_read_makes_the_record_incomplete_and_is_named() -> None:
    document = make_document(*[price_table(20).replace("P-", f"{page}-") for page in range(1, 9)])
    arrangement = arrange(prices(), document, grounding=False)
    record, *groups = arrangement.parts
    failed = TokenLimitReached("The token limit was reached.")
    answers = [(part, Answered({"parts": [A]})) for part in groups[:-1]]
    made = arrangement.assemble([(record, Answered({"vendor": "Nordlicht"})), *answers, (groups[-1], failed)])
    assert made.record["parts"] == [A]
    assert made.error is not None
    assert re.match(r"Items on pages? [\d to]*8 were not gathered: The token limit was reached\.", made.error.message)
    with pytest.raises(TokenLimitReached):
        arrangement.assemble([(record, failed)])


def test_what_did_not_fit_after_all_is_said() -> None:
    document = make_document("Nordlicht GmbH", "P-001     Bracket     1.25")
    arrangement = arrange(prices(), document)
    made = arrangement.assemble([(arrangement.parts[0], Answered({"vendor": None, "parts": []}, trimmed=26))])
    assert made.notes == ("Page 2 was not read by the model (26 of 42 characters are unread).",)


def converse(
    arrangement: Arrangement, schema: Any, replies: dict[str, Any], circled: Collection[str] = ()
) -> tuple[list[Question], Outcome]:
    """Play a model without grounding: each question is answered by what its schema asks for, or by an error.

    First answers to what is in `circled` go in circles.
    """
    plan = ExtractionPlan((Path(),), json.dumps(schema), grounding=False)
    reading = read(plan, arrangement, Arranger(plan, MODEL, measure), MODEL)
    questions = [next(reading)]
    while True:
        asked = questions[-1]
        key = next(iter(json.loads(asked.part.schema_text)["properties"]))
        reply = replies[key](asked) if callable(replies[key]) else replies[key]
        error = reply if isinstance(reply, Exception) else None
        try:
            text = json.dumps(None if error else reply)
            circles = key in circled and asked.watched
            questions.append(reading.send(Answer(asked, text, circled=circles, error=error)))
        except StopIteration as over:
            return questions, over.value


def test_when_the_time_is_over_what_was_gathered_is_kept_and_the_rest_is_named() -> None:
    document = make_document(*[price_table(20)] * 8)
    schema = prices()
    arrangement = arrange(schema, document, grounding=False)
    late = DocumentLate("The document was not answered within 9 seconds.")
    given = iter([{"parts": [A]}, late])
    replies = {"vendor": {"vendor": "Nordlicht"}, "parts": lambda _: next(given)}
    questions, outcome = converse(arrangement, schema, replies)
    assert len(questions) == 3
    assert outcome.record == {"vendor": "Nordlicht", "parts": [A]}
    assert outcome.error is not None
    assert outcome.error.kind == "RecordIncomplete"
    assert "8 were not gathered: The document was not answered within 9 seconds." in outcome.error.message


def test_an_answer_too_long_for_its_limit_is_asked_for_in_halves() -> None:
    document = make_document(price_table(100))
    schema = prices()
    arrangement = arrange(schema, document, grounding=False)
    over = TokenLimitReached("The token limit was reached.")

    def reply(asked: Question) -> Any:
        rows = rows_of(asked.part)
        return over if len(rows) > 3 else {"parts": rows}

    before = len(arrangement.parts)
    questions, outcome = converse(arrangement, schema, {"vendor": {"vendor": "Nordlicht"}, "parts": reply})
    assert len(questions) > before
    assert [each["article"] for each in outcome.record["parts"]] == [f"P-{number:03d}" for number in range(1, 101)]


def test_what_is_to_be_said_of_several_parts_of_the_items_is_said_once() -> None:
    document = make_document(*[price_table(20)] * 4)
    schema = prices()
    arrangement = arrange(schema, document, grounding=False)
    replies = {"vendor": {"vendor": "Nordlicht"}, "parts": {"parts": []}}
    _, outcome = converse(arrangement, schema, replies, circled={"parts"})
    said = [note for note in outcome.notes if "repetition penalty" in note]
    assert len(said) == 1
    assert said[0].startswith("Items on pages 1 to 4: The first answer repeated itself")


def test_a_list_that_runs_over_its_answer_is_gathered_in_parts_instead() -> None:
    document = make_document(
        "\n\n".join(f"We also sell the part P-{number:03d} for {number}.25" for number in range(9))
    )
    schema = prices()
    arrangement = arrange(schema, document, grounding=False)
    assert len(arrangement.parts) == 1
    over = TokenLimitReached("The token limit was reached.")
    whole = iter([over, {"vendor": "Nordlicht"}])
    replies = {"vendor": lambda _: next(whole), "parts": {"parts": [A]}}
    questions, outcome = converse(arrangement, schema, replies)
    assert len(questions) > 2
    assert outcome.record == {"vendor": "Nordlicht", "parts": [A]}


@pytest.mark.parametrize(("quote", "stands"), [("Applegate Ltd.", True), ("Applegate Ltd. The monthly fee", False)])
def test_the_model_itself_cannot_quote_over_a_gap(
    model_client: ModelClient, tmp_path: Path, quote: str, stands: bool
) -> None:
    document = make_document(f"{FACTS[1]}\n\n" + "word " * 9_000 + f"\n\n{FACTS[17]}")
    plan = ExtractionPlan((tmp_path,), json.dumps(CONTRACT), max_tokens=60)
    model = model_client.wait_until_ready()
    arrangement = Arranger(plan, model, measure_with(model_client)).arrange(Source(document))
    excerpts = arrangement.parts[0].excerpts
    first = document.text.index("word")
    fee = document.text.index(FACTS[17])
    part = type(arrangement.parts[0])(
        arrangement.parts[0].schema_text,
        arrangement.parts[0].decode,
        type(excerpts).of(excerpts.source, [("", (0, first)), ("\n[…]\n", (fee, len(document.text)))], excerpts.begins),
    )
    request = plan.request(part, model).model_copy(update={"begin": json.dumps({"supplier": quote})[:-1]})
    *_, end = model_client.stream(request)
    if stands:
        assert isinstance(end, Finished)
        assert json.loads(end.text)["supplier"] == quote
    else:
        assert isinstance(end, Failed)
        assert "does not stand in the document" in str(end.error.error())


def test_the_host_counts_as_it_reads(model_client: ModelClient, tmp_path: Path) -> None:
    plan = ExtractionPlan((tmp_path,), json.dumps(CONTRACT), max_tokens=40)
    model = model_client.wait_until_ready()
    count = measure_with(model_client)
    text = "word " * 30_000
    whole = plan.whole(Source(make_document(text)), model)
    room = count(plan.request(whole, model), ()).room
    fitting = text[: 5 * room]
    measured = count(plan.request(whole, model), [fitting, "word", ""])
    assert measured.tokens[1:] == (1, 0)
    assert abs(measured.tokens[0] - room) <= 1
    arranger = Arranger(plan, model, count)
    assert (
        arranger.arrange(Source(make_document(text[: 5 * (room - 1)]))).parts[0].excerpts.text == text[: 5 * (room - 1)]
    )
    (part,) = arranger.arrange(Source(make_document(text))).parts
    assert len(part.excerpts.text) < len(text)
    assert count(plan.request(part, model), [part.excerpts.text]).tokens[0] <= room


def test_nobody_waits_for_a_host_when_the_run_is_over(model_client: ModelClient, tmp_path: Path) -> None:
    plan = ExtractionPlan((tmp_path,), json.dumps(CONTRACT))
    model = model_client.wait_until_ready()
    arranger = Arranger(plan, model, measure_with(model_client, lambda: True))
    with pytest.raises(Cancelled):
        arranger.arrange(Source(make_document("One line.")))
