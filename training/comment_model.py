"""Train the small linear model of comments, reproducibly: `python -m training.comment_model DATA_FOLDER`.

Every head is a logistic regression with strong L2 over named numbers and over rarity-weighted terms. Two sources that
label the same thing in their own way share one set of weights and each get a set of corrections of their own (Daumé
III, "Frustratingly Easy Domain Adaptation", ACL 2007): the opinion keeps those of the comments, the feeling none.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from data.errors import NotEnoughData
from data.writing import replacing
from features.comments_features import Reading, read
from features.comments_model import HEADS, WEIGHTS, CommentModel, Terms
from training.comment_labels import SENTUBE, TWEETS, read_labels

_DENSE, _SPAM_DENSE = 0.015, 0.06
"""Scale of the standardised numbers beside terms of length one: how freely they may be used."""
_OWN = 0.7
"""The same of a source's own corrections."""
_C = {"opinion": 3.0, "tone": 1.0, "product": 4.0, "creator": 4.0, "spam": 3.0}
_TWEETS_WEIGHT = 0.5
_FELT = 0.2
_FEWEST_TEXTS, _FEWEST_GROUPS = 3, 2
_SMALLEST = 2.0
"""Weights that move the score of a text of one term by less are not shipped (a usual text moves by a tenth of it)."""
_EVENED = 0.35
"""0 calibrates to the share of opinions in the labels, 1 to equal shares with comments without any."""
_CALIBRATION_FOLDS = 5
_SPAM_NUMBERS = ("pattern_", "n_", "words_log", "one_over_words")


@dataclass(frozen=True)
class Prepared:
    """Labels with what the model sees of their texts. Rows of all parts agree."""

    labels: pd.DataFrame
    reading: Reading
    grams: tuple[tuple[str, ...], ...]
    """The single tokens and pairs of each text."""

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """The named numbers of some rows."""
        return np.asarray(self.reading.matrix[rows])


def prepare(labels: pd.DataFrame) -> Prepared:
    """Read the texts of some labels once, for many fits."""
    reading = read(labels["text"].tolist())
    s, forms = reading.stream, reading.stream.vocabulary.forms
    ends = np.append(s.start[1:], len(s.which))
    grams = []
    for first, end in zip(s.start.tolist(), ends.tolist(), strict=True):
        words = [forms[row] for row in s.which[first:end].tolist()]
        grams.append((*words, *(f"{one} {two}" for one, two in pairwise(words))))
    return Prepared(labels.reset_index(drop=True), reading, tuple(grams))


def _terms(grams: Sequence[tuple[str, ...]], groups: Sequence[str]) -> tuple[Terms, np.ndarray]:
    """Every term two texts have, and which of them enough texts of enough groups have to be shipped."""
    texts: Counter[str] = Counter()
    seen: dict[str, set[str]] = {}
    for found, group in zip(grams, groups, strict=True):
        for term in set(found):
            texts[term] += 1
            known = seen.setdefault(term, set())
            if len(known) < _FEWEST_GROUPS:
                known.add(group)
    kept = sorted(term for term, n in texts.items() if n >= 2)
    counts = np.array([texts[term] for term in kept], dtype=np.float64)
    wide = np.array([len(seen[term]) >= _FEWEST_GROUPS for term in kept], dtype=bool)
    n = len(grams)
    idf = np.log((1 + n) / (1 + counts)) + 1
    return Terms(tuple(kept), idf, float(np.log(1 + n) + 1)), wide & (counts >= _FEWEST_TEXTS)


@dataclass(frozen=True)
class _Design:
    """The inputs of some texts as matrices."""

    numbers: np.ndarray
    terms: sparse.csr_matrix

    def take(self, rows: np.ndarray) -> _Design:
        return _Design(self.numbers[rows], self.terms[rows])


@dataclass(frozen=True)
class _Weights:
    dense: np.ndarray
    sparse: np.ndarray
    intercept: float


def _matrix(reading: Reading, terms: Terms) -> sparse.csr_matrix:
    owner, term = terms.find(reading)
    norm = terms.norm(reading.stream, owner, term)
    ours = term >= 0
    owner, term = owner[ours], term[ours]
    shape = (len(norm), len(terms.terms))
    return sparse.csr_matrix((terms.idf[term] / norm[owner], (owner, term)), shape=shape)


def _balanced(y: np.ndarray, source: np.ndarray, share: Mapping[str, float]) -> np.ndarray:
    """Weights by which each source counts by its share and, within it, every class the same."""
    weight = np.zeros(len(y))
    for name in np.unique(source):
        values = np.unique(y[source == name])
        for value in values:
            rows = (source == name) & (y == value)
            weight[rows] = share.get(str(name), 1.0) / len(values) / rows.sum()
    return np.asarray(weight * len(y) / weight.sum())


def _fit(
    design: _Design, y: np.ndarray, weight: np.ndarray, source: np.ndarray, *, head: str, scale: float, keep: str | None
) -> _Weights:
    """One logistic regression with corrections by source; those of `keep` stay in the weights."""
    names = [str(name) for name in np.unique(source)]
    several = len(names) > 1
    blocks = [sparse.csr_matrix(design.numbers * scale), design.terms]
    if several:
        is_of = [sparse.diags((source == name).astype(float)) for name in names]
        blocks += [sparse.csr_matrix((source == name).astype(float)[:, None]) for name in names[1:]]
        blocks += [one @ design.terms * _OWN for one in is_of]
    balance = np.where(y, weight[~y].sum() / weight[y].sum(), 1.0) * weight
    fitted = LogisticRegression(C=_C[head], solver="liblinear", tol=1e-3, max_iter=300)
    fitted.fit(sparse.hstack(blocks).tocsr(), y, sample_weight=balance)
    weights = fitted.coef_[0]
    n, m = design.numbers.shape[1], design.terms.shape[1]
    shared = weights[n : n + m].copy()
    if several and keep in names:
        first = n + m + len(names) - 1 + names.index(keep) * m
        shared += _OWN * weights[first : first + m]
    offset = weights[n + m + names.index(keep) - 1] if several and keep in names[1:] else 0.0
    return _Weights(weights[:n] * scale, shared, float(fitted.intercept_[0] + offset))


def _opinion(design: _Design, labels: pd.DataFrame) -> list[_Weights]:
    opinion, source = labels["opinion"].to_numpy(), labels["source"].to_numpy(dtype=object)
    rows = np.flatnonzero(~np.isnan(opinion))
    part, y, source = design.take(rows), opinion[rows], source[rows]
    weight = _balanced(y, source, {TWEETS: _TWEETS_WEIGHT})
    return [
        _fit(part, y == value, weight, source, head="opinion", scale=_DENSE, keep=SENTUBE) for value in (1.0, -1.0, 0.0)
    ]


def _tone(design: _Design, labels: pd.DataFrame) -> _Weights:
    feeling, source = labels["feeling"].to_numpy(), labels["source"].to_numpy(dtype=object)
    rows = np.flatnonzero(np.abs(feeling) > _FELT)
    y, source = feeling[rows] > 0, source[rows]
    strength = np.minimum(np.abs(feeling[rows]) / 1.5, 1.5)
    weight = _balanced(y, source, {}) * np.where(source == TWEETS, strength, 1.0)
    return _fit(design.take(rows), y, weight, source, head="tone", scale=_DENSE, keep=None)


def _binary(design: _Design, labels: pd.DataFrame, head: str, scale: float) -> _Weights:
    label, source = labels[head].to_numpy(), labels["source"].to_numpy(dtype=object)
    rows = np.flatnonzero(~np.isnan(label))
    y, source = label[rows] > 0, source[rows]
    weight = _balanced(y, source, {SENTUBE: 0.5} if head == "spam" else {})
    return _fit(design.take(rows), y, weight, source, head=head, scale=scale, keep=None)


def _empty(design: _Design) -> _Weights:
    return _Weights(np.zeros(design.numbers.shape[1]), np.zeros(design.terms.shape[1]), 0.0)


def _heads(design: _Design, labels: pd.DataFrame, names: Sequence[str], wanted: Sequence[str]) -> list[_Weights]:
    """Weights of every head; those without labels or not wanted are zero."""
    has = {
        head: head in wanted and bool(labels[head].notna().any()) for head in ("opinion", "product", "creator", "spam")
    }
    fitted = _opinion(design, labels) if has["opinion"] else [_empty(design)] * 3
    fitted.append(_tone(design, labels) if "tone" in wanted and labels["feeling"].notna().any() else _empty(design))
    fitted += [_binary(design, labels, h, _DENSE) if has[h] else _empty(design) for h in ("product", "creator")]
    if has["spam"]:
        seen = np.array([name.startswith(_SPAM_NUMBERS) for name in names], dtype=float)
        fitted.append(_binary(replace(design, numbers=design.numbers * seen), labels, "spam", _SPAM_DENSE))
    else:
        fitted.append(_empty(design))
    return fitted


ALL: tuple[str, ...] = ("opinion", "tone", "product", "creator", "spam")


def fit_uncalibrated(prepared: Prepared, rows: np.ndarray, wanted: Sequence[str] = ALL) -> CommentModel:
    """The model learned from some rows, pruned, with scores that are not yet probabilities.

    Raises NotEnoughData when the rows hold no label.
    """
    labels = prepared.labels.iloc[rows].reset_index(drop=True)
    if labels[["opinion", "feeling", "product", "creator", "spam"]].notna().sum().sum() == 0:
        raise NotEnoughData("no labelled comment to learn from")
    numbers = prepared.numbers(rows)
    centre, spread = numbers.mean(axis=0), numbers.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    terms, wide = _terms([prepared.grams[row] for row in rows.tolist()], labels["group"].tolist())
    everything = _matrix(prepared.reading, terms)
    design = _Design((numbers - centre) / spread, everything[rows])
    fitted = _heads(design, labels, prepared.reading.names, wanted)
    weights = np.stack([w.sparse for w in fitted], axis=1)
    weights = np.where(np.abs(weights * terms.idf[:, None]) >= _SMALLEST, weights, 0.0)
    kept = wide & weights.any(axis=1)
    chosen = np.flatnonzero(kept)
    model = CommentModel(
        names=prepared.reading.names,
        centre=centre,
        scale=spread,
        terms=Terms(tuple(terms.terms[i] for i in chosen), terms.idf[chosen], terms.unseen),
        dense=np.stack([w.dense for w in fitted], axis=1),
        sparse=weights[chosen],
        intercept=np.array([w.intercept for w in fitted]),
        calibration={},
    )
    return CommentModel.from_json(model.to_json())  # what is shipped is rounded; so is what is judged


def _out_of_fold(prepared: Prepared, rows: np.ndarray, seed: int, wanted: Sequence[str]) -> np.ndarray:
    """Scores of rows by models that did not see their groups, shape (n_rows, n_heads)."""
    groups = prepared.labels["group"].to_numpy(dtype=object)[rows]
    scores = np.zeros((len(rows), len(HEADS)))
    folds = GroupKFold(min(_CALIBRATION_FOLDS, len(np.unique(groups))), shuffle=True, random_state=seed)
    for learn, judge in folds.split(rows, groups=groups):
        model = fit_uncalibrated(prepared, rows[learn], wanted)
        scores[judge] = model.scores(prepared.reading)[rows[judge]]
    return scores


def _fit_softmax(scores: np.ndarray, label: np.ndarray, weight: np.ndarray) -> list[float]:
    """Slope and three offsets of the likeliest softmax; the third offset is 0."""

    def loss(values: np.ndarray) -> float:
        logits = np.exp(values[0]) * scores + np.append(values[1:], 0.0)
        logits = logits - logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return float(-(weight * log_p[np.arange(len(label)), label]).sum() / weight.sum())

    found = optimize.minimize(loss, np.zeros(3), method="Nelder-Mead", options={"maxiter": 600, "xatol": 1e-4})
    return [float(np.exp(found.x[0])), float(found.x[1]), float(found.x[2]), 0.0]


def _fit_slope(score: np.ndarray, y: np.ndarray, weight: np.ndarray) -> list[float]:
    """Slope and offset of the likeliest logistic curve (Platt 1999)."""
    fitted = LogisticRegression(C=1e6, solver="lbfgs").fit(score[:, None], y, sample_weight=weight)
    return [float(fitted.coef_[0, 0]), float(fitted.intercept_[0])]


def calibrate(prepared: Prepared, rows: np.ndarray, seed: int, wanted: Sequence[str] = ALL) -> dict[str, list[float]]:
    """Slopes and offsets by which scores become probabilities, from scores of groups held out.

    The opinion is calibrated to as much praise as criticism, and to a share of both between that of the labelled
    comments and equal shares: how much of each there is differs too much by platform to be learned.
    """
    scores = _out_of_fold(prepared, rows, seed, wanted)
    labels = prepared.labels.iloc[rows]
    source = labels["source"].to_numpy(dtype=object)
    found: dict[str, list[float]] = {}
    opinion = labels["opinion"].to_numpy()
    judged = ~np.isnan(opinion) & ((source == SENTUBE) | ~np.isin(SENTUBE, source))
    if "opinion" in wanted and judged.any():
        place = np.select([opinion[judged] > 0, opinion[judged] < 0], [0, 1], 2)
        share = np.bincount(place, minlength=3) / judged.sum()
        wanted_share = np.array([share[:2].mean(), share[:2].mean(), share[2]]) ** (1.0 - _EVENED)
        found["opinion"] = _fit_softmax(scores[judged, :3], place, (wanted_share / share)[place])
    feeling = labels["feeling"].to_numpy()
    felt = np.abs(feeling) > _FELT
    if "tone" in wanted and felt.any():
        weight = _balanced(feeling[felt] > 0, source[felt], {})
        found["tone"] = _fit_slope(scores[felt, HEADS.index("tone")], feeling[felt] > 0, weight)
    for head in ("product", "creator", "spam"):
        label = labels[head].to_numpy()
        known = ~np.isnan(label)
        if head in wanted and known.any():
            found[head] = _fit_slope(scores[known, HEADS.index(head)], label[known] > 0, np.ones(int(known.sum())))
    return found


def fit_comment_model(prepared: Prepared, rows: np.ndarray, seed: int, wanted: Sequence[str] = ALL) -> CommentModel:
    """The calibrated model learned from some rows of prepared labels.

    `wanted` are the heads asked for; the others have no weights. Raises NotEnoughData when the rows hold no label.
    """
    model = fit_uncalibrated(prepared, rows, wanted)
    calibrated = replace(model, calibration=calibrate(prepared, rows, seed, wanted), about=_about(prepared, rows))
    return CommentModel.from_json(calibrated.to_json())


def _about(prepared: Prepared, rows: np.ndarray) -> dict[str, int]:
    counts = prepared.labels.iloc[rows]["source"].value_counts()
    return {str(name): int(n) for name, n in sorted(counts.items())}


def train_comment_model(data_folder: Path, out: Path, seed: int = 0) -> CommentModel:
    """Train on every labelled set that allows it and write the weights as plain numbers.

    `data_folder` holds the sets as their publishers give them (`sentube-youtube`, `vader-tweets`, `youtube-spam`).
    The same files and seed give the same bytes. Raises TableError for missing files or columns.
    """
    prepared = prepare(read_labels(data_folder))
    model = fit_comment_model(prepared, np.arange(len(prepared.labels)), seed)
    text = json.dumps(model.to_json(), ensure_ascii=False, indent=None, separators=(",", ":"))
    with replacing(out) as part:
        part.write_text(_one_term_a_line(text), encoding="utf-8")
    return model


def _one_term_a_line(text: str) -> str:
    return text.replace("],", "],\n") + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: reads DATA_FOLDER, writes the weights into the package (or to --out)."""
    parser = argparse.ArgumentParser(prog="python -m training.comment_model", description=__doc__)
    parser.add_argument("data_folder", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    train_comment_model(asked.data_folder, asked.out, asked.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
