"""Where the random numbers come from: a generator for each subject of each chunk.

No generator is shared, so a chunk is the same whatever is made around it, and what is switched on in one subject
changes no draw of another.
"""

from enum import IntEnum

import numpy as np

from training.simulator.plan import Kind, Plan


class Stream(IntEnum):
    PEOPLE = 0
    APPLICATIONS = 1
    BUREAU = 2
    BANKING = 3
    REPAYMENT = 4
    SPELLING = 5
    LEAK = 6


def generator(plan: Plan, chunk: int, stream: Stream) -> np.random.Generator:
    """PCG64, seeded by the plan's seed, its kind, the chunk's number and the subject, and by nothing else."""
    key = (list(Kind).index(plan.kind), chunk, int(stream))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(plan.seed, spawn_key=key)))
