"""Step 8 of the message's way, prepared: the region drawn, with the place of one office and dots for the others.

It is served as a picture. So it has its own colours, which stand out on a light and on a dark page.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from bot.console.region.window import UNITS, View, drawn_at, inside
from bot.eligibility.office import Point

LAND = Path(__file__).with_name("land.svg")
SVG = "{http://www.w3.org/2000/svg}"
SEA, GROUND, DOT, PLACE, RIM, LETTERS = "#dbe6ee", "#8f9aa5", "#1d2733", "#a4262c", "#ffffff", "#10202f"


def outline() -> str:
    """The coasts, as the path of an SVG."""
    # The file is our own, and made by us.
    path = ET.parse(LAND).getroot().find(f"{SVG}path")  # noqa: S314
    if path is None:
        raise ValueError(f"{LAND.name} has no path; make it again, as from_natural_earth.py says.")
    return path.attrib["d"]


def drawing(coasts: str, view: View, place: Point | None, others: Iterable[tuple[Point, str]]) -> bytes:
    """An SVG of `view`. `place` has a mark; `others` are dots, with their names in a near view."""
    root = ET.Element("svg", {"xmlns": SVG.strip("{}"), "viewBox": view.box})
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "x": "0", "y": "0", "fill": SEA})
    for part, value in zip(("x", "y", "width", "height"), view.box.split(), strict=True):
        root[0].set(part, value)
    ET.SubElement(root, "path", {"d": coasts, "fill": GROUND})
    size = view.width * UNITS / 100  # a hundredth of the picture's width
    for at, name in others:
        if inside(at):
            _dot(root, at, 0.5 * size, DOT)
            if not view.is_whole:
                _name(root, at, size, name)
    if place is not None and inside(place):
        _dot(root, place, 1.4 * size, PLACE)
    return ET.tostring(root)


def _dot(root: ET.Element, at: Point, radius: float, colour: str) -> None:
    across, down = drawn_at(at)
    ET.SubElement(
        root,
        "circle",
        {
            "cx": f"{across:.2f}",
            "cy": f"{down:.2f}",
            "r": f"{radius:.2f}",
            "fill": colour,
            "stroke": RIM,
            "stroke-width": f"{radius / 3:.2f}",
        },
    )


def _name(root: ET.Element, at: Point, size: float, name: str) -> None:
    across, down = drawn_at(at)
    letters = ET.SubElement(
        root,
        "text",
        {
            "x": f"{across + size:.2f}",
            "y": f"{down + size:.2f}",
            "font-size": f"{3 * size:.2f}",
            "font-family": "sans-serif",
            "fill": LETTERS,
        },
    )
    letters.text = name
