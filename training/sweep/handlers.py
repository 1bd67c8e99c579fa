"""The job that trains and compares many candidates, outside any transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.run import Run
from mrm.lib import canonical, strict_json
from mrm.settings import governance
from registry import snapshots, vault
from registry.candidates import Trained
from registry.gatekeeper import pass_gates
from registry.models import DatasetSnapshot, ModelVersion, RiskModel
from registry.serving import manifest as names
from registry.sweeps import Swept, record_sweep
from scoring.slots import champion_of
from training import lab
from training.gates import TrainingAsked
from training.services import ACT
from training.sweep.plan import SWEEP, plan_sweep

Conclusion = Callable[[], dict[str, str | int]]
_MAX_FACTS_BYTES = 32 * 1024 * 1024
# What a child has written by the names it writes them under (training.sweep.child, training.sweep.running), which are
# not imported here: they bring the numerical libraries along.
_CANDIDATES, _FACTS, _PROGRESS, _INCUMBENT = "candidates", "sweep.json", "progress.json", "incumbent"
_PROFIT = "profit.parquet"
_TRAINING = "Training candidates in a child process"


def sweep(run: Run) -> Conclusion:
    """Ask the gates again, train in one child process on the development part alone, log each candidate to MLflow as it
    comes, then write all of them and their comparison down."""
    run.progress("Asking the gates again", 1)
    risk_model = RiskModel.objects.get(pk=run.job.payload["model"])
    snapshot = DatasetSnapshot.objects.get(pk=run.job.payload["snapshot"])
    plan = plan_sweep(raw=run.job.payload["asked"], snapshot=snapshot)
    asked = TrainingAsked(risk_model, snapshot, plan)
    pass_gates(act=ACT, actor=run.actor, subject=asked, refused=f"No training for {risk_model.slug}.")
    incumbent = champion_of(risk_model)
    with run.folder() as name:
        folder = Path(name)
        run.progress("Opening the development part", 2)
        development = snapshots.read_development(actor=run.actor, snapshot=snapshot)
        (folder / "development.parquet").write_bytes(development.table)
        (folder / "spec.json").write_bytes(canonical.dumps(plan.spec()))
        if plan.asked.profit:
            earned = snapshots.read_result(actor=run.actor, snapshot=snapshot, column=plan.asked.profit)
            (folder / _PROFIT).write_bytes(earned)
        _put_incumbent(folder, incumbent)
        logging = _Logging(run, asked, folder)
        run.child(target=governance.SWEEP_CHILD, folder=folder, meanwhile=logging.look)
        facts = strict_json.loads((folder / _FACTS).read_bytes(), max_bytes=_MAX_FACTS_BYTES)
        trained = logging.all_of(facts)
    run.progress("Writing the candidates down", 97)

    def conclude() -> dict[str, str | int]:
        swept = Swept(run.job.pk, risk_model, snapshot, plan.asked.plain(), facts, trained, incumbent)
        made = record_sweep(actor=run.actor, swept=swept)
        return {
            "sweep": str(made.pk),
            "candidates": sum(each is not None for each in trained),
            "proposed": str(made.proposed_id or ""),
        }

    return conclude


class _Logging:
    """Candidates are logged to MLflow while the child trains the next ones."""

    def __init__(self, run: Run, asked: TrainingAsked, folder: Path) -> None:
        self._run, self._asked, self._folder = run, asked, folder
        self._trained: dict[str, Trained] = {}

    def look(self) -> None:
        """Log one candidate that is whole and not logged yet, and say how far the child is."""
        progress = self._folder / _PROGRESS
        if progress.exists():
            told = strict_json.loads(progress.read_bytes())
            self._run.progress(_TRAINING, 5 + 85 * int(told["done"]) // int(told["of"]))
        for place in self._not_logged()[:1]:
            self._log(place)

    def all_of(self, facts: dict[str, Any]) -> list[Trained | None]:
        """What was trained of every entrant, in their order; those that were not logged yet are logged now."""
        self._run.progress("Logging to MLflow", 92)
        for place in self._not_logged():
            self._log(place)
        return [self._trained.get(entry["name"]) for entry in facts["candidates"]]

    def _not_logged(self) -> list[Path]:
        return sorted((self._folder / _CANDIDATES).glob("*.json"))[len(self._trained) :]

    def _log(self, place: Path) -> None:
        whole = strict_json.loads(place.read_bytes(), max_bytes=_MAX_FACTS_BYTES)
        kept = {"name": f"{SWEEP}: {whole['name']}", **whole["task"]}
        asked = self._asked
        self._trained[whole["name"]] = lab.logged(
            self._run, asked.risk_model, asked.snapshot, kept, place.with_suffix("")
        )


def _put_incumbent(folder: Path, incumbent: ModelVersion | None) -> None:
    if incumbent is None:
        return
    sealed = vault.artifacts().read_sealed(incumbent.artifact_id)
    place = folder / _INCUMBENT
    place.mkdir()
    for name, content in sealed.files.items():
        (place / name).write_bytes(content)
    (place / names.MANIFEST).write_bytes(names.dump(sealed.manifest))
