r"""Convolutions that fit a table of gradients: which input cell each tap of the kernel reads at each output cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from convsym.scope.celltables import Atom, Index, NotTabularError, Terms, atom, plus, times

Extent = tuple[tuple[int, int], ...]
"""First and last index of every axis."""
_STRIDES = (1, 2, 3)
_PADDINGS = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which family is what.

    Attributes:
        output, image, kernel: the families.
        bias: the name of the bias, or "".
    """

    output: str
    image: str
    kernel: str
    bias: str = ""


@dataclass(slots=True)
class Pictured:
    """A convolution as it may stand in a picture.

    Attributes:
        roles: its families.
        output, image, kernel: how far they extend.
        stride, padding: the same along every axis.
        turned: whether the kernel is turned by 180 degrees.
        taps: every (output, image, kernel) that is multiplied.
    """

    roles: Roles
    output: Extent
    image: Extent
    kernel: Extent
    stride: int = 1
    padding: int = 0
    turned: bool = False
    taps: list[tuple[Index, Index, Index]] = field(default_factory=list)
    _of: dict[str, dict[Index, Terms]] = field(default_factory=dict)
    _between: dict[tuple[Index, str, Index], Atom] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Work out which cells meet."""
        roles = self.roles
        axes = [self._axis(*ends) for ends in zip(self.output, self.image, self.kernel, strict=True)]
        self.taps = [tuple(zip(*met, strict=True)) for met in product(*axes)]  # type: ignore[misc]
        for name in (roles.output, roles.image, roles.kernel):
            self._of[name] = {}
        for out, read, tap in self.taps:
            slope = atom(Atom("slope", roles.output, out))
            pixel, weight = Atom("cell", roles.image, read), Atom("cell", roles.kernel, tap)
            self._add(roles.image, read, times(slope, atom(weight)))
            self._add(roles.kernel, tap, times(slope, atom(pixel)))
            self._add(roles.output, out, times(atom(pixel), atom(weight)))
            self._between[out, roles.image, read] = weight
            self._between[out, roles.kernel, tap] = pixel

    def _add(self, name: str, place: Index, terms: Terms) -> None:
        self._of[name][place] = plus(self._of[name].get(place, {}), terms)

    def _axis(
        self, output: tuple[int, int], image: tuple[int, int], kernel: tuple[int, int]
    ) -> list[tuple[int, int, int]]:
        found = []
        for o in range(output[0], output[1] + 1):
            for f in range(kernel[0], kernel[1] + 1):
                tap = kernel[1] - f if self.turned else f - kernel[0]
                x = image[0] + self.stride * (o - output[0]) + tap - self.padding
                if image[0] <= x <= image[1]:
                    found.append((o, x, f))
        return found

    @property
    def extents(self) -> dict[str, Extent]:
        """How far each family extends, by name."""
        return {
            self.roles.output: self.output,
            self.roles.image: self.image,
            self.roles.kernel: self.kernel,
        }

    def meaning(self, one: Atom, lenient: bool) -> Terms | None:
        """What an atom of a line stands for; None for what stands for itself.

        Args:
            one: the atom.
            lenient: whether slopes and taps outside their range count as 0, as in a full convolution.

        Raises:
            NotTabularError: it stands outside its range, or is foreign to the convolution.
        """
        roles, extents = self.roles, self.extents
        if one.kind == "name":
            return None
        if one.name == roles.bias and roles.bias:
            return self._by_bias(one)
        if one.name not in extents:
            raise NotTabularError("it speaks of something else")
        inside = _within(one.index, extents[one.name])
        if not inside:
            if lenient and one.kind != "local" and one.name != roles.image:
                return {}
            raise NotTabularError("a cell outside of its range")
        if one.kind == "local":
            return self._local(one)
        if one.kind == "slope":
            return None if one.name == roles.output else self._of[one.name].get(one.index, {})
        if one.name == roles.output:
            value = self._of[one.name].get(one.index, {})
            return plus(value, atom(Atom("name", roles.bias))) if roles.bias else value
        return None

    def _by_bias(self, one: Atom) -> Terms:
        total: Terms = {}
        if one.kind != "slope" or one.index:
            raise NotTabularError("a bias with an index")
        for place in product(*(range(low, high + 1) for low, high in self.output)):
            total = plus(total, atom(Atom("slope", self.roles.output, place)))
        return total

    def _local(self, one: Atom) -> Terms:
        if one.name != self.roles.output or one.below is None:
            raise NotTabularError("a slope that the convolution does not have")
        name, place = one.below
        unit: Terms = plus({}, {(): 1})  # type: ignore[dict-item]
        if name == self.roles.bias and name and not place:
            return unit
        if name == one.name:
            return unit if place == one.index else {}
        if name not in self.extents or not _within(place, self.extents[name]):
            raise NotTabularError("a cell outside of its range")
        found = self._between.get((one.index, name, place))
        return {} if found is None else atom(found)

    def words(self) -> str:
        """The convolution as an assumption."""
        kind = "convolution" if self.turned else "cross-correlation"
        more = f" with stride {self.stride}" if self.stride > 1 else ""
        more += f"{' and' if more else ' with'} padding {self.padding}" if self.padding else ""
        added = f", plus ${self.roles.bias}$" if self.roles.bias else ""
        output = f"${self.roles.output}$" if self.roles.output else "the output"
        if output.startswith(("$\\delta", "$\\Delta")):
            both = f"{output} and ${self.roles.image}$"
            return f"{both} belong to the output and the input of a {kind} with ${self.roles.kernel}${more}"
        return f"{output} is the {kind} of ${self.roles.image}$ and ${self.roles.kernel}${more}{added}"

    def sizes(self) -> str:
        """The sizes in words."""
        named = (("output", self.output), ("input", self.image), ("kernel", self.kernel))
        return ", ".join(
            f"{name} {'x'.join(str(high - low + 1) for low, high in extent)}" for name, extent in named
        )

    def rule(self) -> str | None:
        """The convolution as a line of a text; None where its names or its edges are too much for one."""
        names = (self.roles.output, self.roles.image, self.roles.kernel)
        if self.padding or not all(len(name) == 1 for name in names):
            return None
        axes = range(len(self.output))
        sums, places = "", []
        for axis in axes:
            (o, _), (x, _), (low, high) = self.output[axis], self.image[axis], self.kernel[axis]
            out, tap = "ij"[axis], "mn"[axis]
            sums += f"\\sum_{{{tap}={low}}}^{{{high}}} "
            shift = x - self.stride * o + (high if self.turned else -low)
            stride = f"{self.stride} " if self.stride > 1 else ""
            sign = "-" if self.turned else "+"
            places.append(f"{stride}{out}{sign}{tap}{f'{shift:+d}' if shift else ''}")
        left, right = (",".join(letters[axis] for axis in axes) for letters in ("ij", "mn"))
        bias = f" + {self.roles.bias}" if self.roles.bias else ""
        return f"{names[0]}_{{{left}}} = {sums}{names[1]}_{{{','.join(places)}}} {names[2]}_{{{right}}}{bias}"

    def lopsided(self) -> Pictured:
        """The same convolution at sizes of which no two are alike."""
        counts = ((2, 3), (3, 2)) if len(self.output) == 2 else ((3,), (2,))
        bases = [extent[0][0] for extent in (self.output, self.kernel)]
        output, kernel = (
            tuple((base, base + n - 1) for n in sizes) for base, sizes in zip(bases, counts, strict=True)
        )
        first = self.image[0][0]
        image = tuple(
            (first, first + self.stride * (n - 1) + k - 2 * self.padding - 1)
            for n, k in zip(*counts, strict=True)
        )
        return Pictured(self.roles, output, image, kernel, self.stride, self.padding, self.turned)


def _within(place: Index, extent: Extent) -> bool:
    return len(place) == len(extent) and all(
        low <= n <= high for n, (low, high) in zip(place, extent, strict=True)
    )


def fitting(roles: Roles, extents: Mapping[str, list[Extent]]) -> Iterator[Pictured]:
    """The convolutions whose sizes fit the cells that are printed.

    Args:
        roles: the families.
        extents: how far each may extend.
    """
    names = (roles.output, roles.image, roles.kernel)
    for output, image, kernel in product(*(extents[name] for name in names)):
        if not len(output) == len(image) == len(kernel):
            continue
        sizes = [[high - low + 1 for low, high in extent] for extent in (output, image, kernel)]
        if prod(sizes[0]) < 2 or prod(sizes[2]) < 2:
            continue
        for stride, padding, turned in product(_STRIDES, _PADDINGS, (False, True)):
            if all(
                padding < max(k, 1) and n + 2 * padding >= k and (n + 2 * padding - k) // stride + 1 == o
                for o, n, k in zip(*sizes, strict=True)
            ):
                yield Pictured(roles, output, image, kernel, stride, padding, turned)


__all__ = ["Extent", "Pictured", "Roles", "fitting"]
