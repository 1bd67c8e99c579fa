"""How the ledger and the jobs name what this app owns."""

from __future__ import annotations

from audit.chain import Subject
from registry.models import DatasetSnapshot, FeatureView, ModelVersion, RiskModel, ScoredSample, Sweep


def of_model(risk_model: RiskModel) -> Subject:
    return Subject("model", str(risk_model.pk))


def of_snapshot(snapshot: DatasetSnapshot) -> Subject:
    return Subject("snapshot", str(snapshot.pk))


def of_feature_view(view: FeatureView) -> Subject:
    return Subject("feature_view", str(view.pk))


def of_version(version: ModelVersion) -> Subject:
    return Subject("version", str(version.pk))


def of_sample(sample: ScoredSample) -> Subject:
    return Subject("sample", str(sample.pk))


def of_sweep(sweep: Sweep) -> Subject:
    return Subject("sweep", str(sweep.pk))
