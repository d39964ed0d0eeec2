"""Twenty seconds that tell how quick a model is; here in a few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import Cancelled
from engine.model.benchmark import Benchmark, run_benchmark

if TYPE_CHECKING:
    from engine.model.client import ModelClient


def test_every_speed_is_measured_on_the_model_that_runs(model_client: ModelClient) -> None:
    told: list[tuple[Benchmark, float]] = []
    found = run_benchmark(
        model_client,
        model_client.wait_until_ready(),
        lambda *each: told.append(each),
        pid=model_client.pid,
        seconds=12.0,
    )
    speeds = (found.prefill, found.unconstrained, found.masked, found.forced, found.together)
    assert all(speed is not None and speed > 0 for speed in speeds), found
    assert found.first_token_s is not None
    assert found.first_token_s > 0
    assert found.peak_memory is not None
    assert found.peak_memory > 50_000_000
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[-1][0] == found


def test_a_benchmark_is_stopped_at_once_and_leaves_nothing_running(model_client: ModelClient) -> None:
    stop: list[bool] = []
    with pytest.raises(Cancelled):
        run_benchmark(model_client, model_client.wait_until_ready(), lambda *_: stop.append(True), lambda: bool(stop))
    assert not model_client._pending
