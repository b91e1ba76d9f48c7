"""How far what a document defines extends: the cells of a rule, and the sizes of its matrices in words."""

from __future__ import annotations

from convsym.scope.model import Cell, Family, Rule, Scope

_CELLS = 400


def cells_of(rule: Rule, family: Family | None) -> list[Cell]:
    """The cells that a rule with indices defines within its family's range."""
    ranges: list[range] = []
    for axis, pattern in enumerate(rule.patterns):
        if pattern.parameter is None:
            ranges.append(range(pattern.offset, pattern.offset + 1))
        elif family is not None and family.exact and axis < family.arity and family.sizes[axis] is not None:
            base = family.base[axis]
            ranges.append(range(base, base + (family.sizes[axis] or 0)))
        else:
            return []
    cells = [()]  # type: list[tuple[int, ...]]
    for one in ranges:
        cells = [(*cell, n) for cell in cells for n in one]
        if len(cells) > _CELLS:
            return []
    return [Cell(rule.name, cell) for cell in cells]


def size_words(scope: Scope) -> str:
    """The sizes a document fixes, in words: "input 3x3, kernel 2x2"."""
    parts = []
    roles = {}
    if scope.convolution is not None:
        _, image, kernel = scope.convolution
        roles = {image: "input", kernel: "kernel"}
    for matrix, name in scope.matrices.items():
        family = scope.families.get(name)
        if family is None or not family.exact or scope.rules.get(name) or (roles and matrix not in roles):
            continue
        shape = family.rows_columns()
        if shape is not None:
            across = f"{shape[1]}x{shape[0]}" if family.columns_first else f"{shape[0]}x{shape[1]}"
            # Cells that are given by a printed matrix without a name go by their own letter.
            own = matrix if len(matrix.split(" ")) == 1 else name
            parts.append(f"{roles.get(matrix, own)} {across}")
    return ", ".join(parts[:6])


def label_of(name: str) -> tuple[str, str]:
    """A name and its label: (O, W) of O_W; the label is empty where there is none."""
    base, mark, label = name.rpartition("_")
    return (base, label) if mark else (name, "")
