"""How sure a cell is: what ranks above what, what corrections do, and what has to be looked at."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engine.extraction.confidence import Calibration, Judged, auroc, ece, to_review


def cell(probability: float, rival: float = 0.0, **fields: Any) -> dict[str, Any]:
    """Return a cell as a row keeps it: its value has this probability, and another one that of the rival."""
    signals = {"kind": "text", "label": 1.0, "above": 0.0, "edges": 2, "others": 1, "at": 0.2, "words": 2, "taken": 0}
    alternatives = [{"value": "Acme", "probability": probability}, {"value": "Bolt", "probability": rival}]
    told = {"mean": probability, "min": probability, "margin": 0.1, "removed": 0.1, "absence": 0.0}
    return {
        "value": "Acme",
        "state": "exact",
        "probability": told,
        "alternatives": alternatives,
        "signals": signals | fields.pop("signals", {}),
    } | fields


def confidence(found: dict[str, Any], calibration: Calibration | None = None, pointer: str = "/name") -> float:
    return (calibration or Calibration.default()).confidence(pointer, found)


SURE, DOUBTFUL = cell(0.95, 0.02), cell(0.2, 0.18, signals={"label": 0.0, "edges": 0})


def test_a_sure_cell_ranks_above_a_doubtful_one() -> None:
    assert 0 < confidence(DOUBTFUL) < 0.5 < confidence(SURE) < 1


@pytest.mark.parametrize(
    "worse",
    [
        cell(0.95, 0.02, signals={"label": 0.0}),
        cell(0.95, 0.02, signals={"taken": 1}),
        cell(0.95, 0.02, signals={"edges": 0}),
        cell(0.95, 0.02, state="doubtful"),
        cell(0.95, 0.02, agrees=False),
        cell(0.6, 0.3),
    ],
    ids=["no label beside it", "another field has it", "within a line", "two readings", "second look", "a rival"],
)
def test_each_reason_for_doubt_lowers_it(worse: dict[str, Any]) -> None:
    assert confidence(worse) < confidence(SURE)


def test_a_second_look_that_agrees_raises_it() -> None:
    assert confidence(SURE | {"agrees": True}) > confidence(SURE)


def test_a_value_that_the_schema_does_not_allow_has_none() -> None:
    assert confidence(SURE | {"state": "failed"}) == 0


def test_a_cell_that_tells_nothing_has_a_chance_like_any_other() -> None:
    assert 0 < confidence({"value": "Acme", "state": "exact"}) < 1


def test_items_of_a_list_are_one_field() -> None:
    wrong = [Judged(f"/items/{index}/price", SURE, right=False) for index in range(20)]
    fitted = Calibration.fit(wrong)
    assert confidence(SURE, fitted, "/items/99/price") == confidence(SURE, fitted, "/items/0/price")
    assert confidence(SURE, fitted, "/items/99/price") < confidence(SURE, fitted, "/items/99/name")


def test_five_corrections_do_little_and_fifty_much() -> None:
    def after(count: int) -> float:
        judged = [Judged(f"/field {number % 10}", SURE, right=False) for number in range(count)]
        return confidence(SURE, Calibration.fit(judged), "/name")

    before = confidence(SURE)
    assert before > after(5) > before * 0.8
    assert after(50) < before / 2


@pytest.mark.parametrize("right", [True, False])
def test_corrections_that_are_all_alike_make_nothing_certain(right: bool) -> None:
    fitted = Calibration.fit([Judged("/name", each, right) for each in (SURE, DOUBTFUL) * 100])
    assert 0 < confidence(DOUBTFUL, fitted) < confidence(SURE, fitted) < 1
    assert (confidence(SURE, fitted) > confidence(SURE)) is right


def test_no_corrections_change_nothing_and_the_same_ones_do_the_same() -> None:
    assert Calibration.fit([]) == Calibration.default()
    judged = [Judged("/name", SURE, right=True), Judged("/total", DOUBTFUL, right=False)]
    assert Calibration.fit(judged) == Calibration.fit(judged)


def test_a_field_that_is_corrected_often_is_believed_less_than_others() -> None:
    judged = [Judged("/total", SURE, right=False)] * 10 + [Judged("/name", SURE, right=True)] * 10
    fitted = Calibration.fit(judged)
    chances = [confidence(SURE, fitted, pointer) for pointer in ("/total", "/new", "/name")]
    assert chances == sorted(chances)
    assert chances[0] < chances[1] < chances[2]


def test_a_person_with_other_documents_gets_chances_that_hold_for_them() -> None:
    """Of two fields that look alike one is nearly always right here and the other nearly never."""
    drawn = random.Random(3)

    def draw() -> Judged:
        pointer = drawn.choice(["/number", "/name"])
        found = cell(drawn.uniform(0.2, 0.9), 0.1)
        return Judged(pointer, found, right=drawn.random() < (0.9 if pointer == "/name" else 0.2))

    fitted = Calibration.fit([draw() for _ in range(50)])
    rest = [draw() for _ in range(400)]
    before = [(confidence(each.cell), each.right) for each in rest]
    after = [(confidence(each.cell, fitted, each.pointer), each.right) for each in rest]
    ranked, ranked_before, error, error_before = auroc(after), auroc(before), ece(after), ece(before)
    assert ranked is not None
    assert ranked_before is not None
    assert error is not None
    assert error_before is not None
    assert ranked > 0.75
    assert ranked_before < 0.6
    assert error < error_before / 2


def test_a_constant_ranks_nothing_however_right_it_is() -> None:
    assert auroc([(0.9, True)] * 9 + [(0.9, False)]) == 0.5
    assert auroc([(0.9, True), (0.1, False)]) == 1
    assert auroc([(0.1, True), (0.9, False)]) == 0
    assert auroc([(0.5, True), (0.5, False), (0.9, True), (0.1, False)]) == 0.875
    assert auroc([(0.5, True)]) is None
    assert auroc([]) is None


def test_calibration_is_off_by_what_confidence_promises_too_much_or_too_little() -> None:
    assert ece([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0)
    assert ece([(0.9, False)] * 10) == pytest.approx(0.9)
    assert ece([(1.0, True)] * 20 + [(0.0, False)] * 20) == 0
    assert ece([(0.95, True)] * 20 + [(0.05, True)] * 20) == pytest.approx((0.05 + 0.95) / 2)
    assert ece([]) is None


def test_too_much_here_and_too_little_there_do_not_cancel_out_unless_cells_are_few() -> None:
    wrong_way_round = [(0.9, False)] * 20 + [(0.1, True)] * 20
    assert ece(wrong_way_round) == pytest.approx(0.9)
    assert ece(wrong_way_round[10:30]) == pytest.approx(0)


def test_equal_confidences_are_never_told_apart_by_what_is_right() -> None:
    assert ece([(0.5, True)] * 100 + [(0.5, False)] * 100) == pytest.approx(0)


def test_confidences_that_are_the_chances_have_little_error() -> None:
    drawn = random.Random(2)
    chances = [drawn.random() for _ in range(4000)]
    found = ece((chance, drawn.random() < chance) for chance in chances)
    assert found is not None
    assert found < 0.03


def test_what_is_left_unseen_is_expected_to_be_right_in_the_share_that_was_asked_for() -> None:
    confidences = [0.2, 0.5, 0.9, 0.97, 0.99, 0.99]
    threshold = to_review(confidences, 0.98)
    assert threshold == 0.97
    left = [each for each in confidences if each >= threshold]
    assert sum(left) / len(left) >= 0.98
    assert to_review(confidences, 0.5) == 0
    assert all(each < to_review(confidences, 0.999) for each in confidences)
    assert to_review([], 0.98) == 0


def test_asking_for_more_never_means_looking_at_less() -> None:
    drawn = random.Random(1)
    confidences = [drawn.random() for _ in range(200)]
    thresholds = [to_review(confidences, share / 100) for share in range(50, 100)]
    assert thresholds == sorted(thresholds)
