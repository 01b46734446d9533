"""Columns of text as Arrow arrays: equality, order, lower case. Missing stays missing and equals nothing."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from features.grouped import Floats, Ints, Mask

Strings: TypeAlias = Any
"""`pyarrow.LargeStringArray`, shape (m,), null = missing (pyarrow has no types to tell the checker)."""
_TYPE = pa.large_string()
NO_TEXTS: Strings = pa.array([], _TYPE)
_SLASH = pa.scalar("/", _TYPE)


def strings(values: pd.Series | list[str] | tuple[str, ...]) -> Strings:
    """A text column or a list as an array; copies nothing where the column is held by Arrow."""
    made = pa.array(values.array) if isinstance(values, pd.Series) else pa.array(values, type=_TYPE)
    if isinstance(made, pa.ChunkedArray):
        made = made.chunk(0) if made.num_chunks == 1 else made.combine_chunks()
    return made if made.type == _TYPE else made.cast(_TYPE)


def joined(first: Strings, second: Strings) -> Strings:
    """One array after the other."""
    return pa.concat_arrays([first, second])


def take(texts: Strings, position: Ints) -> Strings:
    """The texts at `position`, shape of `position`; missing where that is -1."""
    return texts.take(pa.array(position, mask=position < 0))


def fold(texts: Strings) -> Strings:
    """Lower case, without blanks at either end: names equal but for these are one name."""
    return pc.utf8_lower(pc.utf8_trim_whitespace(texts))


def with_slash(before: Strings, after: Strings) -> Strings:
    """before/after, row by row; missing where either is."""
    return pc.binary_join_element_wise(before, after, _SLASH)


def missing(texts: Strings) -> Mask:
    """Which are missing."""
    return np.asarray(texts.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)


def equal(texts: Strings, other: Strings | str) -> Mask:
    """Which equal `other` (one word or an array of the same shape); nothing equals the missing."""
    same = pc.equal(texts, pa.scalar(other, _TYPE) if isinstance(other, str) else other)
    return np.asarray(pc.fill_null(same, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def positions_in(wanted: Strings, known: Strings) -> Ints:
    """Where each `wanted` text first stands in `known`, shape of `wanted`; -1 where absent or missing."""
    return _whole(pc.index_in(wanted, value_set=known, skip_nulls=True))


def codes(texts: Strings) -> Ints:
    """Equal texts get equal whole numbers, others different ones; -1 where missing. Good for equality alone."""
    encoded = texts if isinstance(texts, pa.DictionaryArray) else texts.dictionary_encode()
    return _whole(encoded.indices)


def filled(texts: Strings) -> Strings:
    """The texts with "" for the missing."""
    return texts.fill_null("") if texts.null_count else texts


def distinct_of(texts: Strings, code: Ints) -> tuple[Strings, Ints]:
    """Of distinct `texts` only those that `code` names, in their order, and `code` as positions among them."""
    used = np.zeros(len(texts), dtype=bool)
    used[code] = True
    if used.all():
        return texts, code
    return texts.filter(pa.array(used)), np.asarray((np.cumsum(used) - 1)[code], dtype=np.int64)


def ordered_codes(texts: Strings) -> Ints:
    """As `codes`, and in the order of the texts, so that a sum by ascending code is the same in any company."""
    encoded = texts.dictionary_encode()
    ranks = np.append(_whole(pc.rank(encoded.dictionary, tiebreaker="dense")) - 1, -1)
    return np.asarray(ranks[_whole(encoded.indices)])


def ranks(texts: Strings) -> Ints:
    """Place of each text in alphabetical order, equal ones equal, missing last."""
    return np.asarray(pc.rank(texts, tiebreaker="dense"), dtype=np.int64)


def lengths(texts: Strings) -> Floats:
    """Characters; NaN where missing."""
    return np.asarray(pc.utf8_length(texts).cast(pa.float64()).to_numpy(zero_copy_only=False))


def matches(texts: Strings, pattern: str) -> Floats:
    """How often the pattern (RE2) occurs; NaN where missing."""
    return np.asarray(pc.count_substring_regex(texts, pattern).cast(pa.float64()).to_numpy(zero_copy_only=False))


def _whole(numbers: Any) -> Ints:
    filled = numbers.fill_null(-1) if numbers.null_count else numbers
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.int64)
