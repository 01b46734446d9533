"""Reductions of ragged groups: many values per pairing to one number per pairing.

Every function takes `group` (int64, ascending: the pairing of each value), `values` (float64, same shape, NaN =
missing and skipped) and `n` (how many pairings), and returns float64 of shape (n,).

A pairing alone must give the same bits as in a batch, so a result may depend on nothing but the group's own values
in their given order: sums run through `np.bincount`, which adds one value after another into its group.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def count(group: Ints, n: int) -> Floats:
    """How many rows each group has; 0 where none."""
    return np.asarray(np.bincount(group, minlength=n), dtype=np.float64)


def _added(group: Ints, values: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(group, weights=values, minlength=n), dtype=np.float64)


def present(group: Ints, values: Floats) -> tuple[Ints, Floats]:
    """The rows whose value is not missing."""
    kept = ~np.isnan(values)
    if kept.all():
        return group, values
    return group[kept], values[kept]


def total(group: Ints, values: Floats, n: int) -> Floats:
    """Sum of the values; 0 where a group has none."""
    group, values = present(group, values)
    return _added(group, values, n)


def ratio(above: Floats, below: Floats) -> Floats:
    """`above / below`; NaN where `below` is 0 or either is missing."""
    out: Floats = np.full(len(above), np.nan)
    np.divide(above, below, out=out, where=below != 0)
    return out


def mean(group: Ints, values: Floats, n: int) -> Floats:
    """Mean of the values; NaN where a group has none."""
    group, values = present(group, values)
    return ratio(_added(group, values, n), count(group, n))


def deviation(group: Ints, values: Floats, n: int) -> Floats:
    """Sample standard deviation (divisor m - 1); NaN below two values."""
    group, values = present(group, values)
    m = count(group, n)
    centred = values - ratio(_added(group, values, n), m)[group]
    squares = _added(group, centred * centred, n)
    return np.sqrt(ratio(squares, np.where(m > 1, m - 1, 0.0)))


def _sorted_within(group: Ints, values: Floats, n: int) -> tuple[Ints, Floats, Ints, Ints]:
    """Rows without the missing, ascending within each group, with each group's size and first position."""
    group, values = present(group, values)
    sizes = np.bincount(group, minlength=n)
    starts = np.cumsum(sizes) - sizes
    return group, values[np.lexsort((values, group))], sizes, starts


def median(group: Ints, values: Floats, n: int) -> Floats:
    """Median of the values (mean of the middle two); NaN where a group has none."""
    _, values, sizes, starts = _sorted_within(group, values, n)
    out = np.full(n, np.nan)
    some = sizes > 0
    low = values[(starts + (sizes - 1) // 2)[some]]
    high = values[(starts + sizes // 2)[some]]
    out[some] = (low + high) / 2.0
    return out


def trimmed_mean(group: Ints, values: Floats, n: int, share: float) -> Floats:
    """Mean after dropping the `share` (rounded down to whole values) at either end; NaN where a group has none."""
    group, values, sizes, starts = _sorted_within(group, values, n)
    cut = np.floor(sizes * share).astype(np.int64)
    rank = np.arange(len(group)) - starts[group]
    kept = (rank >= cut[group]) & (rank < (sizes - cut)[group])
    return ratio(_added(group[kept], values[kept], n), (sizes - 2 * cut).astype(np.float64))


def spread(group: Ints, values: Floats, n: int) -> Floats:
    """Median absolute deviation from the median × 1.4826 (a robust standard deviation); NaN below three values."""
    group, values = present(group, values)
    away = np.abs(values - median(group, values, n)[group])
    return np.where(count(group, n) >= 3, 1.4826 * median(group, away, n), np.nan)


def slope(group: Ints, x: Floats, y: Floats, n: int, at_least: int) -> Floats:
    """Least-squares slope of y on x; NaN below `at_least` complete points or where x does not vary."""
    known = ~(np.isnan(x) | np.isnan(y))
    group, x, y = group[known], x[known], y[known]
    m = count(group, n)
    x = x - ratio(_added(group, x, n), m)[group]
    y = y - ratio(_added(group, y, n), m)[group]
    across = _added(group, x * y, n)
    along = _added(group, x * x, n)
    return np.where(m >= at_least, ratio(across, along), np.nan)


def last(group: Ints, values: Floats, n: int) -> Floats:
    """The last value that is not missing; NaN where a group has none."""
    group, values = present(group, values)
    out = np.full(n, np.nan)
    ends = np.flatnonzero(np.append(group[1:] != group[:-1], True)) if len(group) else np.zeros(0, np.int64)
    out[group[ends]] = values[ends]
    return out


def largest(group: Ints, values: Floats, n: int) -> Floats:
    """The largest value; NaN where a group has none."""
    group, values = present(group, values)
    out = np.full(n, np.nan)
    if len(group):
        starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
        out[group[starts]] = np.maximum.reduceat(values, starts)
    return out


def distinct(group: Ints, code: Ints) -> tuple[Ints, Ints, Ints]:
    """Each distinct (group, code) once, ascending: its group, its code, and how many rows it has.

    `code` ≥ 0; a code says only which rows are equal, so nothing may depend on its order.
    """
    if not len(group):
        none = np.zeros(0, np.int64)
        return none, none, none
    width = int(code.max()) + 1
    both, rows = np.unique(group * width + code, return_counts=True)
    return both // width, both % width, rows.astype(np.int64)


def from_end(group: Ints, n: int) -> Ints:
    """Place of each row counted from the last of its group, which is 0; shape of `group`."""
    ends = np.cumsum(np.bincount(group, minlength=n))
    return np.asarray(ends[group] - 1 - np.arange(len(group)), dtype=np.int64)


def steps(group: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Each value minus the one before it in its group: the group and the difference, one row fewer per group."""
    same = group[1:] == group[:-1]
    return group[1:][same], np.diff(values)[same]


def match(group: Ints, code: Ints, in_group: Ints, in_code: Ints) -> Ints:
    """For each (group, code) the position of its first equal among (in_group, in_code); -1 where there is none.

    Codes are ≥ -1 and -1 (missing) equals nothing. Shape of `group`.
    """
    out = np.full(len(group), -1, dtype=np.int64)
    candidates = np.flatnonzero(in_code >= 0)
    if not len(group) or not len(candidates):
        return out
    width = int(max(code.max(), in_code.max())) + 1
    keys, first = np.unique(in_group[candidates] * width + in_code[candidates], return_index=True)
    wanted = group * width + code
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = (code >= 0) & (keys[place] == wanted)
    out[found] = candidates[first[place[found]]]
    return out
