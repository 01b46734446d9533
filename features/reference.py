"""What is learned across creators and saved with a model, so that features can be built without seeing the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.peers import PeerCurve
from features.text_space import TextSpace


@dataclass(frozen=True)
class Reference:
    """Fitted by `models.reference.fit_reference`; a part that is None falls back on what needs no fitting."""

    peers: PeerCurve | None = None
    """Engagement of peers; without it the published curve."""
    text_space: TextSpace | None = None
    """What words say of subjects; without it a written lexicon alone."""

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; parts that are None are left out."""
        parts = {"peers": self.peers, "text_space": self.text_space}
        return {name: part.to_json() for name, part in parts.items() if part is not None}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Reference:
        """The reference saved by `to_json`; ArtifactError when a part cannot be read."""
        return cls(
            PeerCurve.from_json(saved["peers"]) if "peers" in saved else None,
            TextSpace.from_json(saved["text_space"]) if "text_space" in saved else None,
        )
