"""What answers: a model, its registry entry and the catalogue, loaded together and swapped together."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.errors import ArtifactError
from data.history import ALWAYS
from data.sources import load_history
from models.registry import ModelInfo
from models.scorer import CreatorScorer
from models.screen import Screen
from serving.answers import CatalogueOf, ModelResponse, RefusedVersion, ScoreResponse
from serving.catalogue import Catalogue
from serving.config import ServeSettings
from serving.handler import Scorer, model_of, score_each, time_text
from serving.locate import Answer, asked
from serving.operations import EXAMPLE
from serving.schemas import ScoreRequest
from serving.snapshots import Snapshots


@dataclass(frozen=True)
class Answered:
    """A request and what it was answered; for whoever keeps a record of it."""

    request: ScoreRequest
    response: ScoreResponse
    features: np.ndarray | None = None
    """Those of the results, shape (results, features)."""


@dataclass(frozen=True)
class Refused:
    """A version that should have answered and was broken."""

    version: str
    why: str


@dataclass(frozen=True)
class Live:
    """Everything a request is answered with; never changed in place."""

    scorer: Scorer
    info: ModelInfo
    catalogue: Catalogue | None
    refused: tuple[Refused, ...] = ()
    """Versions that were to take this one's place and could not."""

    def answer(self, request: ScoreRequest, now: pd.Timestamp) -> Answered:
        """As `serving.handler.score`."""
        return self.answer_each([request], now)[0]

    def answer_each(self, requests: Sequence[ScoreRequest], now: pd.Timestamp) -> list[Answered]:
        """As `serving.handler.score_each`."""
        scored = score_each(requests, self.scorer, self.info, self.catalogue, now=now)
        return [Answered(one, told.response, told.features) for one, told in zip(requests, scored, strict=True)]

    @cached_property
    def screen(self) -> Screen:
        """The quick look over the creators built ahead; made when first asked for, some seconds per 100,000."""
        assert self.catalogue is not None and self.catalogue.built is not None  # noqa: S101 - asked where there are
        assert isinstance(self.scorer, CreatorScorer)  # noqa: S101 - the one that has trees
        return Screen.of(self.catalogue.built, self.scorer)

    def looked_like(self, before: Live) -> Live:
        """Itself, after preparing whatever `before` had ready, so that no request has to."""
        if "screen" in before.__dict__ and self.catalogue is not None and self.catalogue.built is not None:
            _ = self.screen
        return self

    def about(self) -> ModelResponse:
        """What is live, for `GET /v1/model`."""
        known = None
        if self.catalogue is not None:
            newest, built = self.catalogue.newest_fact_at, self.catalogue.built
            known = CatalogueOf(
                len(self.catalogue),
                None if pd.isna(newest) else time_text(newest),
                None if built is None else time_text(built.as_of),
            )
        return ModelResponse(
            model=model_of(self.info), aliases=list(self.info.aliases), info=dict(self.scorer.info), catalogue=known,
            refused=[RefusedVersion(one.version, one.why) for one in self.refused],
        )  # fmt: skip

    def try_out(self) -> None:
        """Answer one request nobody asked, and one creator built ahead; raises whatever a broken part does.

        It also makes the first real request as fast as the others: word lists and kernels are loaded when first used.
        """
        example = json.loads(json.dumps(EXAMPLE))
        self.answer(ScoreRequest.model_validate_json(json.dumps(example)), ALWAYS)
        built = None if self.catalogue is None else self.catalogue.built
        if built is not None and len(built):
            del example["as_of"], example["campaign"]["platform"]
            example["candidates"] = [{"creator_id": built.names(np.zeros(1, np.int64))[0], "fee": 100.0}]
            response = self.answer(ScoreRequest.model_validate_json(json.dumps(example)), built.as_of).response
            if response.errors or not np.isfinite(response.results[0].fit.score):
                raise ArtifactError(f"the creators built ahead gave no score: {response.errors}")


def load_live(settings: ServeSettings, answer: Answer | None = None) -> Live:
    """Resolve the model once, load it, open the creators built ahead (or, without, index the tables), and try it out.

    `answer` is the registry's, where it is being asked already.

    Raises NoModel when there is no such model or no champion yet, ArtifactError when its files do not match,
    WorkError when the registry fails, and TableError naming every fault of the workspace.
    """
    with asked(settings.model) if answer is None else nullcontext(answer) as found:
        info, load = found()
        scorer = load()
    catalogue = None
    if settings.workspace is not None:
        workspace, folder = settings.workspace, settings.catalogue_folder
        built = None if folder is None else Snapshots(folder).newest(scorer.reference)
        catalogue = Catalogue(lambda: load_history(workspace), built)
        if built is None:
            len(catalogue)  # a faulty table is told now, not to the first request
    live = Live(scorer, info, catalogue)
    live.try_out()
    # What is loaded stays: the collector need not look through it at every large answer.
    gc.collect()
    gc.freeze()
    return live
