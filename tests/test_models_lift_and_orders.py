"""What the scorer learns in order: orders that were read teach lift, whatever the lift model sees of the deals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models import lift_and_orders
from models.lift_and_orders import learn
from models.lift_of_deals import prior_log_lift
from models.readings import Readings
from models.scorer import CreatorScorer
from tests.model_world import root_mean_square, training_set

N = 240


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that tell every lift."""
    true = training_set(N, 5)[1]
    told = Readings(np.arange(N), true, np.full(N, 0.05))
    monkeypatch.setattr(lift_and_orders, "read_attributed", lambda *_: told)


@pytest.mark.usefixtures("telling")
def test_orders_that_were_read_teach_and_every_user_learns_from_them() -> None:
    known, true = training_set(N, 5)
    found = learn(known, 0)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(lift_and_orders, "read_attributed", lambda *_: None)
        alone = learn(known, 0)
    assert (found.n_read, alone.n_read) == (N, 0)
    assert root_mean_square(found.log_lift - true) < 0.9 * root_mean_square(alone.log_lift - true)
    assert found.held_out.shape == alone.held_out.shape == (N,)
    scorer = CreatorScorer.fit(known)
    assert scorer.lift.state() == found.lift.state()
    assert scorer.info["n_read_from_attributed"] == N


def test_the_lift_model_may_be_shown_other_columns() -> None:
    known, true = training_set(N, 5)
    seen = pd.DataFrame({"cause": true})
    prior = prior_log_lift(known.deals["goal"], known.priors)
    told = learn(known, 0, seen=seen)
    assert np.array_equal(told.log_lift, told.lift.predict(seen, prior))
    assert np.corrcoef(told.log_lift, true)[0, 1] > 0.95 > np.corrcoef(learn(known, 0).log_lift, true)[0, 1]
