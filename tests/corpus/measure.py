"""How the checker does on papers with an edited line: python tests/corpus/measure.py [COUNT] [SEED].

Prints how many verdicts were wrong, how many of the false lines were refuted and of the true ones proved,
and how often the right repair is among the first three.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from convsym.checker import check
from convsym.errors import ConvsymError
from convsym.latex.parser import parse
from convsym.latex.syntax import Chain
from convsym.repair.tree import key
from convsym.verdict import Verdict
from corpus.mutate import Variant, line_holds, variants
from corpus.papers import Line, Paper, build
from corpus.reading import Unreadable, relation
from corpus.terms import Style, latex
from corpus.truth import Shape

SHAPES: tuple[tuple[Shape, Style], ...] = (
    (Shape((3, 3), (2, 2)), Style()),
    (Shape((4, 3), (3, 2)), Style()),
    (Shape((4, 3), (2, 2), base=0), Style()),
    (Shape((4, 3), (2, 2), row_first=True), Style()),
    (Shape((3, 4), (2, 2), divisor=False), Style(commas=False)),
    (Shape((6, 4), (2, 2), stride=2), Style(exponential="exp")),
)


@dataclass
class Tally:
    """What a measurement has seen."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def share(self, part: str, whole: str) -> str:
        total = self.counts[whole]
        return f"{self.counts[part]}/{total}" + (f" = {self.counts[part] / total:.1%}" if total else "")

    def report(self) -> str:
        lines = [
            f"variants                   {self.counts['variants']} in {self.seconds:.1f} s",
            f"wrong verdicts             {len(self.wrong)}",
            f"false claims refuted       {self.share('refuted', 'false claims')}",
            f"false definitions exposed  {self.share('exposed', 'false definitions')}",
            f"true lines proved          {self.share('proved', 'true')}",
            f"right repair in first 3    {self.share('repaired', 'single false refuted')}",
        ]
        return "\n".join([*lines, "", *self.wrong, "", *self.missed])


def verdict_of(line: Line, text: str, verdicts: list[Verdict]) -> Verdict | None:
    """The record of a line, found by what it says (the right side, for a row that continues)."""
    wanted = parse(text).rows[0]
    for verdict in verdicts:
        try:
            rows = parse(verdict.latex).rows
        except ConvsymError:
            continue
        for row in rows:
            if _says(row, wanted):
                return verdict
    return None


def _says(row: Chain, wanted: Chain) -> bool:
    if not row.links or not wanted.links:
        return False
    right = key(row.links[-1][1]) == key(wanted.links[-1][1])
    return right and (row.first is None or wanted.first is None or key(row.first) == key(wanted.first))


def checked(paper: Paper, tally: Tally, label: str) -> list[Verdict]:
    """The verdicts on a paper; a crash is as bad as a wrong one."""
    try:
        return list(check(paper.text()).verdicts)
    except Exception as error:
        tally.wrong.append(f"CRASH {label}\n    {error!r} {traceback.format_exc(limit=-2)}")
        return []


def following(variant: Variant) -> object:
    """The relation that goes on from the edited one: it now begins with what the edit made."""
    names = [line.name for line in variant.paper.lines]
    place = names.index(variant.changed.name) + 1
    if place == len(names) or not variant.paper.lines[place].continues:
        return None
    line, style = variant.paper.lines[place], variant.paper.style
    return key(parse(f"{latex(line.left, style)} = {latex(line.right, style)}").rows[0])


def verdict_key(verdict: Verdict) -> object:
    try:
        return key(parse(verdict.latex).rows[0])
    except ConvsymError:
        return None


def judge(variant: Variant, tally: Tally) -> None:
    """Check one variant and count what came out."""
    shape, style = variant.paper.shape, variant.paper.style
    started = time.perf_counter()
    tally.counts["variants"] += 1
    line = variant.changed
    text = f"{latex(line.left, style)} = {latex(line.right, style)}"
    label = f"[{shape}] {variant.name}: {text[:160]}"
    verdicts = checked(variant.paper, tally, label)
    tally.seconds += time.perf_counter() - started
    mine = verdict_of(line, text, verdicts)
    status = "absent" if mine is None else str(mine.status)
    reason = "" if mine is None else mine.reason[:100]
    # A definition that is changed but says the same, or a claim: every other line is as true as before.
    sound = variant.true or line.kind == "claim"
    if sound:
        after = following(variant)
        for verdict in verdicts:
            if after is not None and after == verdict_key(verdict):
                continue
            if verdict is not mine and str(verdict.status) == "refuted":
                tally.wrong.append(
                    f"TRUE LINE REFUTED {label}\n    {verdict.latex[:120]}: {verdict.reason[:160]}"
                )
    if variant.true:
        tally.counts["true"] += 1
        if status == "refuted":
            tally.wrong.append(f"TRUE REFUTED {label}\n    {reason}")
        elif status in ("proved", "definition"):
            tally.counts["proved"] += 1
        else:
            tally.missed.append(f"true, {status}: {label}\n    {reason}")
        return
    if line.kind == "claim":
        tally.counts["false claims"] += 1
        if status == "proved":
            tally.wrong.append(f"FALSE PROVED {label}\n    {mine and mine.method}")
        elif status == "refuted":
            tally.counts["refuted"] += 1
        else:
            tally.missed.append(f"false, {status}: {label}\n    {reason}")
    else:
        tally.counts["false definitions"] += 1
        if any(str(verdict.status) == "refuted" for verdict in verdicts):
            tally.counts["exposed"] += 1
        else:
            tally.missed.append(f"false definition not exposed, {status}: {label}\n    {reason}")
    if status == "refuted" and mine is not None and len(variant.edits) == 1:
        tally.counts["single false refuted"] += 1
        repairs = mine.repairs or ((mine.repair,) if mine.repair else ())
        if any(is_right(repair, line, shape) for repair in repairs[:3]):
            tally.counts["repaired"] += 1
        else:
            tally.missed.append(f"not repaired: {label}\n    {list(repairs[:3])}")


def is_right(text: str, line: Line, shape: Shape) -> bool:
    """Whether a repair is true, for a general line at other sizes too."""
    try:
        left, right = relation(text)
    except (Unreadable, ConvsymError):
        return False
    repaired = replace(line, left=left, right=right)
    general = line.kind == "definition" and not line.name.startswith("size")
    shapes = [shape]
    if general and shape.stride == 1:
        shapes.append(replace(shape, input=(5, 7), kernel=(2, 3)))
    return all(line_holds(repaired, there) is True for there in shapes)


def sample(count: int, seed: int) -> Iterator[Variant]:
    """Variants over all shapes: three of four with one edit, the rest with two."""
    for place, (shape, style) in enumerate(SHAPES):
        paper = build(shape, style)
        each = max(4, count // len(SHAPES))
        yield from variants(paper, seed=seed + place, count=each - each // 4)
        yield from variants(paper, seed=seed + place + 100, count=each // 4, edits=2)


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else 300
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    tally = Tally()
    for shape, style in SHAPES:
        for verdict in checked(build(shape, style), tally, f"unedited {shape}"):
            if str(verdict.status) not in ("proved", "definition"):
                tally.missed.append(
                    f"unedited [{shape}] {verdict.status}: {verdict.latex[:120]}\n    {verdict.reason[:160]}"
                )
    for variant in sample(count, seed):
        judge(variant, tally)
    print(tally.report())
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
