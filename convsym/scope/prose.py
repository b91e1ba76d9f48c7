"""What the sentences around the formulas say: padding, stride, the roles of names."""

from __future__ import annotations

import re
from functools import lru_cache

from convsym.scope.model import Scope

_NO_PADDING = re.compile(r"\b(no|without)\s+(zero[- ]?)?padding\b(?!\s+(size|of|is|=))", re.I)
_PADDING = re.compile(r"\bpadding\s+(?:size\s+)?(?:of|is|equals|=)\s+\$?(?:P\s*=\s*)?(\d+)\$?", re.I)
_STRIDE = re.compile(r"\bstride\s+(?:of|is|equals|=)?\s*\$?(?:[A-Za-z]\s*=\s*)?(\d+)\$?", re.I)
_ROLE = re.compile(
    r"\$(?P<name>[^$]{1,24})\$\s+"
    r"(?:is|denotes|stands for|represents|are|be|for|being|gives|:)\s*(?:the\s+)?(?P<words>[^$.;,]{3,60})",
    re.I,
)
_GOES_ON = re.compile(
    r"\$(?P<name>[^$]{1,24})\$\s+(?:is\s+)?(?:the|its)\s+(?P<words>(?:[a-z]+[ -]?){1,3}?)\s*(?=[,;.)]|$|\band\b)",
    re.I,
)
"""What a list of roles leaves out after its first verb: n is the input size, k the kernel size and s the stride."""
_TARGET = re.compile(
    r"\b(?:targets?|labels?|ground[- ]truth|desired|expected)\b[a-z -]{0,30}\$(?P<before>[^$]{1,12})\$|"
    r"\$(?P<after>[^$]{1,12})\$\s+(?:is|are|denotes?|be|for|being|,)?\s*(?:the|a|an|its)?\s*"
    r"(?:given |known |true |correct )*(?:targets?|labels?|ground[- ]truth|desired|expected)\b",
    re.I,
)
_CALLED = re.compile(
    r"(?P<one>\bmatri(?:x|ces)\b|\bvectors?\b|矩阵|向量)\s*\$(?P<before>[^$]{1,24})\$|"
    r"\$(?P<after>[^$]{1,24})\$\s*(?:is|be|are|denotes?|为|是)\s*(?:an?|the|一个)?\s*(?:[a-z]+ ){0,2}"
    r"(?P<two>matri(?:x|ces)\b|vectors?\b|矩阵|向量)",
    re.I,
)
_OUTPUT = re.compile(
    r"\b(?:output|feature map)[a-z ,-]{0,40}\bsizes?\b|\bsizes?\b[a-z ]{0,30}\boutput\b|"
    r"\boutput (?:dimension|width|height|size)",
    re.I,
)


_ZERO = r"(?:zeros?|0|nul|null|zéros?|ceros?|零|нул\w*|ноль)"
_BEYOND = (
    r"(?:outside|beyond|out[- ]of[- ](?:the )?(?:range|bounds?)|außerhalb|hors|fuera|超出|之外|за пределами)"
)
_SET_TO = r"(?:are|is|be|as|to|equals?|=|counts?|vanish\w*|sind|ist|sont|est|son|es|为|取|视为|равн\w*)"
_ZERO_OUTSIDE = re.compile(
    rf"{_BEYOND}.{{0,80}}?\b{_SET_TO}\W(?:.{{0,30}}\W)?{_ZERO}(?!\w)|"
    rf"(?<![\w.]){_ZERO}\$?\s(?:.{{0,15}}\s)?{_BEYOND}\b|"
    rf"超出.{{0,20}}[为取]\s*(?:0|零)|补\s*(?:零|0)|零填充|"
    rf"\bzero-pad(?:s|ded)?\b|"
    rf"\b(?:us\w+|with|apply\w*|assum\w+|and|by|having) (?:a )?zero[- ]padding\b(?! of \$?(?:P ?= ?)?0)|"
    rf"\b(?:extended|continued|surrounded|filled) (?:\w+ )?(?:by|with) {_ZERO}(?!\w)|"
    rf"\bpad(?:s|ded|ding)?\s(?:.{{0,30}}\s)?(?:with|by|mit|con|avec)\s(?:.{{0,12}}\s)?{_ZERO}(?!\w)",
    re.I,
)
EVERYTHING = "*"
"""Stands for all families among those whose cells outside their range are said to be 0."""

_FULL = re.compile(
    r"\bfull\W{0,3}(?:[12]d )?(?:convolution|(?:cross-?)?correlation|padding)|\bfull\W{1,3}mode\b|"
    r"\bconvolution\W{1,4}compl[eè]te\b|\bvolle\w*\W{1,3}faltung\b",
    re.I,
)


def says_full(words: str) -> bool:
    """Whether a text speaks of a full convolution: the kernel reaches over the edges, where there are zeros.

    Args:
        words: the prose of a document.
    """
    return bool(_FULL.search(words))


def zero_outside(text: str) -> set[str]:
    """The names whose cells outside their range a paragraph says to be 0; `EVERYTHING` where it names none.

    Args:
        text: the paragraph, inline formulas between dollars.
    """
    found: set[str] = set()
    for sentence in re.split(r"(?<=[.;!?])\s|[。；\n]", text):
        if _ZERO_OUTSIDE.search(sentence):
            heads = [
                re.match(r"\s*\\?([A-Za-z]+)", formula) for formula in re.findall(r"\$([^$]+)\$", sentence)
            ]
            found |= {head.group(1) for head in heads if head} or {EVERYTHING}
    return found


def sizes_in_words(text: str) -> dict[str, list[int]]:
    """The numbers that a text gives the padding P and the stride S in words, "no padding" first.

    Args:
        text: a paragraph or a sentence, inline formulas between dollars.
    """
    padding = [0] if _NO_PADDING.search(text) else []
    padding += [int(match.group(1)) for match in _PADDING.finditer(text)]
    stride = [int(match.group(1)) for match in _STRIDE.finditer(text)]
    return {name: numbers for name, numbers in (("P", padding), ("S", stride)) if numbers}


def learn_from_words(scope: Scope, text: str) -> None:
    """Add what one paragraph says in words to the scope.

    Args:
        scope: what is known so far; changed in place.
        text: the paragraph, inline formulas between dollars.
    """
    scope.zero_outside |= zero_outside(text)
    for size, numbers in sizes_in_words(text).items():
        scope.sizes.setdefault(size, numbers[0])
    for match in _ROLE.finditer(text):
        role = role_of(match.group("words"))
        if role is not None:
            name = _name(match.group("name"))
            scope.roles.setdefault(role, name)
    first = next((m for m in _ROLE.finditer(text) if role_of(m.group("words"))), None)
    for match in _GOES_ON.finditer(text, first.end() if first else len(text)):
        if (role := role_of(match.group("words"))) is not None:
            scope.roles.setdefault(role, _name(match.group("name")))
    for match in _TARGET.finditer(text):
        scope.targets.add(_name(match.group("before") or match.group("after")))
    for match in _CALLED.finditer(text):
        word = (match.group("one") or match.group("two")).lower()
        name = _name(match.group("before") or match.group("after"))
        is_matrix = word.startswith("matri") or word == "矩阵"
        scope.called.setdefault(name, "matrix" if is_matrix else "vector")
    if _OUTPUT.search(text):
        printed = re.search(r"(?:output|size)[^$]{0,60}\$([^$=]{1,16})\$", text, re.I)
        if printed:
            scope.roles.setdefault("output", _name(printed.group(1)))


_FUNCTIONS = {
    "softmax": r"softmax",
    "sigmoid": r"(?:logistic sigmoid|sigmoid|logistic)",
    "tanh": r"(?:hyperbolic tangent|tanh)",
    "relu": r"(?:relu|rectified linear(?: unit)?|rectifier)",
    "softplus": r"softplus",
}


@lru_cache(maxsize=256)
def said_function(words: str, name: str) -> str:
    """Which standard function the text calls a name, "$f$ is the ReLU"; "" where it says none, or more than one.

    Softmax counts before the others: every value of it depends on all of its arguments.

    Args:
        words: the prose in small letters, inline formulas between dollars.
        name: the function's key.
    """
    printed = rf"\$\\?{re.escape(name.lower())}\s*(?:[({{_\\][^$]{{0,30}})?\$"
    found = []
    for standard, spelled in _FUNCTIONS.items():
        if not re.search(spelled, words):
            continue
        function = rf"(?<![\w-]){spelled}(?:[ -](?:function|activation|operator|nonlinearity))*(?![\w-])"
        is_said = rf"{printed}[\s,:]*(?:(?:is|be|denotes?|as|the|a|means|stands for)\s+)*{function}"
        if re.search(rf"{is_said}|{function}[\s,:]*(?:(?:is|as|by|called)\s+)*{printed}", words):
            found.append(standard)
    if "softmax" in found:
        return "softmax"
    return found[0] if len(found) == 1 else ""


def role_of(words: str) -> str | None:
    """The role that a description gives a name in the output-size formula, or None."""
    low = words.lower()
    if "stride" in low:
        return "stride"
    if "dilation" in low:
        return "dilation"
    if "padding" in low:
        return "padding"
    sized = any(word in low for word in ("size", "width", "height", "dimension", "length", "side"))
    if not sized:
        return None
    if "kernel" in low or "filter" in low:
        return "kernel"
    if "output" in low or "feature map" in low or "result" in low:
        return "output"
    if "input" in low or "image" in low:
        return "input"
    return None


def _name(latex: str) -> str:
    return re.sub(r"[{}\s\\]", "", latex)
