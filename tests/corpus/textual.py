"""Edits of a paper's text: python tests/corpus/textual.py [PAPER.md] [COUNT] [SEED] [--repaired] [--bare].

The edits know nothing of mathematics: a digit, a sign, a letter of the LaTeX changes. Whether the line still
holds is computed by the corpus' own arithmetic; every other line must keep its verdict.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from convsym.checker import check
from convsym.errors import ConvsymError
from convsym.paper import paper_document
from convsym.verdict import Verdict
from corpus.measure import Tally, is_right
from corpus.mutate import line_holds
from corpus.papers import Line
from corpus.reading import Unreadable, relation
from corpus.truth import Meaningless, Shape

SHAPE = Shape((3, 3), (2, 2))
CELL = r"[xkzoy]_\{[^{}]*\}"
PARTIAL = r"\\frac\{\\partial [^{}]*(?:\{[^{}]*\})?\}\{\\partial [^{}]*(?:\{[^{}]*\})?\}"
WRONG = (
    (r"x_{i+x,j+y} k_{i,j}}{S_W S_H}", r"x_{i+x-1,j+y-1} k_{i,j}}{K_W K_H}"),
    (r"\partial k_{1,1}} = x_{1,1}", r"\partial k_{1,1}} = \frac{x_{1,1}}{4}"),
)


@dataclass(frozen=True)
class Edit:
    """One stretch of the text exchanged for another."""

    what: str
    start: int
    end: int
    new: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


def displays(text: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"\$\$(.+?)\$\$", text, re.S):
        if "bmatrix" not in found.group(1):
            yield found.start(1), found.group(1)


def edits(text: str, at: int = 0) -> Iterator[Edit]:
    """Every single edit of one display's text."""

    def each(pattern: str) -> Iterator[re.Match[str]]:
        return re.finditer(pattern, text)

    def edit(what: str, found: re.Match[str], new: str, group: int = 0) -> Edit:
        return Edit(what, at + found.start(group), at + found.end(group), new)

    for m in each(r"_\{(\d),(\d)\}"):
        for group in (1, 2):
            for step in (1, -1):
                if int(m.group(group)) + step > 0:
                    yield edit("index", m, str(int(m.group(group)) + step), group)
        if m.group(1) != m.group(2):
            yield edit("indices exchanged", m, f"_{{{m.group(2)},{m.group(1)}}}")
    for m in each(r"_\{([a-z][^,{}]*),([a-z][^,{}]*)\}"):
        yield edit("indices exchanged", m, f"_{{{m.group(2)},{m.group(1)}}}")
        for group in (1, 2):
            yield edit("index", m, m.group(group) + "+1", group)
            yield edit("index", m, m.group(group) + "-1", group)
    for m in each(r"([xkzoy])_\{"):
        for letter in "xkzoy":
            if letter != m.group(1):
                yield edit("family", m, letter, 1)
    for m in each(r"(?<=[\w})\s])\s*([+-])(?=\s*[\w\\({])"):
        yield edit("sign", m, "-" if m.group(1) == "+" else "+", 1)
    for m in each(r"\s*\+\s*(?:[xkzoy]_\{[\d,]+\}){2}"):
        yield edit("term lost", m, "")
        yield edit("term doubled", m, 2 * m.group(0))
    for m in each(r"(?<=[+{])\s*((?:[xkzoy]_\{[\d,]+\}){2})\s*\+\s*((?:[xkzoy]_\{[\d,]+\}){2})"):
        yield edit("commuted", m, f"{m.group(2)} + {m.group(1)}")
    for m in each(r"([xkzoy]_\{[\d,]+\})([xkzoy]_\{[\d,]+\})"):
        yield edit("commuted", m, m.group(2) + m.group(1))
        yield edit("factor lost", m, m.group(2))
        yield edit("factor lost", m, m.group(1))
    for m in each(r"\}\{(\d)\}"):
        for number in "2348":
            if number != m.group(1):
                yield edit("divisor", m, number, 1)
    for m in each(r"\((" + CELL + r") - (" + CELL + r")\)\^2"):
        yield edit("turned", m, f"({m.group(2)} - {m.group(1)})^2")
        yield edit("expanded", m, f"({m.group(1)}^2 - 2 {m.group(1)} {m.group(2)} + {m.group(2)}^2)")
        yield edit("half expanded", m, f"({m.group(1)}^2 - {m.group(1)} {m.group(2)} + {m.group(2)}^2)")
        yield edit("power lost", m, m.group(0)[:-2])
        yield edit("power", m, m.group(0)[:-1] + "3")
        yield edit("product", m, f"({m.group(1)} - {m.group(2)})({m.group(1)} - {m.group(2)})")
    for m in each(r"2\((" + CELL + r") - (" + CELL + r")\)"):
        yield edit("expanded", m, f"2{m.group(1)} - 2{m.group(2)}")
        yield edit("half expanded", m, f"2{m.group(1)} - {m.group(2)}")
        yield edit("turned", m, f"-2({m.group(2)} - {m.group(1)})")
        yield edit("factor lost", m, m.group(0)[1:])
    for m in each(r"e\^\{-([^{}]+(?:\{[^{}]*\})?)\}"):
        yield edit("sign lost", m, f"e^{{{m.group(1)}}}")
        yield edit("written otherwise", m, f"\\frac{{1}}{{e^{{{m.group(1)}}}}}")
        yield edit("exp", m, f"\\exp(-{m.group(1)})")
    for m in each(r"1 \+ e\^\{-(z_\{\d,\d\})\}"):
        yield edit("commuted", m, f"e^{{-{m.group(1)}}} + 1")
        yield edit("term lost", m, f"e^{{-{m.group(1)}}}")
        yield edit("number", m, "2" + m.group(0)[1:])
    for m in each(r"\\frac\{1\}\{1 \+ e\^\{-(z_\{\d,\d\})\}\}"):
        yield edit("in other names", m, m.group(1).replace("z", "o"))
        yield edit("sigma", m, f"\\sigma({m.group(1)})")
        yield edit("rewritten", m, f"\\frac{{e^{{{m.group(1)}}}}}{{1 + e^{{{m.group(1)}}}}}")
        yield edit("half rewritten", m, f"\\frac{{e^{{{m.group(1)}}}}}{{1 + e^{{-{m.group(1)}}}}}")
    for m in each(r"\\partial ([LKOZ]|[xkzoy]_\{\d,\d\})"):
        if m.group(1) not in ("L", "K"):
            yield edit("other derivative", m, m.group(1).replace(*("zo" if "z" in m.group(1) else "oz")), 1)
    for m in each(rf"(?:{PARTIAL} ?){{3}}"):
        fractions = re.findall(PARTIAL, m.group(0))
        yield edit("commuted", m, " ".join((fractions[1], fractions[0], fractions[2])))
        for n in range(3):
            yield edit("factor lost", m, " ".join(f for k, f in enumerate(fractions) if k != n))
    for m in each(r"([OKZX])_([WH])(?![a-z])"):
        yield edit("axis", m, "H" if m.group(2) == "W" else "W", 2)
        for letter in "OKX":
            if letter != m.group(1):
                yield edit("size", m, letter, 1)
    for m in each(r"=([01])\}\^"):
        yield edit("start", m, "0" if m.group(1) == "1" else "1", 1)
        yield edit("start", m, "2", 1)
    for m in each(r"(?<![\w{,^])(\d)(?![\w},])"):
        if m.group(1) != "0" and not re.match(r"\\quad \(", text[max(0, m.start() - 7) :]):
            yield edit("number", m, str(int(m.group(1)) + 1), 1)


def truth_of(verdict: Verdict) -> bool | None:
    """Whether a relation holds, or None where the corpus' arithmetic cannot say."""
    latex = verdict.latex
    if re.search(r"(?<![A-Za-z_\\])[OYZKX](?!_)", latex):
        return None  # matrices: the corpus computes with numbers only
    try:
        left, right = relation(latex)
        name = latex.split("=")[0].strip()
        kind = {"O_S": "size", "Z_W": "size-W", "Z_H": "size-H"}.get(name, "line")
        if kind == "line" and re.fullmatch(r"[\d\\fracdot{} *+-]+", latex.split("=")[0]):
            kind = "size-value"
        return line_holds(Line(kind, left, right), SHAPE)
    except (Unreadable, ConvsymError, Meaningless, KeyError, AttributeError, ValueError):
        return None


def judge(before: list[Verdict], text: str, name: str, tally: Tally, single: bool) -> None:
    started = time.perf_counter()
    try:
        after = list(check(text, kind="markdown").verdicts)
    except Exception as error:
        tally.wrong.append(f"CRASH {name}: {error!r}")
        return
    tally.seconds += time.perf_counter() - started
    tally.counts["variants"] += 1
    if len(after) != len(before):
        tally.missed.append(f"number of relations {len(before)} -> {len(after)}: {name}")
        return
    changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a.latex != b.latex]
    for n, (old, new) in enumerate(zip(before, after, strict=True)):
        status, label = str(new.status), f"{name}: {new.latex[:150]}"
        if n not in changed:
            if str(old.status) != status:
                worse = "refuted" in (status, str(old.status)) and status != "unsupported"
                target = tally.wrong if worse else tally.missed
                target.append(f"OTHER LINE {old.status} -> {status}: {label}\n    {new.reason[:150]}")
            continue
        truth = truth_of(new)
        if truth is None:
            tally.missed.append(f"label unknown, {status}: {label}\n    {new.reason[:120]}")
            continue
        kind = "true" if truth else "false claims"
        if status == "refuted" or (status == "definition" and old.status != "definition"):
            if truth:
                tally.wrong.append(f"TRUE {status}: {label}\n    {new.reason[:150]}")
        if status == "proved" and not truth:
            tally.wrong.append(f"FALSE PROVED: {label}\n    {new.method}")
        tally.counts[kind] += 1
        if truth and status in ("proved", "definition"):
            tally.counts["proved"] += 1
        elif not truth and status == "refuted":
            tally.counts["refuted"] += 1
            if single:
                tally.counts["single false refuted"] += 1
                line = Line("size" if new.latex.startswith("O_S") else "line", *relation(new.latex))
                repairs = new.repairs or ((new.repair,) if new.repair else ())
                if any(is_right(repair, line, SHAPE) for repair in repairs[:3]):
                    tally.counts["repaired"] += 1
                else:
                    tally.missed.append(f"not repaired: {label}\n    {list(repairs[:3])}")
        else:
            tally.missed.append(f"{kind}, {status}: {label}\n    {new.reason[:150]}")


def sample(text: str, count: int, seed: int) -> Iterator[tuple[str, str, bool]]:
    """Edited texts with the names of their edits, kinds and displays spread evenly; a third have two edits."""
    source = random.Random(seed)
    places = list(displays(text))
    for number in range(count):
        at, shown = source.choice(places)
        kinds: dict[str, list[Edit]] = {}
        for edit in edits(shown, at):
            kinds.setdefault(edit.what, []).append(edit)
        if not kinds:
            continue
        first = source.choice(kinds[source.choice(sorted(kinds))])
        if number % 3:
            yield f"{first.what} {text[first.start : first.end]!r} -> {first.new!r}", first.apply(text), True
            continue
        others = [e for e in edits(shown, at) if e.end < first.start or e.start > first.end]
        if others:
            second = source.choice(others)
            one, two = sorted((first, second), key=lambda edit: edit.start, reverse=True)
            yield f"{one.what}, {two.what}: {two.new!r}, {one.new!r}", two.apply(one.apply(text)), False


def main(arguments: list[str]) -> int:
    flags = {a for a in arguments if a.startswith("--")}
    plain = [a for a in arguments if not a.startswith("--")]
    text = Path(plain[0]).read_text(encoding="utf-8") if plain and plain[0] != "-" else paper_document()
    count = int(plain[1]) if len(plain) > 1 else 100
    seed = int(plain[2]) if len(plain) > 2 else 1
    if "--repaired" in flags:
        for old, new in WRONG:
            text = text.replace(old, new)
    before = list(check(text, kind="markdown").verdicts)
    tally = Tally()
    for name, edited, single in sample(text, count, seed):
        judge(before, edited, name, tally, single)
    print(tally.report())
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
