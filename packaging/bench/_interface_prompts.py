"""Fifty sentences through the bundled model with the core profile: what comes of them, and how soon.

Part of `bench interface`; alone: `python packaging/bench/_interface_prompts.py [--first N] [--show]`.

* valid: the text satisfies the schema of its request, told by an independent validator.
* both: of those sentences that ask for inputs or actions, how many led to at least one of each.
* follows: the share of the words a sentence is about that stand in its tree (the shown example's own words do not count
  for another sentence, so an answer that copies its example has a share near 0).
* alike: the share of answers that say the same as another, all words of the tree taken together.
* to the first part: from the request to the moment when the type of the first part below the root is known.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from _report import close, median, print_table, say, say_load, tell

from engine.constraint.spec import MatchesSchema
from engine.interface.asking import Means, for_sentence
from engine.interface.catalogue import bundled
from engine.interface.growth import GrowingTree, NodeOpened
from engine.interface.places import nodes_below
from engine.interface.precedents import words_of
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, Sampling, TextDelta

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.interface.asking import Brief
    from engine.model.client import ModelClient
    from engine.model.protocol import RequestEvent

INPUTS = frozenset({"field", "choice", "toggle", "slider"})
ASKING = """
A form to fill in for a lost parcel: tracking number, address and what was inside
Let people choose a date and a doctor for a vaccination
A registration form for a chess tournament with name, club and rating
Settings for a smart thermostat: target temperature, holiday mode, quiet hours
A survey about the food in the canteen with a comment at the end
Sign in to the library with card number and PIN
A form to order business cards: paper, quantity, delivery date
Ask a new patient for allergies, medicine and an emergency contact
A page to donate: amount, message, and whether to stay anonymous
Choose seats for a theatre evening: row, number of tickets, wheelchair place
Log a workout: exercise, sets, weight
A complaint form for a noisy neighbour
Settings of a camera: resolution, flash, save location
A questionnaire about sleep: hours, coffee, screen time
Rent a bike: which bike, from when, for how many days
A form to enter a new recipe with ingredients and steps
Vote for the colour of the new school uniform
Create an invoice: customer, service, hours, rate
A feedback form after a yoga class
Register a dog: name, breed, chip number, date of birth
An insurance claim after water damage
Plan a garden: bed size, plants to choose, sunny or shady
Preferences for a playlist: mood, tempo, explicit songs allowed
A checkout with card number, expiry and delivery method
A request for vacation with first and last day and who covers
Invite guests to a wedding: name, plus one, menu, song wish
A form to book a table: persons, time, window seat
Change the password: old one, new one, once more
A page for teachers to grade an essay: points, remark, passed
Search for a used car: make, price, mileage, fuel
Report a broken street lamp: street, number, photo allowed
A quick poll: which day suits you for the meeting
A calculator for a loan: amount, years, interest
Subscribe to a magazine: print or digital, start month, address
Track water: glasses today and a button to add one
""".strip().splitlines()
SHOWING = """
A dashboard for a bakery with sales per hour and best selling bread
The electricity use of a house this week as a chart
A table of planets with diameter and moons
The league table of a football season with points
Server health: load, memory, errors and the last incidents
Opening hours and address of a museum
A summary of a bank account with the last payments
The timetable of a train station
Marathon results with times and places
A packing list for a week in the mountains
Air quality in three cities compared
The menu of an Italian restaurant with prices
Stock of a warehouse with what is running low
The family budget of this month by category
A report on website visitors by country
""".strip().splitlines()
PROMPTS = [(sentence, True) for sentence in ASKING] + [(sentence, False) for sentence in SHOWING]


@dataclass(frozen=True)
class Reply:
    """What came of one sentence. Times in seconds, from the request; `fault` says why there is no answer."""

    sentence: str
    asks: bool
    text: str
    fault: str | None
    valid: bool
    inputs: int
    actions: int
    share: float
    tokens: int
    prompt_tokens: int
    closed: bool
    first_part_s: float | None
    total_s: float
    words: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def both(self) -> bool:
        """Whether there is something to fill in and something to press."""
        return self.inputs > 0 and self.actions > 0


def chosen(count: int) -> list[tuple[str, bool]]:
    """Return so many of the sentences, spread over all kinds."""
    step = max(1, len(PROMPTS) // max(1, count))
    return PROMPTS[::step][: max(1, count)]


def measure(client: ModelClient, prompts: Sequence[tuple[str, bool]] = PROMPTS, *, show: bool = False) -> list[Reply]:
    """Send each sentence with whether it asks for inputs or actions, one after the other."""
    replies = []
    for number, (sentence, asks) in enumerate(prompts, 1):
        reply = _reply(client, sentence, asks)
        replies.append(reply)
        tell(f"{number:>2} {reply.total_s:5.1f} s {reply.tokens:>4} tokens  {sentence}")
        if show:
            tell(f"   {reply.inputs} inputs {reply.actions} actions {reply.share:.2f} {reply.fault or ''} {reply.text}")
    return replies


def figures(replies: Sequence[Reply]) -> dict[str, Any]:
    """Return the figures of some replies; shares are of 1, times in seconds."""
    asked = [reply for reply in replies if reply.asks]
    firsts = [reply.first_part_s for reply in replies if reply.first_part_s is not None]
    return {
        "valid_share": sum(reply.valid for reply in replies) / len(replies),
        "both_share": sum(reply.both for reply in asked) / len(asked) if asked else None,
        "follows_share": sum(reply.share for reply in replies) / len(replies),
        "alike_share": _alike(replies),
        "closed_by_limit": sum(reply.closed for reply in replies),
        "tokens_p50": median([reply.tokens for reply in replies]),
        "prompt_tokens_p50": median([reply.prompt_tokens for reply in replies]),
        "first_part_s_p50": median(firsts) if firsts else None,
        "first_part_s_max": max(firsts, default=None),
        "done_s_p50": median([reply.total_s for reply in replies]),
        "done_s_max": max(reply.total_s for reply in replies),
    }


def _reply(client: ModelClient, sentence: str, asks: bool) -> Reply:
    brief = for_sentence(sentence, Means(bundled()))
    events: SimpleQueue[RequestEvent] = SimpleQueue()
    tree, text, first = GrowingTree(), "", None
    begun = time.perf_counter()
    client.submit(_request(brief), events.put)
    while True:
        event = events.get()
        if isinstance(event, TextDelta):
            text = event.onto(text)
            opened = tree.show(text)
            if first is None and any(isinstance(each, NodeOpened) and each.path for each in opened):
                first = time.perf_counter() - begun
        elif isinstance(event, Finished | Failed):
            break
    total = time.perf_counter() - begun
    finished = isinstance(event, Finished)
    value = json.loads(event.text) if finished else None
    nodes = [node for _, node in nodes_below(value)] if finished else []
    words = frozenset(words_of(" ".join(_strings(value)))) if finished else frozenset()
    about = set(words_of(sentence)) - set(words_of(brief.turns[1][1]))
    receipt = event.receipt
    return Reply(
        sentence,
        asks,
        event.text,
        None if finished else str(event.error.error()),
        finished and jsonschema_rs.validator_for(json.loads(brief.schema_text)).is_valid(value),
        sum(node.get("type") in INPUTS for node in nodes),
        sum(node.get("type") in {"button", "form"} for node in nodes),
        len(about & words) / len(about) if about else 1.0,
        receipt.generated_tokens if receipt else 0,
        receipt.prompt_tokens if receipt else 0,
        receipt is not None and receipt.finish_reason == "length_closed",
        first,
        total,
        words,
    )


def _request(brief: Brief) -> GenerateRequest:
    return GenerateRequest(
        id=uuid.uuid4().hex,
        messages=(
            ChatMessage(role="system", content=brief.system),
            *(ChatMessage(role=role, content=text) for role, text in brief.turns),
        ),
        constraint=MatchesSchema(schema_text=brief.schema_text),
        sampling=Sampling(repetition_penalty=brief.repetition),
        max_tokens=brief.max_tokens,
    )


def _alike(replies: Sequence[Reply]) -> float:
    """Return the share of answers whose words are for four fifths those of another."""
    alike = 0
    for index, one in enumerate(replies):
        others = [other.words for place, other in enumerate(replies) if place != index]
        alike += any(len(one.words & other) >= 0.8 * max(len(one.words | other), 1) for other in others)
    return alike / len(replies)


_PLAIN_KEYS = frozenset({"type", "kind", "display", "style", "tone", "align", "name"})


def _strings(value: Any) -> list[str]:
    """Return the texts of a tree that a person reads."""
    found: list[str] = []
    pending = [value]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            pending.extend(inner for key, inner in here.items() if key not in _PLAIN_KEYS)
        elif isinstance(here, list):
            pending.extend(here)
        elif isinstance(here, str):
            found.append(here)
    return found


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    from engine.chat.model import default_cache
    from engine.model.client import ModelClient

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=len(PROMPTS), help="how many of the sentences")
    parser.add_argument("--show", action="store_true", help="print the answers")
    parser.add_argument("--model", type=Path, help="another model's file")
    options = parser.parse_args(arguments)
    say_load()
    with ModelClient(options.model, cache_dir=default_cache()) as client:
        client.wait_until_ready()
        replies = measure(client, chosen(options.first), show=options.show)
    found = figures(replies)
    print_table("Sentences", ["figure", "value"], list(found.items()))
    faults = [f"{reply.sentence}: {reply.fault}" for reply in replies if reply.fault or not reply.valid]
    for sentence in [reply.sentence for reply in replies if reply.asks and not reply.both]:
        say(f"Nothing to fill in or to press: {sentence}")
    return close(found, faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
