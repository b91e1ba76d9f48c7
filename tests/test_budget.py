"""Hostile work is contained, and the worker is worth having."""

import os
import threading
import time

import pytest
import sympy as sp

from convsym import budget
from convsym.budget import Budget, Clock, run_contained, shut_down_workers
from convsym.errors import BudgetExceeded


def endless(depth):
    return endless(depth + 1)


def crash():
    os.abort()


def spin():
    while True:
        pass


def report_process():
    return os.getpid()


HOSTILE = {
    "a big power": (pow, 3, 10**10),
    "a huge Float": (sp.Float, "1e1000000000"),
    "a huge factorial": (sp.factorial, 10**9),
    "an endless loop": (spin,),
    "a native allocation": (bytes, 1 << 33),
    "endless recursion": (endless, 0),
    "a crash": (crash,),
    "an exit": (os._exit, 3),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_work_is_contained(name):
    start = time.monotonic()
    with pytest.raises(BudgetExceeded):
        run_contained(*HOSTILE[name], seconds=0.5)
    assert time.monotonic() - start < 3
    assert run_contained(divmod, 7, 2, seconds=10) == (3, 1)


def test_values_and_errors_come_back():
    x = sp.Symbol("x")
    assert run_contained(sp.diff, x**3, x, seconds=10) == 3 * x**2
    with pytest.raises(ZeroDivisionError):
        run_contained(divmod, 1, 0, seconds=10)


def test_a_closure_is_inherited():
    secret = [41]
    assert run_contained(lambda: secret[0] + 1, seconds=10) == 42


def test_calls_share_a_worker():
    first = run_contained(report_process, seconds=10)
    assert first != os.getpid()
    assert run_contained(report_process, seconds=10) == first
    shut_down_workers()
    assert run_contained(report_process, seconds=10) != first


def test_a_pooled_call_is_cheap():
    run_contained(divmod, 7, 2, seconds=10)
    times = []
    for _ in range(30):
        start = time.perf_counter()
        run_contained(divmod, 7, 2, seconds=10)
        times.append(time.perf_counter() - start)
    assert sorted(times)[15] < 0.02


def test_threads_each_get_their_answer():
    answers = {}

    def ask(number):
        answers[number] = run_contained(pow, number, 2, seconds=20)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: n * n for n in range(6)}


def test_without_fork_the_time_limit_is_soft(monkeypatch):
    monkeypatch.setattr(budget, "_can_fork", lambda: False)
    assert run_contained(divmod, 7, 2, seconds=5) == (3, 1)
    with pytest.raises(BudgetExceeded):
        run_contained(spin, seconds=0.2)
    with pytest.raises(BudgetExceeded):
        run_contained(endless, 0, seconds=5)


def test_a_clock_runs_out():
    clock = Clock(Budget(seconds=0.0))
    sum(range(100_000))
    assert clock.remaining() == 0.0
    with pytest.raises(BudgetExceeded):
        clock.check()


def test_a_clock_counts_what_is_computed_not_what_is_waited():
    clock = Clock(Budget(seconds=0.2))
    time.sleep(0.3)
    clock.check()
