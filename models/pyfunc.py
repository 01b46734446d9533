"""The saved scorer as an MLflow model: features in, a table out. MLflow runs this file when it loads a version.

No pickle: the file is stored beside the scorer's own text files ("models from code"), and the `creatorlift` package
must be installed where it runs. Scoring from raw tables is the service's and the command line's work; this face is
for people who already hold a feature frame (`creatorlift features`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

from models import artifact
from models.registry import OUTPUTS


class CreatorLiftPyfunc(PythonModel):  # type: ignore[misc]  # mlflow ships no types
    """Predicts from the catalogue's feature columns (float64, NaN where missing)."""

    def load_context(self, context: Any) -> None:
        """Called by MLflow once: reads the scorer and refuses one that does not match its manifest."""
        self.scorer = artifact.load(Path(context.artifacts["scorer"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Columns `OUTPUTS`, one row per input row, same index: log lift with its 80 % interval, relative lift, and
        the fit score (0 to 100)."""
        return self.scorer.predict_features(model_input)[list(OUTPUTS)]


set_model(CreatorLiftPyfunc())
