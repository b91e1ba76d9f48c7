"""Hostile formulas: a verdict or a reason in time, the rest of the document judged, nothing run, nothing crashed."""

import os
import time

import pytest

import convsym
from convsym.budget import BudgetExceeded, note, run_contained, shut_down_workers
from convsym.checker import containment, session

HOSTILE = {
    "a huge power": r"$$10^{10^{10}} = 10^{10^{9}}$$",
    "a power of a sum": r"$$(a+b)^{10000000000} = (b+a)^{10000000000}$$",
    "a tower": r"$$2^{2^{2^{2^{2^{2}}}}} = 3$$",
    "a tower of exponentials": r"$$e^{e^{e^{e^{1000}}}} = e^{e^{e^{e^{1001}}}}$$",
    "a huge sum": r"$$\sum_{i=1}^{10000000000} i = 50000000005000000000$$",
    "nested sums": r"$$\sum_{i=1}^{900}\sum_{j=1}^{900} x_{i,j} y_{i} = 0$$",
    "a long product": r"$$\prod_{i=1}^{100000} (x_i + 1) = 0$$",
    "a factor too many": "$$" + "*".join(["99999999999"] * 3_000) + " = 1$$",
    "many digits": "$$" + "9" * 90_000 + " = 1$$",
    "nested braces": "$$" + "{" * 100_000 + "a=b" + "}" * 100_000 + "$$",
    "nested fractions": "$$" + r"\frac{1}{" * 3_000 + "x" + "}" * 3_000 + "= 1$$",
    "nested derivatives": "$$" + r"\frac{d}{dx}" * 200 + r"\sin(x) = 0$$",
    "an endless macro": "\\newcommand{\\a}{\\a\\a}\n\n$$\\a = 1$$",
    "a doubling macro": "\\newcommand{\\a}{\\b\\b}\\newcommand{\\b}{\\c\\c}\\newcommand{\\c}{\\a}\n\n$$\\a = 1$$",
    "a name of Python": r"$$__import__('os').system('touch /tmp/convsym-was-here') = \mathrm{eval}(1)$$",
    "control characters": "$$a\0 = \x1b[31m b\x07$$",
    "a million blanks": "$$a = b" + " " * 1_000_000 + "$$",
    "a size that is a tower": r"$$S_X = (10^{10^{10}}, 3)$$",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_formula_ends_in_time_and_leaves_the_rest_alone(name):
    convsym.check("$$1 = 1$$\n", kind="markdown")
    start = time.monotonic()
    verdicts = convsym.check(HOSTILE[name] + "\n\n$$1 = 2$$\n", kind="markdown", timeout=1.0).verdicts
    assert time.monotonic() - start < 2.0 + (os.getloadavg()[0] > 1)
    assert len(verdicts) >= 2
    assert str(verdicts[-1].status) == "refuted"
    assert str(verdicts[0].status) in ("undecided", "unsupported", "definition")
    assert all(verdict.reason for verdict in verdicts)
    assert not os.path.exists("/tmp/convsym-was-here")


@pytest.fixture
def native(monkeypatch):
    """Makes the claim whose left side is h do something that no timer of Python's can stop."""

    def install(deed):
        whole = session.Session.judge

        def judge(self, statement):
            if statement.latex.startswith("h"):
                deed()
            return whole(self, statement)

        shut_down_workers()  # a worker forked before would not know
        monkeypatch.setattr(session.Session, "judge", judge)

    yield install
    shut_down_workers()


def _spin_natively():
    pow(3, 10**9)  # one call into C that never looks at signals


def _fill_memory():
    kept = []
    while True:
        kept.append(bytearray(1 << 26))


def _die():
    os.kill(os.getpid(), 9)


@pytest.mark.parametrize("deed", [_spin_natively, _fill_memory, _die])
def test_a_claim_that_never_comes_back_costs_its_own_time_and_no_other_verdict(deed, native):
    native(deed)
    start = time.monotonic()
    text = "$$1 = 1$$\n\n$$h = h + 1$$\n\n$$1 = 2$$\n\n$$2 = 2$$\n"
    found = [str(v.status) for v in convsym.check(text, kind="markdown", timeout=1.0).verdicts]
    assert found == ["proved", "undecided", "refuted", "proved"]
    assert time.monotonic() - start < 4.0


def test_a_document_of_such_claims_comes_to_an_end(native):
    native(_die)
    text = "\n\n".join(["$$1 = 1$$", *["$$h = h + 1$$"] * 12, "$$2 = 2$$"])
    found = [str(v.status) for v in convsym.check(text, kind="markdown", timeout=1.0).verdicts]
    assert found[0] == "proved"
    assert found[1:13] == ["undecided"] * 12
    assert len(found) == 14


def test_what_is_undecided_once_is_not_tried_again(monkeypatch):
    calls = []

    def contained(function, document, timeout, past, explained, *, on_note, **options):
        calls.append(dict(past.known))
        on_note(("begin", "judge", 0))
        on_note(("undecided", 0, "slow"))
        on_note(("begin", "judge", 1))
        if len(calls) == 1:
            raise BudgetExceeded("gone")
        return ()

    monkeypatch.setattr(containment, "run_contained", contained)
    assert convsym.check("$$1 = 2$$\n", kind="markdown").verdicts == ()
    assert calls == [{}, {("judge", 0): "slow", ("judge", 1): "gone"}]


def _count(numbers, pause):
    for number in range(numbers):
        time.sleep(pause)
        note(number)
    return "done"


def test_a_note_starts_the_time_anew_and_silence_ends_it():
    heard = []
    assert run_contained(_count, 6, 0.2, seconds=0.8, on_note=heard.append) == "done"
    assert heard == list(range(6))
    with pytest.raises(BudgetExceeded):
        run_contained(_count, 2, 1.5, seconds=0.5, on_note=heard.append)


def test_progress_counts_the_relations():
    seen = []
    convsym.check(
        "$$1 = 1$$\n\n$$2 = 2$$\n", kind="markdown", progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (2, 2)
    assert seen == sorted(seen)
