"""The gate and the log behind it: who made which version the champion, when and why; and the way back.

The log is kept with the registered model, one tag per act, because MLflow itself keeps no history of an alias.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

import pandas as pd

from data.errors import Fault, GateRefused, NoModel, UsageError, WorkError
from models import registry
from training.rules import GateReport, RuleResult, check_gate

__all__ = ["GateReport", "Promotion", "check_gate", "history", "judge", "promote", "rollback"]
_PREFIX = "promotion."


@dataclass(frozen=True)
class Promotion:
    """One act: `promote` or `rollback`, from a version (or none) to another."""

    number: int
    action: str
    before: str | None
    after: str
    by: str
    reason: str
    at: str
    forced: bool = False
    failed_rules: tuple[str, ...] = ()


def history() -> list[Promotion]:
    """Every promotion and rollback, oldest first."""
    tags = registry.model_tags()
    made = []
    for key in sorted(k for k in tags if k.startswith(_PREFIX)):
        values = json.loads(tags[key])
        made.append(Promotion(**{**values, "failed_rules": tuple(values["failed_rules"])}))
    return made


def champions(log: list[Promotion]) -> list[str]:
    """Versions that were champion and could be returned to, newest last; a rollback takes the newest away."""
    stack: list[str] = []
    for act in log:
        if act.action == "rollback":
            stack = stack[:-1]
        if not stack or stack[-1] != act.after:
            stack.append(act.after)
    return stack


def _champion() -> registry.ModelInfo | None:
    try:
        return registry.resolve(registry.CHAMPION)
    except NoModel:
        return None


def judge(model: str = registry.CHALLENGER) -> GateReport:
    """The gate's report for a version or alias, without moving anything."""
    return _judge(registry.resolve(model), _champion())


def _judge(info: registry.ModelInfo, champion: registry.ModelInfo | None) -> GateReport:
    figures = registry.run_metrics(info.run_id)
    if champion is None or champion.version == info.version:
        report = check_gate(figures, data=info.data)
    else:
        before = registry.run_metrics(champion.run_id)
        report = check_gate(figures, before, data=info.data, champion_data=champion.data)
    return _with_live_load(report, info)


def _with_live_load(report: GateReport, info: registry.ModelInfo) -> GateReport:
    """Ask the version itself, not only its log: whether it can still be loaded here."""
    try:
        registry.load_scorer(info.version)
    except WorkError as error:
        result = RuleResult("the registered model loads here", False, 0.0, "at least 1", str(error))
    else:
        result = RuleResult("the registered model loads here", True, 1.0, "at least 1")
    return replace(report, results=(result, *report.results))


def promote(
    model: str = registry.CHALLENGER, *, by: str, reason: str, at: pd.Timestamp, force: bool = False
) -> GateReport:
    """Make a version the champion if the gate passes, and log who did it, when and why.

    Parameters
    ----------
    model : alias or version; by default the newest trained one.
    by, reason : a person's name and words; must not be blank.
    at : time of the act, UTC.
    force : promote although rules failed; the log names them.

    Raises UsageError (blank `by` or `reason`), NoModel, GateRefused (rules failed; nothing is changed).
    """
    _need_words(by=by, reason=reason)
    info, champion = registry.resolve(model), _champion()
    report = _judge(info, champion)
    if not report.passed and not force:
        failed = "\n".join(str(r) for r in report.failed)
        raise GateRefused(f"version {info.version} was not promoted:\n{failed}")
    if champion is None or champion.version != info.version:
        before = champion.version if champion else None
        failed_rules = tuple(r.name for r in report.failed)
        _move(Promotion(0, "promote", before, info.version, by, reason, at.isoformat(), force, failed_rules), report)
    return report


def rollback(*, by: str, reason: str, at: pd.Timestamp) -> Promotion:
    """Make the champion before the present one champion again, without a gate, and log it.

    Raises UsageError (blank `by` or `reason`), NoModel when there is no champion or none before it.
    """
    _need_words(by=by, reason=reason)
    now = registry.resolve(registry.CHAMPION)
    earlier = [version for version in champions(history()) if version != now.version]
    if not earlier:
        raise NoModel(f"no earlier champion to return to: version {now.version} was the first")
    return _move(Promotion(0, "rollback", now.version, earlier[-1], by, reason, at.isoformat()), None)


def _need_words(**words: str) -> None:
    faults = [Fault(key, "nothing", "a few words, for the promotion log") for key, v in words.items() if not v.strip()]
    if faults:
        raise UsageError(faults)


def _move(act: Promotion, report: GateReport | None) -> Promotion:
    """Write the log, then move the alias: an alias never stands where the log does not say so."""
    numbered = replace(act, number=len(history()) + 1)
    text = json.dumps(asdict(numbered), ensure_ascii=False, sort_keys=True)
    registry.tag_model(f"{_PREFIX}{numbered.number:06d}", text)
    kind = "promoted" if act.action == "promote" else "restored"
    tags = {f"{kind}_by": act.by, f"{kind}_at": act.at, f"{kind}_because": act.reason}
    if report is not None:
        tags |= {"gate": str(report), "prior_only": str(report.prior_only).lower()}
    registry.tag_version(act.after, tags)
    registry.set_alias(registry.CHAMPION, act.after)
    return numbered
