"""The peer of `benchmarks/endpoint.py`: what one would write by hand around the same scorer, and nothing else.

One FastAPI handler with the same request model, the same creators built ahead, the same scorer and the same answer.
No keys, limits, metrics, score log, request ids, probes, swaps or problem details.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response

from models.registry import load_scorer
from serving.answers import ScoreResponse, json_bytes
from serving.handler import model_of, rank_order, time_text
from serving.inputs import about, asked_of, terms_of
from serving.results import results_of
from serving.schemas import Candidate, ScoreRequest
from serving.snapshots import Snapshots


def application(folder: Path) -> FastAPI:
    """`POST /v1/score` of catalogue candidates."""
    scorer, info = load_scorer(os.environ.get("CREATORLIFT_MODEL", "champion"))
    built = Snapshots(folder).newest(scorer.reference)
    if built is None:
        sys.exit(f"no creators are built at {folder}")
    app = FastAPI()

    @app.post("/v1/score")  # type: ignore[untyped-decorator,unused-ignore]  # FastAPI may lack types
    async def score(request: ScoreRequest) -> Response:
        asked = [(at, one) for at, one in enumerate(request.read_candidates()) if isinstance(one, Candidate)]
        rows = built.positions([str(one.creator_id) for _, one in asked])
        values = built.features(rows, asked_of(request.campaign, built))
        columns = scorer.score_rows(
            values, about(request.campaign, len(asked)), terms_of(asked), level=request.level,
            target_roi=request.campaign.target_roi, safety=request.campaign.safety, explain=request.explain,
        )  # fmt: skip
        best = rank_order(columns, request.rank_by, np.arange(len(asked)))
        answer = ScoreResponse.model_construct(
            campaign_id=request.campaign.campaign_id, currency=request.campaign.currency, model=model_of(info),
            as_of=time_text(built.as_of), level=request.level, errors=[],
            results=results_of(columns, best.tolist(), [str(asked[at][1].creator_id) for at in best.tolist()]),
        )  # fmt: skip
        return Response(json_bytes(answer), media_type="application/json")

    return app


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print("skipped: the peer that benchmarks/endpoint.py starts")
        sys.exit(0)
    uvicorn.run(
        application(Path(sys.argv[1])), port=int(sys.argv[2]), loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
