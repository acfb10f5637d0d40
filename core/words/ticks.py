"""Where the axes of charts begin, end and carry ticks: on pages and on paper alike."""

from __future__ import annotations

import math
from collections.abc import Sequence


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most `most` round values that cover a range.

    Args:
        low, high: the range; the first tick is at most `low` and the last at least `high`.

    >>> nice_ticks(0, 32_500_000)
    [0.0, 10000000.0, 20000000.0, 30000000.0, 40000000.0]
    >>> nice_ticks(-2, 39)
    [-20.0, 0.0, 20.0, 40.0]
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high - low <= 1e-9 * max(abs(low), abs(high)):
        middle = low if math.isfinite(low) else 0.0
        room = max(1.0, 1e-6 * abs(middle))  # a range too narrow for its numbers is widened
        low, high = middle - room, middle + room
    power = 10.0 ** math.floor(math.log10((high - low) / (most - 1)))
    for step in (power, 2 * power, 2.5 * power, 5 * power, 10 * power, 20 * power):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first + 1 <= most:
            return [round(index * step, 10) for index in range(first, last + 1)]
    return [low, high]


def inner_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most `most` round values inside of a range.

    >>> inner_ticks(-1.2, 9.4)
    [0.0, 2.0, 4.0, 6.0, 8.0]
    """
    for count in range(most + 3, 2, -1):
        inside = [tick for tick in nice_ticks(low, high, count) if low <= tick <= high]
        if 2 <= len(inside) <= most:
            return inside
    return [low, high]


def room_for(values: Sequence[float], *, both: bool = False) -> tuple[float, float]:
    """The ends of a money axis that holds zero, with a little room beyond the values; `both` leaves room below zero as well.

    >>> room_for([10.0, 30.0]), room_for([])
    ((0.0, 31.5), (0.0, 1.0))
    """
    low, high = min([0.0, *values]), max([0.0, *values])
    if high == low:
        return 0.0, 1.0
    room = (high - low) * 0.05
    return (low - room if low < 0 or both else 0.0), (high + room if high > 0 or both else 0.0)


def reach(middle: float, ends: Sequence[float]) -> tuple[float, float]:
    """The ends of a tornado's axis: both sides have room for a figure, the shorter side too.

    >>> reach(100.0, [80.0, 120.0])
    (71.0, 129.0)
    """
    widest = max([abs(end - middle) for end in ends] + [abs(middle) * 0.02, 1.0])
    low, high = min([middle - widest * 0.25, *ends]), max([middle + widest * 0.25, *ends])
    return low - widest * 0.45, high + widest * 0.45
