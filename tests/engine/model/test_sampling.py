"""Settings do to a distribution what they say, and never leave the mask."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.protocol import Sampling
from engine.model.sampling import Sampler

LOGITS = np.log(np.array([0.5, 0.2, 0.15, 0.1, 0.05], dtype=np.float32))


def draws(
    settings: Sampling, allowed: list[int] | None = None, history: tuple[int, ...] = (), n: int = 4000
) -> Counter[int]:
    sampler = Sampler(settings, settings.seed or 0)
    mask = None if allowed is None else np.array(allowed)
    return Counter(sampler.choose(LOGITS, mask, history).token for _ in range(n))


def test_temperature_zero_takes_the_likeliest_allowed_token() -> None:
    assert draws(Sampling(), n=3) == {0: 3}
    assert draws(Sampling(), [2, 3], n=3) == {2: 3}


def test_draws_follow_the_masked_distribution() -> None:
    drawn = draws(Sampling(temperature=1), [1, 3])
    assert set(drawn) == {1, 3}
    assert drawn[1] / 4000 == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        (Sampling(temperature=1, top_k=2), {0, 1}),
        (Sampling(temperature=1, top_p=0.6), {0, 1}),
        (Sampling(temperature=1, top_p=0.45), {0}),
        (Sampling(temperature=1, min_p=0.25), {0, 1, 2}),
        (Sampling(temperature=1, logit_bias={4: 100.0}), {4}),
        (Sampling(temperature=1, logit_bias={0: -100.0}), {1, 2, 3, 4}),
    ],
)
def test_each_filter_keeps_what_it_should(settings: Sampling, kept: set[int]) -> None:
    assert set(draws(settings)) == kept


def test_penalties_weigh_on_what_was_said_and_only_within_their_window() -> None:
    assert draws(Sampling(presence_penalty=5), history=(0,), n=1) == {1: 1}
    assert draws(Sampling(repetition_penalty=4), history=(0,), n=1) == {1: 1}
    assert draws(Sampling(presence_penalty=5, penalty_window=1), history=(0, 3), n=1) == {0: 1}


def test_the_same_seed_draws_the_same_tokens() -> None:
    settings = Sampling(temperature=1)
    first, second = (Sampler(settings, 7) for _ in range(2))
    assert [first.choose(LOGITS, None, ()).token for _ in range(50)] == [
        second.choose(LOGITS, None, ()).token for _ in range(50)
    ]


def test_a_choice_tells_its_probability_within_the_mask_and_the_mass_removed() -> None:
    choice = Sampler(Sampling(), 0).choose(LOGITS, np.array([1, 3]), ())
    assert choice.probability == pytest.approx(2 / 3, abs=1e-5)
    assert choice.removed_mass == pytest.approx(0.7, abs=1e-5)


@given(
    logits=st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=30),
    data=st.data(),
    temperature=st.floats(0, 5),
    top_p=st.floats(0.01, 1),
    min_p=st.floats(0, 1),
    top_k=st.integers(0, 10),
    penalty=st.floats(0.1, 10),
)
def test_no_setting_leaves_the_mask(
    logits: list[float],
    data: st.DataObject,
    temperature: float,
    top_p: float,
    min_p: float,
    top_k: int,
    penalty: float,
) -> None:
    allowed = data.draw(st.lists(st.sampled_from(range(len(logits))), min_size=1, unique=True).map(sorted))
    settings = Sampling(temperature=temperature, top_p=top_p, min_p=min_p, top_k=top_k, repetition_penalty=penalty)
    array = np.array(logits, dtype=np.float32)
    choice = Sampler(settings, 1).choose(array, np.array(allowed), list(range(len(logits))))
    assert choice.token in allowed
    assert 0 <= choice.probability <= 1
    assert 0 <= choice.removed_mass <= 1
