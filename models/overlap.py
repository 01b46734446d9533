"""How many people two creators would both reach: audiences compared, corrected by the commenters they share.

What is believed before any comment: people of one country, and of one niche, follow its creators independently of each
other. What is seen: people who commented on both. If `q` of those reached comment, q_i q_j of the shared ones are
expected to have commented on both, so with a gamma belief of shape 1 about their number N the mean given c shared
commenters is (1 + c) / (1 / N_believed + q_i q_j).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from data.history import History
from data.population import Population, load_population
from models.families import Floats

_NICHES = 9.0
"""People of a niche are taken to be one in so many: how much likelier two creators of one niche share an audience."""
_MOST = 0.95
"""No audience lies within another altogether."""
_ANYWHERE = ""
"""The country of an audience nobody has told."""


def shared_people(history: History, creator_ids: Sequence[str], exposed: Floats, as_of: pd.Timestamp) -> Floats:
    """People whom both of two creators reach, from what was known before `as_of`.

    Parameters
    ----------
    history : tables that hold the creators
    creator_ids : n different creators
    exposed : people each is expected to reach, shape (n,), positive

    Returns
    -------
    Symmetric float64 of shape (n, n), in people, 0 on the diagonal; at most 95 % of the smaller audience.
    """
    known = history.of_creators(creator_ids).up_to(as_of)
    profiles = known["creators"].sort_values("visible_at", kind="stable").drop_duplicates("creator_id", keep="last")
    profiles = profiles.set_index("creator_id").reindex(list(creator_ids))
    countries = _countries(known["audience"], profiles["country"], creator_ids)
    believed = _believed(profiles, countries, exposed, load_population())
    commenters, shared = _commenters(known["comments"], creator_ids)
    chance = np.minimum(commenters / exposed, 1.0)
    people = (1.0 + shared) / (1.0 / np.maximum(believed, 1e-9) + np.outer(chance, chance))
    people = np.minimum(people, _MOST * np.minimum.outer(exposed, exposed))
    np.fill_diagonal(people, 0.0)
    return np.asarray(people)


def _countries(audience: pd.DataFrame, home: pd.Series, creator_ids: Sequence[str]) -> pd.DataFrame:
    """Share of each creator's audience by country, n rows; where unknown all of it lives in the creator's own."""
    told = audience[(audience["dimension"] == "country").to_numpy()]
    newest = told.groupby("creator_id")["observed_at"].transform("max")
    told = told[(told["observed_at"] == newest).to_numpy()]
    shares = told.pivot_table(index="creator_id", columns="bucket", values="share", aggfunc="sum")
    shares = shares.reindex(list(creator_ids)).fillna(0.0)
    for creator_id in shares.index[shares.sum(axis=1) <= 0.0]:
        country = home.loc[creator_id]
        shares.loc[creator_id, _ANYWHERE if pd.isna(country) else str(country)] = 1.0
    return shares.fillna(0.0)


def _believed(profiles: pd.DataFrame, countries: pd.DataFrame, exposed: Floats, population: Population) -> Floats:
    """Shared people if, within a country and niche, people follow creators independently; shape (n, n)."""
    platforms = profiles["platform"].astype("str").fillna("other").tolist()
    shares = countries.to_numpy(dtype=np.float64)
    users = np.array([[population.users(p, c or None) for c in countries.columns] for p in platforms])
    density = np.minimum(exposed[:, None] * shares / users.reshape(shares.shape), 1.0)
    both = (exposed[:, None] * shares) @ density.T
    category = profiles["category"].astype("str").str.casefold().fillna("").to_numpy(dtype=object)
    alike = (category[:, None] == category[None, :]) & (category[:, None] != "")
    penetration = np.array([population.users(p) / population.world for p in platforms])
    here = np.array(platforms, dtype=object)
    reached = np.where(here[:, None] == here[None, :], 1.0, penetration[None, :])
    both = both * np.where(alike, _NICHES, 1.0) * reached
    return np.asarray(np.minimum(0.5 * (both + both.T), _MOST * np.minimum.outer(exposed, exposed)))


def _commenters(comments: pd.DataFrame, creator_ids: Sequence[str]) -> tuple[Floats, Floats]:
    """Distinct commenters of each creator, shape (n,), and those two creators share, shape (n, n)."""
    n = len(creator_ids)
    own = (comments["is_creator"] == 1).fillna(False).to_numpy(dtype=bool)
    others = comments[comments["author_id"].notna().to_numpy() & ~own]
    row = pd.Index(list(creator_ids)).get_indexer(others["creator_id"])
    code, authors = pd.factorize(others["author_id"])
    seen = sparse.csr_matrix((np.ones(len(row)), (row, code)), shape=(n, max(len(authors), 1)))
    seen.data[:] = 1.0
    return np.asarray(seen.sum(axis=1)).ravel(), np.asarray((seen @ seen.T).todense(), dtype=np.float64)
