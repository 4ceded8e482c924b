"""Step 3, before the letters are made equal: Burmese typed in Zawgyi, an old encoding, as Unicode.

Zawgyi uses the code points of Burmese in its own way, so that the same word is another string. Some phones
still type it (domain/languages.md, section 4). Found by Google's detector, turned by ICU's rules.
"""

from __future__ import annotations

import re
from functools import cache

import icu
from myanmartools import ZawgyiDetector

_BURMESE = re.compile("[\u1000-\u109f]")
# From this probability on a text is turned: Unicode taken for Zawgyi would be spoilt.
_SURELY = 0.95


def as_unicode(text: str) -> str:
    """The text in Unicode if it is surely in Zawgyi, else as it is."""
    if not _BURMESE.search(text) or _detector().get_zawgyi_probability(text) < _SURELY:
        return text
    turned: str = _rules().transliterate(text)
    return turned


@cache
def _detector() -> ZawgyiDetector:
    return ZawgyiDetector()


@cache
def _rules() -> icu.Transliterator:
    return icu.Transliterator.createInstance("Zawgyi-my")
