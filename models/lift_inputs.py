"""What a caller hands to the lift model, as arrays; what cannot be used is named: where, what came, what is allowed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.errors import Fault, TableError, shorten
from models.families import Floats

NUMBERS = "numbers, true or false, missing"
_WIDE = f"{NUMBERS}; turn text, dates and categories into numbers first (for example a 0/1 column each)"


def as_features(X: object) -> Floats:
    """X as float64, shape (n, p), missing as NaN.

    Parameters
    ----------
    X : DataFrame, array or nested sequence of n rows and p features
        Numbers and booleans of any width; pandas' nullable numbers and booleans, None and `pd.NA` for missing;
        categories where every category is a number. Text is refused even where it spells a number.

    Raises
    ------
    TableError
        Naming every column that holds something else or an infinite value, and an X that is no table.
    """
    named = isinstance(X, pd.DataFrame)
    table = _plain(X) if isinstance(X, pd.DataFrame) else _table(X)
    if isinstance(table, np.ndarray) and table.dtype.kind in "biuf":
        values = np.ascontiguousarray(table, dtype=np.float64)
        if not np.isinf(values).any():
            return values
    frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(table)
    faults: list[Fault] = []
    values = np.empty(frame.shape)
    for at in range(frame.shape[1]):
        where = f"X, column {frame.columns[at] if named else at + 1}"
        values[:, at] = numbers(frame.iloc[:, at], where, faults, _WIDE)
        rows = np.flatnonzero(np.isinf(values[:, at]))
        if len(rows):
            faults.append(
                Fault(f"{where}, row {rows[0] + 1}", "an infinite value", "finite numbers, or NaN for missing")
            )
    if faults:
        raise TableError(faults)
    return values


def _plain(X: pd.DataFrame) -> pd.DataFrame | np.ndarray:
    """As one array where every column is plain numbers, else as it is."""
    every = all(isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in X.dtypes)
    return X.to_numpy(dtype=np.float64) if every else X


def _table(X: object) -> np.ndarray:
    if X is None or isinstance(X, (str, bytes, dict)):
        raise TableError(Fault("X", shorten(X), "a DataFrame or an array of rows and features"))
    try:
        array = np.asarray(X)
    except ValueError:
        raise TableError(Fault("X", "rows of different lengths", "as many features in every row")) from None
    if array.ndim != 2:
        raise TableError(Fault("X", f"{array.ndim} dimensions", "2: rows and features"))
    return array


def numbers(column: pd.Series, where: str, faults: list[Fault], allowed: str = NUMBERS) -> Floats:
    """A column as float64, missing as NaN; what is no number adds one fault, naming the first row that has it."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("object")
    plain = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype)
    if plain:  # booleans count as numeric
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    if column.dtype != object:
        first = column.iloc[0] if len(column) else None
        faults.append(Fault(where, f"{column.dtype}, such as {shorten(first)}", allowed))
        return np.full(len(column), np.nan)
    found = np.full(len(column), np.nan)
    for row, value in enumerate(column):
        try:
            if isinstance(value, (str, bytes)):
                raise TypeError
            found[row] = np.nan if value is None or value is pd.NA else float(value)
        except (TypeError, ValueError):
            faults.append(Fault(f"{where}, row {row + 1}", shorten(value), allowed))
            break
    return found


def as_column(values: object, name: str, n: int, faults: list[Fault], allowed: str) -> Floats:
    """One number per person, shape (n,); a column of shape (n, 1) will do. Otherwise a fault, and zeros."""
    if isinstance(values, pd.DataFrame) and values.shape[1] == 1:
        values = values.iloc[:, 0]
    array = values if isinstance(values, pd.Series) else np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (n,):
        faults.append(Fault(name, f"shape {array.shape}", f"shape ({n},), a row per person: {allowed}"))
        return np.zeros(n)
    before = len(faults)
    found = numbers(pd.Series(array), name, faults, allowed)
    return found if len(faults) == before else np.zeros(n)
