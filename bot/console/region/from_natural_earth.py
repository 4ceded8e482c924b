"""Step 8 of the message's way, prepared: makes `land.svg`, the outline of the region's land, once.

Source: Natural Earth, land at 1:50m, version 4.1 (naturalearthdata.com; in the public domain), as TopoJSON in the
package `world-atlas` 2.0.2 of npm (ISC licence). Coasts only: where a border runs is not ours to say. To make it
again:

    python -m bot.console.region.from_natural_earth land-50m.json > bot/console/region/land.svg
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any

from bot.console.region.window import EAST, NORTH, SOUTH, UNITS, WEST

Point = tuple[float, float]  # longitude and latitude, degrees
AROUND = 1.0  # degrees of land kept outside the window, so that no coast seems to run along its edge
COARSE = 0.06  # degrees: how far the drawn coast may be from the true one
SMALLEST = 0.08  # degrees: islands that are smaller in both directions are left out


def land_svg(topology: dict[str, Any]) -> str:
    """The drawing, from a TopoJSON topology that has the object `land`."""
    rings = (ring for found in _rings(topology) if (ring := _coarse(_clipped(_moved(found)))))
    path = "".join(_as_path(ring) for ring in rings if _extent(ring) >= SMALLEST)
    width, height = round((EAST - WEST) * UNITS), round((NORTH - SOUTH) * UNITS)
    return (
        "<!-- Natural Earth 1:50m land, public domain; made by from_natural_earth.py -->\n"
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>\n'
    )


def _rings(topology: dict[str, Any]) -> Iterator[list[Point]]:
    (across, up), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[Point]] = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * across + left, y * up + bottom))
        arcs.append(points)
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]:
            for ring in polygon:
                # A negative number is an arc walked backwards, counted from -1 on.
                yield [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]


def _moved(ring: list[Point]) -> list[Point]:
    """The islands just across the date line come after 180 degrees, beside the rest of the Pacific."""
    return [(x + 360, y) for x, y in ring] if max(x for x, _ in ring) < -30 else ring


def _clipped(ring: list[Point]) -> list[Point]:
    """The part inside the window, edge by edge (Sutherland and Hodgman)."""
    for axis, limit, sign in (
        (0, WEST - AROUND, 1),
        (0, EAST + AROUND, -1),
        (1, SOUTH - AROUND, 1),
        (1, NORTH + AROUND, -1),
    ):
        kept: list[Point] = []
        for before, point in pairwise([*ring[-1:], *ring]):
            was, is_in = sign * (before[axis] - limit) >= 0, sign * (point[axis] - limit) >= 0
            if was != is_in:
                share = (limit - before[axis]) / (point[axis] - before[axis])
                kept.append(tuple(a + share * (b - a) for a, b in zip(before, point, strict=True)))  # type: ignore[arg-type]
            if is_in:
                kept.append(point)
        ring = kept
    return ring


def _coarse(ring: list[Point]) -> list[Point]:
    """Without the points that change little (Douglas and Peucker), from the two that are farthest apart on."""
    if len(ring) < 4:
        return []
    far = max(range(len(ring)), key=lambda at: hypot(ring[at][0] - ring[0][0], ring[at][1] - ring[0][1]))
    return [*_thinned(ring[: far + 1])[:-1], *_thinned([*ring[far:], ring[0]])[:-1]]


def _thinned(line: Sequence[Point]) -> list[Point]:
    if len(line) < 3:
        return list(line)
    (ax, ay), (bx, by) = line[0], line[-1]
    long = hypot(bx - ax, by - ay) or 1e-9
    off = [abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / long for x, y in line[1:-1]]
    worst = max(range(len(off)), key=off.__getitem__)
    if off[worst] <= COARSE:
        return [line[0], line[-1]]
    return [*_thinned(line[: worst + 2])[:-1], *_thinned(line[worst + 1 :])]


def _extent(ring: Sequence[Point]) -> float:
    return max(max(one[axis] for one in ring) - min(one[axis] for one in ring) for axis in (0, 1))


def _as_path(ring: Sequence[Point]) -> str:
    points = [(round((x - WEST) * UNITS), round((NORTH - y) * UNITS)) for x, y in ring]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    # A minus sign parts two numbers as well as a space.
    written = " ".join(f"{x} {y}" for x, y in steps if x or y).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{written}z" if written else ""


if __name__ == "__main__":
    sys.stdout.write(land_svg(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
