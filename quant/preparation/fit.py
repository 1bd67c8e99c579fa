"""A declared schema fitted step by step on the rows given, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quant.features.fitted import Fill, Fitted
from quant.features.inputs import Input, InputType
from quant.features.operations import SUPERVISED, Feature, Fit, Method, Operation
from quant.features.plain import SchemaFault
from quant.features.schema import FeatureSchema
from quant.features.table import Columns, apply, column_of
from quant.preparation.encoders import fit_bins, fit_lookup, fit_ordinal
from quant.preparation.imputers import fit_median, fit_neighbours
from quant.preparation.scalers import fit_scale

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """The schema with every step fitted on all rows, and the training matrix (rows, features) in float64. Where a step
    has looked at the outcome, the matrix holds what the other folds say of a row."""

    schema: FeatureSchema
    wide: NDArray[np.float64]


@dataclass(frozen=True)
class _Training:
    inputs: Mapping[str, Input]
    defaults: Column
    seed: int


@dataclass(frozen=True)
class Way:
    """Steps fitted, and the training columns (rows,) of inputs and steps: what schemas share that differ in their
    features only."""

    steps: tuple[Feature, ...]
    held: Columns


def prepare(schema: FeatureSchema, columns: Columns, defaults: Column, seed: int) -> Prepared:
    """`columns` as `check_table` gives them, `defaults` (rows,) 0 and 1. A step is fitted on the training columns of
    what it names, in the order of the schema. NotMeasurable where a column cannot carry its fit."""
    return prepare_features(schema, way_of(schema, columns, defaults, seed), defaults, seed)


def way_of(schema: FeatureSchema, columns: Columns, defaults: Column, seed: int) -> Way:
    """The steps of a schema fitted; its features have no part in it."""
    training = _Training({declared.name: declared for declared in schema.inputs}, defaults, seed)
    held, steps = dict(columns), []
    for step in schema.steps:
        fitted, held[step.name] = _settled(step, held, training)
        steps.append(fitted)
    return Way(tuple(steps), held)


def prepare_features(schema: FeatureSchema, way: Way, defaults: Column, seed: int) -> Prepared:
    """`way` is that of a schema with the same inputs and steps."""
    training = _Training({declared.name: declared for declared in schema.inputs}, defaults, seed)
    settled = [_settled(feature, way.held, training) for feature in schema.features]
    done = FeatureSchema(schema.inputs, tuple(feature for feature, _ in settled), way.steps)
    return Prepared(done, np.ascontiguousarray(np.column_stack([column for _, column in settled])))


def _settled(step: Feature, held: Columns, training: _Training) -> tuple[Feature, Column]:
    """The step with its numbers, and its training column."""
    if step.is_fitted or step.fit is None:
        return step, column_of(step, held, training.inputs)
    given = [held[name] for name in step.inputs]
    fitted = _numbers(step, step.fit, given, training)
    column = cross_fitted(step, given, training) if step.fit.method in SUPERVISED else apply(fitted, given)
    return replace(step, fitted=fitted), column


def cross_fitted(step: Feature, given: list[Column], training: _Training) -> Column:
    """Each row by a fit of the other folds, which the seed has drawn: its own outcome is not in its value."""
    if step.fit is None:
        raise SchemaFault(f"Step {step.name} declares no fit.")
    rows = len(training.defaults)
    fold = np.random.default_rng(training.seed).permutation(rows) % step.fit.folds
    column = np.empty(rows)
    for number in range(step.fit.folds):
        learn = fold != number
        others = replace(training, defaults=training.defaults[learn])
        fitted = _numbers(step, step.fit, [each[learn] for each in given], others)
        column[~learn] = apply(fitted, [each[~learn] for each in given])
    return column


def _numbers(step: Feature, fit: Fit, given: list[Column], training: _Training) -> Fitted:
    if step.operation is Operation.LOOKUP:
        categories = _categories(training.inputs[step.inputs[0]])
        if fit.method is Method.ORDINAL:
            return fit_ordinal(categories)
        return fit_lookup(given[0], training.defaults, categories, fit)
    if step.operation is Operation.BINS:
        return fit_bins(given[0], training.defaults, fit)
    if step.operation is Operation.NEAREST:
        return fit_neighbours(given, fit.ks, training.seed)
    if step.operation is Operation.SCALE:
        return fit_scale(given[0], fit.method)
    return Fill(fit.value) if fit.method is Method.CONSTANT else fit_median(given[0])


def _categories(declared: Input) -> tuple[int, ...]:
    if declared.type is InputType.TEXT:
        return tuple(range(len(declared.group_names)))
    return declared.codes
