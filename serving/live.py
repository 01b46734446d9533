"""What answers: a model, its registry entry and the catalogue, loaded together and swapped together."""

from __future__ import annotations

import gc
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.history import ALWAYS
from data.sources import load_history
from models.registry import ModelInfo
from serving import openapi
from serving.answers import CatalogueOf, ModelResponse, ScoreResponse
from serving.catalogue import Catalogue
from serving.config import ServeSettings
from serving.handler import Scorer, model_of, score, time_text
from serving.locate import Asking
from serving.schemas import ScoreRequest


@dataclass(frozen=True)
class Answered:
    """A request and what it was answered; for whoever keeps a record of it."""

    request: ScoreRequest
    response: ScoreResponse


@dataclass(frozen=True)
class Live:
    """Everything a request is answered with; never changed in place."""

    scorer: Scorer
    info: ModelInfo
    catalogue: Catalogue | None

    def answer(self, request: ScoreRequest, now: pd.Timestamp) -> Answered:
        """As `serving.handler.score`."""
        return Answered(request, score(request, self.scorer, self.info, self.catalogue, now=now))

    def about(self) -> ModelResponse:
        """What is live, for `GET /v1/model`."""
        known = None
        if self.catalogue is not None:
            newest = self.catalogue.newest_fact_at
            known = CatalogueOf(len(self.catalogue), None if pd.isna(newest) else time_text(newest))
        facts = dict(self.scorer.info)
        return ModelResponse(model=model_of(self.info), aliases=list(self.info.aliases), info=facts, catalogue=known)


def load_live(settings: ServeSettings) -> Live:
    """Resolve the model once, load it, index the workspace, and answer one request nobody asked.

    The last makes the first real request as fast as the others: word lists and kernels are loaded when first used.

    Raises NoModel when there is no such model or no champion yet, ArtifactError when its files do not match,
    WorkError when the registry fails, and TableError naming every fault of the workspace.
    """
    with (
        tempfile.TemporaryDirectory(prefix="creatorlift-model-") as scratch,
        Asking(settings.model, Path(scratch)) as asking,
    ):
        # Some two seconds of imports, while the registry is being asked.
        from models import artifact

        info, folder = asking.answer()
        scorer = artifact.load(folder)
    catalogue = None if settings.workspace is None else Catalogue.of(load_history(settings.workspace))
    live = Live(scorer, info, catalogue)
    live.answer(ScoreRequest.model_validate_json(json.dumps(openapi.EXAMPLE)), ALWAYS)
    # What is loaded stays: the collector need not look through it at every large answer.
    gc.collect()
    gc.freeze()
    return live
