"""Receipts as rows keep them: all that is needed to run them again, but for the document's own text.

Of the message that holds the document, the text is kept as places in it: `{"start": 0, "end": 3120}`. The quotes that
a field may be are the same for most fields, so each list of them is kept once a receipt.
"""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING, Any

from engine.model.protocol import GenerateRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.extraction.job.reading import Answer
    from engine.extraction.plan import ExtractionPlan

_COMMON = ("/model", "/enforcement", "/request/constraint", "/request/messages/0", "/request/sampling")


def receipt_of(
    answers: Sequence[Answer],
    plan: ExtractionPlan,
    fields: Sequence[str] | None,
    earlier: Mapping[str, Any] | None,
) -> dict[str, Any] | None:
    """Return the receipt of a row: that of its main answer, the last one, with those of the others in `others`.

    `earlier` is the receipt of what the row has already, where only some `fields` were asked. `plan` in it names the
    SHA-256 of the person's schema and the fields.
    """
    receipts = [_lean(answer) for answer in answers if answer.receipt is not None]
    if not receipts:
        return None if earlier is None else dict(earlier)
    schema = hashlib.sha256(plan.schema_text.encode()).hexdigest()
    for receipt in receipts:
        receipt["plan"] = {"schema_sha256": schema, "fields": None if fields is None else list(fields)}
    others = receipts[:-1]
    if earlier is not None:
        others += [{key: value for key, value in earlier.items() if key != "others"}, *earlier.get("others", ())]
    return receipts[-1] | ({"others": others} if others else {})


def common_parts(receipt: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the JSON Pointers of what is likely to be the same in all receipts of a job."""
    if receipt is not None:
        yield from _COMMON
        yield from (
            f"/others/{index}{pointer}" for index in range(len(receipt.get("others", ()))) for pointer in _COMMON
        )


def request_of(receipt: Mapping[str, Any], text: str) -> GenerateRequest:
    """Return the request of a receipt, to be run again, given the text of the document that it was asked of."""
    request = copy.deepcopy(receipt["request"])
    for message in request["messages"]:
        if isinstance(message["content"], list):
            message["content"] = "".join(
                piece if isinstance(piece, str) else text[piece["start"] : piece["end"]] for piece in message["content"]
            )
    grounding = request.get("grounding")
    if grounding is not None and "quotes" in grounding:
        quotes = grounding.pop("quotes")
        grounding["lists"] = {name: quotes[index] for name, index in grounding["lists"].items()}
    return GenerateRequest.model_validate(request)


def _lean(answer: Answer) -> dict[str, Any]:
    assert answer.receipt is not None
    receipt = answer.receipt.model_dump(mode="json")
    request = receipt["request"]
    grounding = request["grounding"]
    if grounding is not None:
        quotes: dict[str, int] = {}
        kept: list[Any] = []
        for name, places in grounding["lists"].items():
            known = str(places)
            if known not in quotes:
                quotes[known] = len(kept)
                kept.append(places)
            grounding["lists"][name] = quotes[known]
        grounding["quotes"] = kept
    excerpts = answer.question.part.excerpts
    if request["shrink"] is not None:
        message = request["messages"][request["shrink"]["message"]]
        content: list[Any] = []
        place = 0
        for excerpt in excerpts.excerpts:
            start, end = excerpt.piece
            content += [message["content"][place:start], {"start": excerpt.start, "end": excerpt.end}]
            place = end
        message["content"] = [piece for piece in (*content, message["content"][place:]) if piece]
    return receipt
