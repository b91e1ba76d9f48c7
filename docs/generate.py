"""Write again what README.md, ARCHITECTURE.md and the picture show of the code: `python docs/generate.py`.

A test compares the files with what this gives, so that none of them goes stale.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

LAYERS = (
    ("What every part speaks", ("errors.py", "verdict.py", "functions.py", "budget.py")),
    ("Reading LaTeX", ("latex",)),
    ("Deciding", ("sums", "prover")),
    (
        "The convolution and its network",
        (
            "geometry.py",
            "models.py",
            "forward.py",
            "backward.py",
            "theorem.py",
            "lowering",
            "network.py",
            "training.py",
        ),
    ),
    ("Reading and judging documents", ("document", "scope", "repair", "checker", "paper.py", "answer.py")),
    (
        "Showing and using",
        (
            "report",
            "expectations.py",
            "pytest_plugin.py",
            "widgets",
            "lab.py",
            "cli.py",
            "__main__.py",
            "__init__.py",
        ),
    ),
)


def modules() -> str:
    """The map of the package: every module with the first line of its docstring."""
    lines = []
    for title, names in LAYERS:
        lines += [f"### {title}", "", "| module | what it is |", "|---|---|"]
        for name in names:
            path = ROOT / "convsym" / name
            for module in sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.exists():
                lines.append(f"| `{module.relative_to(ROOT).as_posix()}` | {_first_line(module)} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def _first_line(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n")[0].rstrip(".").replace("|", r"\|") or "(names the folder)"


def example() -> str:
    """What `convsym check docs/example.md` prints, without colors."""
    from convsym.cli import main

    out = io.StringIO()
    before = os.getcwd(), os.environ.get("COLUMNS")
    os.chdir(ROOT)
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(out):
            main(["check", "docs/example.md"])
    finally:
        os.chdir(before[0])
        os.environ.pop("COLUMNS")
        if before[1] is not None:
            os.environ["COLUMNS"] = before[1]
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(["```text", "$ convsym check docs/example.md", *lines]).rstrip() + "\n```"


def kinds() -> str:
    """Every kind of mathematics with a proved and a refuted example, and what the checker says of them."""
    from convsym.report.phrases import because

    sys.path.insert(0, str(ROOT / "tests"))
    from kinds import KINDS

    parts = []
    for kind in KINDS:
        parts.append(f"### {kind.title}\n")
        if kind.given:
            parts.append(f"Given:\n\n```tex\n{kind.given}\n```\n")
        for status, latex in (("proved", kind.proved), ("refuted", kind.refuted)):
            verdict = kind.verdicts(status)[-1]
            said = [f"{heading or 'why'}: {text}" for heading, text in because(verdict)]
            shown = "\n".join([f"{verdict.status}", *said])
            parts.append(f"```tex\n{latex}\n```\n\n```text\n{shown}\n```\n")
    return "\n".join(parts).rstrip()


def options() -> str:
    """What a document says of its sizes, and what the checker then makes of it."""
    import convsym

    parts = []
    for directive in ("", "<!-- convsym: sizes N=3 -->\n\n"):
        text = f"{directive}$$N + 1 = 5$$\n"
        (verdict,) = convsym.check(text, kind="markdown").verdicts
        parts.append(
            f"```markdown\n{text.rstrip()}\n```\n\n```text\n{verdict.status}: {verdict.reason}\n```\n"
        )
    return "\n".join(parts).rstrip()


def picture() -> str:
    """The forward pass of one small convolution as an SVG drawing."""
    import numpy as np

    import convsym
    from convsym.widgets import draw_grids

    network = convsym.Network(convsym.Convolution(input=(3, 3), kernel=(2, 2)))
    X = np.array([[2, 7, 6], [9, 5, 1], [4, 3, 8]]) / 4
    K = np.array([[1, 2], [-1, 0.5]])
    trace = network.compile().trace(X, K, np.full((2, 2), 0.5))
    grids = {"X input": X, "K kernel": K, "Z output": trace["z"], "O activation": trace["o"]}
    return draw_grids(
        grids, operators=("∗", "→", "→"), caption="One window at a time: X and K give Z, and σ gives O"
    ).svg


GENERATED = {
    "ARCHITECTURE.md": {"modules": modules},
    "README.md": {"example": example},
    "docs/checking.md": {"options": options, "kinds": kinds},
}


def rendered(name: str) -> str:
    """The file's text with its generated parts as they should be now."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for part, write in GENERATED[name].items():
        start, end = f"<!-- generated: {part} -->", f"<!-- end of {part} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            raise SystemExit(f"{name} needs one place for {part}")
        before, rest = text.split(start)
        text = f"{before}{start}\n\n{write()}\n\n{end}{rest.split(end)[1]}"
    return text


def main() -> int:
    """Write every generated part and the picture."""
    for name in GENERATED:
        (ROOT / name).write_text(rendered(name), encoding="utf-8")
    (ROOT / "docs" / "picture.svg").write_text(picture() + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
