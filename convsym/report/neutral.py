"""Text of a document made harmless to look at: nothing in it can steer a terminal or hide."""

from __future__ import annotations

import unicodedata


def neutral(text: str) -> str:
    """The text with every character that acts instead of showing replaced by a visible one.

    Args:
        text: any text, with terminal escapes, bidirectional overrides or lone surrogates in it.

    Returns:
        Printable text of one line: line breaks and tabs as spaces, control characters as their
        pictures (␛ for escape), invisible formatting characters as \\uXXXX.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() else _shown(char) for char in text)


def _shown(char: str) -> str:
    code = ord(char)
    if char in "\n\r\t\v\f\x85\u2028\u2029" or unicodedata.category(char) == "Zs":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
