"""`bench long`: what is found in documents longer than the context, against reading only their beginning.

Contracts of forty pages are drawn (seeded): running text with names, dates and amounts that mean nothing, and ten
facts on pages of their own, each said as a schema's field would not spell it. Told are the share of fields whose place
is among the excerpts that are read (many contracts, without a model), the share that the model then gets right (a
few), and the share of the rows of a price table that it gathers; beside each, what comes of the same request over the
beginning of the document, cut where the context ends.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _report import close, print_table, ratio, say, say_load, tell

from engine.chat.model import default_cache
from engine.documents import Document, Page
from engine.errors import EngineError
from engine.extraction import ExtractionPlan
from engine.extraction.excerpts import Source
from engine.extraction.long import Answered, Arrangement, Arranger
from engine.extraction.long.measuring import measure_with
from engine.model.client import ModelClient
from engine.model.protocol import Failed, Finished, LoadOptions, Started, ValueClosed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.extraction.excerpts import Part
    from engine.model.protocol import ModelInfo

_PAGES = 40
_SEARCHED, _ANSWERED = 40, 3
_ROWS = 40
_CONTEXT = 2048
_NAMES = ("Nordlicht", "Applegate", "Brixton", "Castello", "Dufour", "Everest", "Falkenberg", "Grimaldi")
_FORMS = ("GmbH", "Ltd", "S.p.A.", "Inc.")
_TOWNS = ("Lisbon", "Hamburg", "Turin", "Aarhus", "Ghent", "Porto", "Leeds", "Graz")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_NOUNS = ("party", "report", "schedule", "office", "review", "order", "notice", "site", "record", "meeting", "service")
_VERBS = ("examined", "delivered", "confirmed", "returned", "signed", "kept", "renewed", "measured")


@dataclass(frozen=True)
class _Fact:
    """A field, what the schema says of it, and the sentence in which a document has it."""

    name: str
    schema: dict[str, Any]
    sentence: str
    kind: str


_TEXT, _NUMBER, _DATE = {"type": "string"}, {"type": "number"}, {"type": "string", "format": "date"}
_FACTS = (
    _Fact("contract_number", _TEXT, "This contract is filed under the number {}.", "code"),
    _Fact("supplier", _TEXT, "The goods are supplied by {}, hereinafter the supplier.", "firm"),
    _Fact("customer", _TEXT, "The customer is {}.", "firm"),
    _Fact("monthly_fee", _NUMBER, "For all of this a fee of {} EUR is due each month.", "amount"),
    _Fact("security_deposit", _NUMBER, "As security, a deposit of {} EUR is paid in advance.", "amount"),
    _Fact("start_date", _DATE | {"description": "When the contract begins."}, "It begins on {}.", "date"),
    _Fact("end_date", _DATE | {"description": "When the contract ends."}, "The contract ends on {}.", "date"),
    _Fact("place_of_delivery", _TEXT, "Deliveries go to the warehouse at {}.", "town"),
    _Fact("contact_email", _TEXT | {"format": "email"}, "Whoever has questions writes to {} first.", "mail"),
    _Fact("governing_law", _TEXT | {"description": "Whose law applies."}, "The law of {} applies.", "town"),
)
_CONTRACT = {
    "type": "object",
    "properties": {fact.name: fact.schema for fact in _FACTS},
    "required": [fact.name for fact in _FACTS],
    "additionalProperties": False,
}
_ITEM = {
    "type": "object",
    "properties": {"article": _TEXT | {"description": "The article's number."}, "price": _NUMBER},
    "required": ["article", "price"],
    "additionalProperties": False,
}
_PRICES = {
    "type": "object",
    "properties": {"vendor": _TEXT, "parts": {"type": "array", "items": _ITEM}},
    "required": ["vendor", "parts"],
    "additionalProperties": False,
}


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench long", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--context", type=int, default=_CONTEXT, help=f"tokens (default: {_CONTEXT})")
    parser.add_argument("--answered", type=int, default=_ANSWERED, help="contracts that the model answers")
    asked = parser.parse_args(argv)
    say_load()
    options = LoadOptions(context=asked.context)
    with ModelClient(asked.model, options=options, cache_dir=default_cache()) as client:
        return _measure(client, client.wait_until_ready(), asked.answered)


def _measure(client: ModelClient, model: ModelInfo, answered: int) -> int:
    drawn = random.Random(11)
    contracts = [_contract(drawn) for _ in range(max(_SEARCHED, answered))]
    plan = ExtractionPlan((Path(),), json.dumps(_CONTRACT))
    arranger = Arranger(plan, model, measure_with(client))
    start = time.perf_counter()
    arranged = [arranger.arrange(Source(document)) for document, _ in contracts]
    arranging = 1000 * (time.perf_counter() - start) / len(contracts)
    beginnings = [Arrangement(each.source, plan.whole(each.source, model)) for each in arranged]
    figures: dict[str, float | None] = {"arranging_ms": arranging}
    figures["chosen_share"] = _chosen([each.parts[0] for each in arranged], contracts, None)
    room = sum(len(each.parts[0].excerpts.text) for each in arranged) // len(arranged)
    figures["chosen_share_beginning"] = _chosen([each.parts[0] for each in beginnings], contracts, room)
    say(f"{len(contracts)} contracts of {len(contracts[0][0].text):,} characters, of which about {room:,} are read.")
    for name, way in (("", arranged), ("_beginning", beginnings)):
        tell(f"asking {answered} contracts{name.replace('_', ', ')}")
        made = _answer(client, plan, model, way[:answered])
        right = [
            _is_right(record.get(key), value)
            for record, (_, truth) in zip(made, contracts, strict=False)
            for key, value in truth.items()
        ]
        figures[f"fields_right{name}"] = sum(right) / len(right)
    table, rows = _price_table(drawn)
    plan = ExtractionPlan((Path(),), json.dumps(_PRICES))
    arranger = Arranger(plan, model, measure_with(client))
    source = Source(table)
    ways = (("", arranger.arrange(source)), ("_beginning", Arrangement(source, plan.whole(source, model))))
    for name, arrangement in ways:
        tell(f"gathering {len(rows)} rows{name.replace('_', ', ')} ({len(arrangement.parts)} requests)")
        start = time.perf_counter()
        (record,) = _answer(client, plan, model, [arrangement])
        found = {json.dumps(each, sort_keys=True) for each in record.get("parts", ())}
        wanted = {json.dumps(each, sort_keys=True) for each in rows}
        figures[f"rows_right{name}"] = len(found & wanted) / len(wanted)
        figures[f"rows_precision{name}"] = len(found & wanted) / max(len(found), 1)
        figures[f"rows_s{name}"] = time.perf_counter() - start
    keys = ("chosen_share", "fields_right", "rows_right", "rows_precision", "rows_s")
    print_table(
        f"Long documents, a context of {model.context:,} tokens",
        ("", "searched", "beginning", "ratio"),
        [(key, figures[key], figures.get(f"{key}_beginning"), _ratio(figures, key)) for key in keys if key in figures],
    )
    return close(figures)


def _ratio(figures: dict[str, float | None], key: str) -> float | None:
    return ratio(figures[key], figures.get(f"{key}_beginning"))


def _contract(drawn: random.Random) -> tuple[Document, dict[str, Any]]:
    """Draw a contract, and what stands in it."""
    facts = {fact.name: _value(fact.kind, drawn) for fact in _FACTS}
    places = dict(zip(drawn.sample(range(_PAGES), len(_FACTS)), _FACTS, strict=True))
    pages = []
    for number in range(_PAGES):
        paragraphs = [" ".join(_sentence(drawn) for _ in range(drawn.randint(2, 4))) for _ in range(5)]
        if number in places:
            fact = places[number]
            paragraphs.insert(drawn.randint(0, 5), fact.sentence.format(facts[fact.name][0]))
        pages.append(Page(number + 1, f"{number + 1}. General provisions\n\n" + "\n\n".join(paragraphs)))
    return Document(Path("contract.txt"), "0" * 64, "txt", tuple(pages)), {key: facts[key][1] for key in facts}


def _value(kind: str, drawn: random.Random) -> tuple[str, Any]:
    """Draw a value: as a document spells it, and as a record has it."""
    number = drawn.randint(2, 28)
    if kind == "amount":
        amount = drawn.randint(1_000, 90_000) + 0.25 * drawn.randint(0, 3)
        return f"{amount:,.2f}", amount
    if kind == "date":
        month, year = drawn.randint(1, len(_MONTHS)), drawn.randint(2021, 2029)
        return f"{number} {_MONTHS[month - 1]} {year}", f"{year}-{month:02d}-{number:02d}"
    name, town = drawn.choice(_NAMES), drawn.choice(_TOWNS)
    text = {
        "code": f"{name[:2].upper()}-{drawn.randint(10_000, 99_999)}",
        "firm": f"{name} {town} {drawn.choice(_FORMS[:2])}",
        "town": town,
        "mail": f"{town.lower()}@{name.lower()}.example",
    }[kind]
    return text, text


def _sentence(drawn: random.Random) -> str:
    one, two, three = drawn.sample(_NOUNS, 3)
    said = f"The {one} of the {two} is {drawn.choice(_VERBS)} by the {three}"
    more = (
        "",
        "",
        f" on {_value('date', drawn)[0]}",
        f" in {drawn.choice(_TOWNS)}",
        f" within {drawn.randint(2, 30)} days",
    )
    return f"{said}{drawn.choice(more)}."


def _price_table(drawn: random.Random) -> tuple[Document, list[dict[str, Any]]]:
    """Draw a table over several pages, and its rows."""
    rows = [
        {"article": f"A-{drawn.randint(1_000, 9_999)}", "price": drawn.randint(100, 9_000) / 4} for _ in range(_ROWS)
    ]
    lines = [f"{row['article']}     Bracket {drawn.choice(_TOWNS)}     {row['price']:.2f}" for row in rows]
    half = len(lines) // 2
    first = "Prices of Falkenberg Ltd\n\nArticle     Name     Price\n" + "\n".join(lines[:half])
    second = "\n".join(lines[half:]) + "\n\n" + " ".join(_sentence(drawn) for _ in range(40))
    return Document(Path("prices.txt"), "0" * 64, "txt", (Page(1, first), Page(2, second))), rows


def _chosen(parts: Sequence[Part], contracts: Sequence[tuple[Document, Any]], most: int | None) -> float:
    """Return the share of facts whose sentence is in what is read; of the beginning, in `most` characters of it."""
    found = [
        fact.sentence.split("{}")[0] in part.excerpts.text[:most]
        for part, _ in zip(parts, contracts, strict=True)
        for fact in _FACTS
    ]
    return sum(found) / len(found)


def _answer(
    client: ModelClient, plan: ExtractionPlan, model: ModelInfo, arranged: Sequence[Arrangement]
) -> Iterator[dict[str, Any]]:
    """Return the records that some documents come to; an empty one where there is none."""
    asked = [(arrangement, part) for arrangement in arranged for part in arrangement.parts]
    with ThreadPoolExecutor(model.lanes) as lanes:
        answers = list(lanes.map(lambda each: _ask(client, plan, model, each[1]), asked))
    for arrangement in arranged:
        own = [(part, answer) for (of, part), answer in zip(asked, answers, strict=True) if of is arrangement]
        try:
            yield arrangement.assemble(own).record
        except EngineError as error:
            tell(str(error))
            yield {}


def _ask(client: ModelClient, plan: ExtractionPlan, model: ModelInfo, part: Part) -> Answered | EngineError:
    closed: dict[str, ValueClosed] = {}
    trimmed = 0
    for event in client.stream(plan.request(part, model)):
        if isinstance(event, Started):
            trimmed = event.trimmed_characters
        elif isinstance(event, ValueClosed):
            closed[event.pointer] = event
        elif isinstance(event, Finished):
            return Answered(json.loads(event.text), closed, trimmed)
        elif isinstance(event, Failed):
            return event.error.error()
    raise AssertionError("a request ends with an answer or an error")


def _is_right(value: Any, truth: Any) -> bool:
    if isinstance(truth, str) and isinstance(value, str):
        return value.strip(" .").casefold() == truth.strip(" .").casefold()
    return bool(value == truth)
