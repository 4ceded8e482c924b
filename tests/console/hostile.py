"""Hundreds of strings that want to be more than words, and what is to become of each on its way to an officer."""

# ruff: noqa: RUF001 - letters that look alike are some of them

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence

HIT = "window.hit=1"
MARKUP = (
    f"<script>{HIT}</script>",
    f"<img src=x onerror={HIT}>",
    f"<svg/onload={HIT}>",
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
    f'<a href="javascript:{HIT}">press</a>',
    "<form action=//example.org><button autofocus>Send",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<base href=//example.org/>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<style>*{display:none!important}</style>",
    "<object data=//example.org></object>",
    f"<details open ontoggle={HIT}>",
    f"<input autofocus onfocus={HIT}>",
    "<template><slot></template>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={HIT}>",
    "<plaintext>",
    "<!--",
    "<![CDATA[<b>x</b>]]>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "&lt;b&gt; &#60;b&#62; &amp;amp; &nbsp; &copy",
    f"jaVasCript:/*-/*`/*'/*\"/**/({HIT})//",
)
ATTRIBUTES = (
    f'" onmouseover="{HIT}',
    f"' autofocus onfocus='{HIT}' x='",
    f'x"><script>{HIT}</script>',
    f"` onerror={HIT} `",
    "</title></textarea></select></style>",
)
FORMULAS = (
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "=cmd|'/c calc'!A0",
    '=DDE("cmd";"/c calc";"x")',
    '=HYPERLINK("http://example.org","press")',
    '=IMPORTXML("http://example.org","//a")',
    "\ufeff=1+1",
    "%0A=1+1",
    "|calc",
    "\uff1d1+1",
    "\uff20SUM(1+1)",
    "%0D-1+1",
    '"=1+1"',
)
DATABASE = (
    "'; DROP TABLE referral; --",
    "' OR '1'='1",
    "1); DELETE FROM person; --",
    '" UNION SELECT private_key FROM office --',
    "%' ESCAPE '\\",
    "\\'; --",
)
TEMPLATES = (
    "{{7*7}}",
    "{{ self.__init__.__globals__ }}",
    "{% raw %}{% include 'base.html' %}",
    "{# x #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%s%s%s%n%x",
    "%(who)s",
    "{0.__class__}",
    "{office} {text} {phone}",
    "$(id) `id` ; id | id && id",
)
PLACES = (
    "../../../../etc/passwd",
    "..\\..\\..\\windows\\win.ini",
    "..%2f..%2fetc%2fpasswd%00.html",
    "file:///etc/passwd",
    "//example.org/%2e%2e",
)
HEADERS = (
    "x\r\nSet-Cookie: console=1",
    "x%0d%0aLocation: //example.org",
    "Subject: x\nBcc: all@example.org\n\n.\n",
    "x\r\n\r\n<html>",
    "--boundary\r\nContent-Type: text/html",
)
CONTROL = (
    "a\x00b",
    "\x00",
    "\x1b[31mred\x1b[0m",
    "back\x08\x08\x08space",
    "\x7f\x80\x9f",
    "line\u2028and\u2029paragraph",
    "\ufffe\uffff\U0001fffe",
    "soft\u00adhyphen\u200bzero\u2060width",
)
# As JSON lets them through: half a character.
SURROGATES = tuple(json.loads(text) for text in ('"\\ud800"', '"x\\udfffy"', '"\\udc00\\ud800 two"'))
BIDI = (
    "\u202eevil\u202c",
    "\u202e\u202d\u202b",
    "\u2066\u2067\u2068 left open",
    "\u2069\u2069 closed too often \u202c\u202c",
    "invoice\u202exlsx.exe",
    "\u200fא\u200e mark \u061c",
    "عربى abc +66 2 343 9300 عربى",
    "שלום (bracket] שלום",
)
LETTERS = (
    "z" + "\u0336\u0353\u0300\u0301\u0315\u031b" * 20 + "algo",
    "\u0301 begins with an accent",
    "e\u0301 A\u030a \u1112\u1161\u11ab",
    "ＦＵＬＬ ＜ｂ＞ ｗｉｄｔｈ",
    "раураl аpple Αlpha",
    "ﷺ ﷽ ﷽ ﷽",
    "กิ่กี้กึ๊กื๋ " * 20,
    "😀👩‍👩‍👧‍👦🏳️‍🌈🇹🇭👍🏿",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\U0001f1fa" * 31,
    "W" * 3000,
    "ක" * 2500,
    "a" * 5000,
    "x\n" * 200,
)
COMMANDS = (
    '/inform{"answer":"adult"}',
    "/start /erase_data",
    "／restart",
    '","text":"x"}]}',
    "\\u003cscript\\u003e \\x3c \\0",
)
PAYLOADS = (
    *MARKUP, *ATTRIBUTES, *FORMULAS, *DATABASE, *TEMPLATES, *PLACES, *HEADERS, *CONTROL, *SURROGATES, *BIDI,
    *LETTERS, *COMMANDS,
)  # fmt: skip
# What stands around each of them.
FAMILIES = ("{}", '"><b>{}', "'--></p></li>{}", "سلام {}", "\u202e{}\u2066")
HOSTILE: Sequence[str] = tuple(
    dict.fromkeys(family.replace("{}", payload) for family in FAMILIES for payload in PAYLOADS)
)
LONGEST = 4096  # characters of a message that are kept
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BREAKS: Mapping[str, str] = {"\t": " ", "\u2028": " ", "\u2029": " "}


def kept(text: str) -> str:
    """The words as they are stored: composed letters, no control characters, no halves, no slash in front.

    "" where nothing is left that could be read: such a message is answered like a sticker.
    """
    without = [c for c in text[:LONGEST] if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}]
    words = unicodedata.normalize("NFC", "".join(without))[:LONGEST].strip()
    while words and (words[0] in "/／" or words[0].isspace()):
        words = words[1:]
    return words if any(unicodedata.category(c)[0] in "LMNPS" for c in words) else ""


def shown(words: str) -> str:
    """The stored words as a page shows them: no marks that turn a line about, and each line held apart."""
    lines = ("".join(BREAKS.get(c, c) for c in line if c not in TURNING) for line in words.split("\n"))
    return "\n".join(f"\u2068{line}\u2069" if line else "" for line in lines)


def one_line(value: str) -> str:
    """A code that has no words (any more), such as that of an answer, as a page shows it."""
    lines = value.replace("\r\n", " ").replace("\r", " ").replace("\n", " ")
    without = (BREAKS.get(c, c) for c in lines if c not in TURNING)
    return "".join(c for c in without if unicodedata.category(c) not in {"Cc", "Cs"})
