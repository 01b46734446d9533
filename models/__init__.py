"""Lift, reach, ROI and fit; `models.scorer.CreatorScorer` is the one thing saved."""
