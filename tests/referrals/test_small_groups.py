from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.referrals.small_groups import SMALLEST, Cell, Line, hidden_cells

ALL = "all"
tables = st.lists(
    st.lists(st.sampled_from([0, 1, 3, 9, 10, 12, 40]), min_size=3, max_size=3), min_size=1, max_size=4
)


def table(rows: list[list[int]]) -> tuple[Mapping[Cell, int], list[Line]]:
    """Offices by values, with all their sums."""
    offices, values = [str(one) for one in range(len(rows))], ["a", "b", "c"]
    counts: dict[Cell, int] = {(o, v): rows[int(o)]["abc".index(v)] for o, v in product(offices, values)}
    counts |= {(ALL, v): sum(counts[o, v] for o in offices) for v in values}
    counts |= {(o, ALL): sum(counts[o, v] for v in values) for o in [*offices, ALL]}
    lines = [Line([(o, v) for v in values], (o, ALL)) for o in [*offices, ALL]]
    lines += [Line([(o, v) for o in offices], (ALL, v)) for v in [*values, ALL]]
    return counts, lines


def shown(row: list[int]) -> list[int | None]:
    counts: dict[Cell, int] = {(str(n),): count for n, count in enumerate([*row, sum(row)])}
    hidden = hidden_cells(counts, [Line([(str(n),) for n in range(len(row))], (str(len(row)),))])
    return [None if cell in hidden else count for cell, count in counts.items()]


def test_large_groups_and_nobody_are_shown() -> None:
    assert shown([10, 0, 25]) == [10, 0, 25, 35]


def test_one_hidden_group_takes_the_next_smallest_with_it() -> None:
    assert shown([3, 50, 20, 30]) == [None, 50, None, 30, 103]


def test_several_small_groups_are_enough_when_they_are_ten_people_together() -> None:
    assert shown([4, 6, 30]) == [None, None, 30, 40]
    assert shown([1, 2, 30, 40]) == [None, None, None, 40, 73]


def test_where_nothing_else_is_left_the_whole_is_hidden() -> None:
    assert shown([3, 0, 0]) == [None, 0, 0, None]
    assert shown([3, 12]) == [None, None, 15]


@settings(max_examples=60, deadline=None)
@given(tables)
def test_no_sum_gives_a_small_group_away(rows: list[list[int]]) -> None:
    counts, lines = table(rows)
    hidden = hidden_cells(counts, lines)
    assert all(cell in hidden for cell, count in counts.items() if 0 < count < SMALLEST)
    for line in lines:
        unknown = [cell for cell in (*line.parts, line.whole) if cell in hidden]
        assert len(unknown) != 1
        if line.whole not in hidden and unknown:
            assert sum(counts[cell] for cell in unknown) >= SMALLEST


@settings(max_examples=60, deadline=None)
@given(tables)
def test_a_table_of_large_groups_is_shown_whole(rows: list[list[int]]) -> None:
    counts, lines = table([[count * SMALLEST for count in row] for row in rows])
    assert hidden_cells(counts, lines) == frozenset()
