"""What it costs to check a document beyond starting: processor time of each, and its ratio to `import sympy`.

Run: python benchmarks/checking.py [RELATIONS]. The documents are the paper, the same with wrong lines, a
derivation for all sizes with wrong lines, and a worked example of RELATIONS lines (1000 unless told) of which
every 25th is wrong. The goals are the ratio 1 for the paper and 60 seconds for the 1000 lines.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter

from convsym.checker.session import Session
from convsym.document import read_document
from convsym.paper import paper_document

FOR_ALL_SIZES = r"""
$$z_{a,b} = \sum_{m=1}^{M} \sum_{n=1}^{N} x_{a+m-1,b+n-1} k_{m,n}$$
$$o_{a,b} = \frac{1}{1+e^{-z_{a,b}}}$$
$$L = \sum_{a=1}^{A} \sum_{b=1}^{B} (o_{a,b} - y_{a,b})^2$$
$$\frac{\partial L}{\partial o_{a,b}} = 2(o_{a,b} - y_{a,b})$$
$$\frac{\partial o_{a,b}}{\partial z_{a,b}} = o_{a,b}(1 - o_{a,b})$$
$$\frac{\partial z_{a,b}}{\partial k_{m,n}} = x_{a+m-1,b+n-1}$$
$$\frac{\partial L}{\partial z_{a,b}} = 2(o_{a,b} - y_{a,b}) o_{a,b}(1 - o_{a,b})$$
$$\frac{\partial L}{\partial z_{a,b}} = 2(o_{a,b} - y_{a,b}) o_{a,b}(1 + o_{a,b})$$
"""
for factors in (
    r"\frac{\partial L}{\partial z_{a,b}} x_{a+m-1,b+n-1}",
    r"2(o_{a,b} - y_{a,b}) o_{a,b}(1 - o_{a,b}) x_{a+m-1,b+n-1}",
    r"(o_{a,b} - y_{a,b}) o_{a,b}(1 - o_{a,b}) x_{a+m-1,b+n-1}",
    r"2(o_{a,b} - y_{a,b}) o_{a,b}(1 - o_{a,b}) x_{a+n-1,b+m-1}",
):
    FOR_ALL_SIZES += rf"""
$$\frac{{\partial L}}{{\partial k_{{m,n}}}} = \sum_{{a=1}}^{{A}} \sum_{{b=1}}^{{B}} {factors}$$
"""


def matrix(letter: str, rows: int, columns: int) -> str:
    """A matrix of cells, printed in full."""
    lines = (" & ".join(f"{letter}_{{{i},{j}}}" for j in range(1, columns + 1)) for i in range(1, rows + 1))
    return f"${letter.upper()} = \\begin{{pmatrix}} " + r" \\ ".join(lines) + r" \end{pmatrix}$"


def worked_example(relations: int, every: int = 25) -> str:
    """A layer written out cell by cell, every so many lines one with an index, a sign or a factor wrong."""
    columns = max(1, relations // 18)
    draw = random.Random(3)
    lines = [
        f"Let {matrix('x', 3, columns + 1)}, {matrix('k', 2, 2)} and {matrix('y', 2, columns)}.",
        r"$$z_{i,j} = \frac{1}{4} \sum_{m=1}^{2} \sum_{n=1}^{2} x_{i+m-1,j+n-1} k_{m,n}$$",
        r"$$\sigma(t) = \frac{1}{1 + e^{-t}}$$",
        r"$$o_{i,j} = \sigma(z_{i,j})$$",
        rf"$$L = \sum_{{i=1}}^{{2}} \sum_{{j=1}}^{{{columns}}} (o_{{i,j}} - y_{{i,j}})^2$$",
    ]
    claims = []
    for i in (1, 2):
        for j in range(1, columns + 1):
            at = f"{{{i},{j}}}"
            taps = [(m, n, f"x_{{{i + m},{j + n}}}") for m in (0, 1) for n in (0, 1)]
            terms = " + ".join(f"{x} k_{{{m + 1},{n + 1}}}" for m, n, x in taps)
            claims += [
                rf"z_{at} = \frac{{{terms}}}{{4}}",
                rf"o_{at} = \frac{{1}}{{1 + e^{{-z_{at}}}}}",
                rf"\frac{{\partial L}}{{\partial o_{at}}} = 2(o_{at} - y_{at})",
                rf"\frac{{\partial o_{at}}}{{\partial z_{at}}} = o_{at}(1 - o_{at})",
                rf"\frac{{\partial L}}{{\partial z_{at}}} = 2(o_{at} - y_{at}) o_{at}(1 - o_{at})",
            ]
            claims += [
                rf"\frac{{\partial z_{at}}}{{\partial k_{{{m + 1},{n + 1}}}}} = \frac{{{x}}}{{4}}"
                for m, n, x in taps
            ]
    for number, claim in enumerate(claims[: max(0, relations - 5)]):
        left, right = claim.split(" = ")
        if number % every == every - 1:
            wrong = [
                right.replace("4}", "2}").replace("2(", "("),
                right.replace(" - ", " + ") if " - " in right else f"-{right}",
                right.replace("_{1,", "_{2,") if "_{1," in right else right.replace("_{2,", "_{1,"),
            ]
            right = draw.choice([text for text in wrong if text != right])
        lines.append(f"$${left} = {right}$$")
    return "\n\n".join(lines)


def paper_with_wrong_lines() -> str:
    """The paper with a factor, a sign and an index wrong besides what is wrong as printed."""
    text = paper_document()
    for old, new in (("= 2(o_{1,1}", "= 3(o_{1,1}"), ("(1 - ", "(1 + "), ("= x_{1,1}$$", "= x_{2,1}$$")):
        assert old in text
        text = text.replace(old, new, 1)
    return text


def importing() -> float:
    """Processor time of `import sympy` in a fresh process."""
    before = os.times()
    subprocess.run([sys.executable, "-c", "import sympy"], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main(relations: int) -> None:
    """Print the time of each document."""
    base = statistics.median(importing() for _ in range(5))
    documents = {
        "the paper": paper_document(),
        "the paper with wrong lines": paper_with_wrong_lines(),
        "for all sizes": FOR_ALL_SIZES,
        f"{relations} lines": worked_example(relations),
    }
    Session(read_document(documents["the paper"], kind="markdown")).run()  # once unmeasured
    print(f"{'':30}{'cpu s':>8}{'ratio':>8}{'ms a relation':>16}   import sympy: {base:.2f} s")
    for name, text in documents.items():
        start = time.process_time()
        verdicts = Session(read_document(text, kind="markdown")).run()
        used = time.process_time() - start
        counts = ", ".join(f"{n} {s}" for s, n in Counter(str(v.status) for v in verdicts).items())
        print(
            f"{name:30}{used:8.2f}{used / base:8.2f}{1000 * used / len(verdicts):16.1f}   {counts}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
