"""A decode takes the cores that nobody else wants."""

from __future__ import annotations

from engine.model.cores import Cores, Usage, measure_usage


class Machine:
    """Cores whose use by others a test decides."""

    def __init__(self, cores: int) -> None:
        self.cores = cores
        self.now = Usage(0.0, 0.0, 0.0)

    def pass_time(self, seconds: float, *, own: float, others: float = 0.0) -> None:
        """Let this process use `own` cores and others `others` cores for some seconds."""
        clock, used, idle = self.now
        self.now = Usage(clock + seconds, used + own * seconds, idle + (self.cores - own - others) * seconds)


def test_all_threads_run_while_nobody_else_needs_a_core() -> None:
    machine = Machine(2)
    cores = Cores(2, lambda: machine.now)
    assert cores.threads() == 2
    machine.pass_time(1, own=2)
    assert cores.threads() == 2


def test_a_core_that_another_program_holds_is_left_to_it_and_taken_back_when_it_ends() -> None:
    machine = Machine(2)
    cores = Cores(2, lambda: machine.now)
    machine.pass_time(1, own=1.3, others=0.7)
    assert cores.threads() == 1
    machine.pass_time(1, own=1, others=1)
    assert cores.threads() == 1
    machine.pass_time(1, own=1)
    assert cores.threads() == 2


def test_a_core_that_is_mostly_free_is_kept() -> None:
    machine = Machine(4)
    cores = Cores(4, lambda: machine.now)
    machine.pass_time(1, own=3.7, others=0.3)
    assert cores.threads() == 4


def test_there_is_a_thread_even_where_others_want_everything() -> None:
    machine = Machine(2)
    cores = Cores(2, lambda: machine.now)
    machine.pass_time(1, own=0.2, others=1.8)
    assert cores.threads() == 1


def test_idle_logical_cores_give_no_more_threads_than_there_may_be() -> None:
    machine = Machine(16)
    cores = Cores(8, lambda: machine.now)
    machine.pass_time(1, own=1)
    assert cores.threads() == 8


def test_a_moment_too_short_to_measure_changes_nothing() -> None:
    machine = Machine(2)
    cores = Cores(2, lambda: machine.now)
    machine.pass_time(0.01, own=0, others=2)
    assert cores.threads() == 2


def test_the_usage_of_this_machine_grows_with_the_work_of_this_process() -> None:
    before = measure_usage()
    while (now := measure_usage()).own - before.own < 0.05:
        pass
    assert now.clock > before.clock
    assert now.idle >= before.idle
