"""Step 8 of the message's way, prepared: which part of the earth the drawing shows, and where a click on it is.

Degrees east of 180 go on to the east edge, so that the Pacific is whole. Latitudes and longitudes are drawn as
they are, each degree as long as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.eligibility.office import Point

WEST, EAST, NORTH, SOUTH = (
    24.0,
    192.0,
    60.0,
    -50.0,
)  # degrees: from Türkiye to Samoa, from Kazakhstan to New Zealand
UNITS = 20  # of the drawing, a degree
CLOSER = 8  # how much closer the near view is


@dataclass(frozen=True)
class View:
    """A part of the window: its north-west corner and its width, in degrees east of Greenwich (to 192)."""

    west: float = WEST
    north: float = NORTH
    width: float = EAST - WEST

    @property
    def height(self) -> float:
        """Degrees from north to south."""
        return self.width * (NORTH - SOUTH) / (EAST - WEST)

    @property
    def box(self) -> str:
        """The view as the `viewBox` of the drawing."""
        parts = ((self.west - WEST), (NORTH - self.north), self.width, self.height)
        return " ".join(f"{part * UNITS:.2f}" for part in parts)

    @property
    def is_whole(self) -> bool:
        """Whether it shows the whole region."""
        return self == WHOLE

    def at(self, across: float, down: float) -> Point:
        """The place (latitude, longitude) at these shares, 0 to 1, of the way across and down."""
        east = self.west + across * self.width
        return round(self.north - down * self.height, 3), round(east - 360 if east > 180 else east, 3)


WHOLE = View()


def inside(place: Point) -> bool:
    """Whether the drawing shows this place."""
    return SOUTH <= place[0] <= NORTH and WEST <= _east(place) <= EAST


def near(place: Point) -> View:
    """The view around a place, moved so that it stays in the window; the whole for a place outside."""
    if not inside(place):
        return WHOLE
    width = WHOLE.width / CLOSER
    height = WHOLE.height / CLOSER
    west = min(max(_east(place) - width / 2, WEST), EAST - width)
    north = max(min(place[0] + height / 2, NORTH), SOUTH + height)
    return View(west, north, width)


def drawn_at(place: Point) -> Point:
    """Where a place stands in the drawing: across and down, in its units."""
    return (_east(place) - WEST) * UNITS, (NORTH - place[0]) * UNITS


def _east(place: Point) -> float:
    return place[1] + 360 if place[1] + 360 <= EAST else place[1]
