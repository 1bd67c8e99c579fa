"""Real processes: the sealer and its writers are killed, and the log is whole."""

import pytest

from tests.prove._ledger_kills import environment_of, kill_sealer_and_writers


@pytest.mark.sqlite
@pytest.mark.control("security:sealer-death")
def test_a_killed_sealer_loses_nothing_doubles_nothing_and_signs_on(tmp_path):
    outcome = kill_sealer_and_writers(
        kills=4, seed=20260102, environment=environment_of(tmp_path), folder=tmp_path
    )
    told = outcome.told
    assert (told["verdict"], told["faults"], told["uncovered"]) == ("intact", 0, 0)
    assert (told["lost"], told["doubled"]) == (0, 0)
    assert told["acknowledged"] > 20
    assert told["checkpoints"] > 1
