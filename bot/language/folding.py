"""What people type made comparable: case, accents, letter forms and punctuation folded away."""

# ruff: noqa: RUF001 - letters that look alike are what this is about

from __future__ import annotations

import unicodedata

_ARABIC = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ـ": None,
    }
)  # fmt: skip


def fold(text: str) -> str:
    """`text` as names and titles are compared: case, accents on Latin letters, Arabic forms, punctuation."""
    kept = []
    base = ""
    for character in unicodedata.normalize("NFKD", text.casefold()).translate(_ARABIC):
        category = unicodedata.category(character)
        if category == "Mn" and (not base or "LATIN" in base or "ARABIC" in base):
            continue
        if category[0] in "LMN":
            kept.append(character)
            base = unicodedata.name(character, "") if category[0] == "L" else base
        elif category != "Cf" or character == "\u200c":
            kept.append(" ")
    words = " ".join("".join(kept).replace("đ", "d").replace("ı", "i").split())
    return unicodedata.normalize("NFC", words)
