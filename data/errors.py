"""The error tree of the whole project.

CreatorLiftError                what a user is told in plain words; never shown as a traceback
├── InputError                  the caller's mistake: exit code 2, HTTP 4xx; carries every fault found
│   ├── UsageError              an option or argument that cannot be
│   ├── TableError              a table of the workspace is missing or has faults
│   ├── MappingError            an import mapping is wrong, or the file does not match it
│   ├── BriefError              a campaign brief is wrong or incomplete
│   ├── CandidateError          a list of candidates cannot be read
│   └── ConfigError             a setting is unknown or out of range
└── WorkError                   the request was fine but the work failed: exit code 1
    ├── NotEnoughData           too few rows to do what was asked
    ├── NoModel                 the registry holds no such model, version or alias
    ├── ArtifactError           a saved model does not match its manifest or this code
    └── GateRefused             the promotion rules were not met
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_FAULTS_SHOWN = 200


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where it is, what came, what is allowed."""

    where: str
    """A path a person can follow: `posts.csv.gz, column likes, row 17`, or `campaign.order_value`."""
    got: str
    """What was found there, shortened if long."""
    allowed: str
    """What would be accepted."""

    def __str__(self) -> str:
        return f"{self.where}: got {self.got}; allowed: {self.allowed}"


class CreatorLiftError(Exception):
    """Base of every error this project raises on purpose."""

    exit_code = 1


class InputError(CreatorLiftError):
    """The caller's input is wrong. `faults` lists every fault found, not only the first."""

    exit_code = 2

    def __init__(self, faults: Fault | Iterable[Fault] | str) -> None:
        if isinstance(faults, str):
            self.faults: tuple[Fault, ...] = ()
            message = faults
        else:
            self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
            shown = [str(f) for f in self.faults[:MOST_FAULTS_SHOWN]]
            left = len(self.faults) - len(shown)
            message = "\n".join([*shown, f"... and {left} more faults"] if left else shown)
        super().__init__(message)


class UsageError(InputError):
    """An option or argument that cannot be."""


class TableError(InputError):
    """A table of the workspace is missing or has faults."""


class MappingError(InputError):
    """An import mapping is wrong, or the file does not match it."""


class BriefError(InputError):
    """A campaign brief is wrong or incomplete."""


class CandidateError(InputError):
    """A list of candidates cannot be read."""


class ConfigError(InputError):
    """A setting is unknown or out of range."""


class WorkError(CreatorLiftError):
    """The input was fine, the work could not be done."""


class NotEnoughData(WorkError):
    """Too few rows to do what was asked."""


class NoModel(WorkError):
    """The registry holds no such model, version or alias."""


class ArtifactError(WorkError):
    """A saved model does not match its manifest or this code."""


class GateRefused(WorkError):
    """The promotion rules were not met."""


def shorten(value: object, limit: int = 80) -> str:
    """`repr`-like text of a value for an error message, at most `limit` characters."""
    text = str(value) if isinstance(value, str) and value else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
