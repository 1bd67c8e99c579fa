"""Portfolios in memory, made once for the tests of this folder. Seeds are 1, 2, 3, …, chosen before anything was seen."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import pytest

from training.simulator.chunks import Chunk, simulate
from training.simulator.plan import APPLICANTS_PER_CHUNK, Kind, Plan, Portfolio
from training.simulator.portfolio import generate

LOANS = 20_000


@dataclass(frozen=True, eq=False)
class Book:
    """The chunks of a portfolio, and their arrays one after the other."""

    chunks: tuple[Chunk, ...]

    @property
    def truths(self):
        return self.chunks[0].truths

    @cached_property
    def features(self):
        names = self.chunks[0].features
        return {name: np.concatenate([chunk.features[name] for chunk in self.chunks]) for name in names}

    @property
    def probability(self):
        return np.concatenate([chunk.probability for chunk in self.chunks])

    def of(self, part, name):
        """One array of `applications`, `bureau` or `outcomes`."""
        held = [getattr(chunk, part, None) or getattr(chunk.facts, part) for chunk in self.chunks]
        return np.concatenate([getattr(each, name) for each in held])

    def of_people(self, name):
        """One array of `people`, by application."""
        held = [chunk.facts.people for chunk in self.chunks]
        return np.concatenate([getattr(who, name)[who.customer] for who in held])

    @property
    def is_first(self):
        """The first place of each customer, so that nobody is counted twice."""
        whose = [chunk.facts.people.customer for chunk in self.chunks]
        return np.concatenate([who == np.arange(who.size) for who in whose])


@cache
def _book(kind, portfolio, loans, seed):
    plan = Plan(loans, seed, kind, portfolio)
    return Book(tuple(_light(simulate(plan, number)) for number in range(plan.chunks)))


def _light(chunk):
    """Without bookings, which are most of a chunk; tests of these make a chunk of their own."""
    return replace(chunk, accounts=None, facts=replace(chunk.facts, accounts=None))


@pytest.fixture(scope="session")
def book():
    """A portfolio of this kind; by default the planted one of 20,000 loans and seed 1."""

    def made(kind=Kind.VEHICLE, portfolio=Portfolio.PLANTED, *, loans=LOANS, seed=1):
        return _book(kind, portfolio, loans, seed)

    return made


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A planted portfolio of one chunk on disk."""
    made = tmp_path_factory.mktemp("simulated") / "vehicle"
    generate(made, Plan(APPLICANTS_PER_CHUNK, 1))
    return made


@pytest.fixture(scope="session")
def table(folder):
    """A table of that portfolio as a frame."""
    from pyarrow import parquet

    return cache(lambda name: parquet.read_table(folder / name).to_pandas())


@pytest.fixture(scope="session")
def truth(folder):
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))
