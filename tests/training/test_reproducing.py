"""A version trained again from what was kept of it."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from mrm.lib.errors import NotAllowed
from registry.models import Candidate, ModelVersion
from tests.registry import built
from training.reproducing import NotReproducible, Outcome, reproduce

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def version(cast):
    return built.registered_version(cast)


def _changed(version: ModelVersion, **members: object) -> ModelVersion:
    """As if something else had been kept; nothing is written."""
    candidate = Candidate.objects.get(pk=version.candidate_id)
    candidate.recipe = {**candidate.recipe, **members}
    version.candidate = candidate
    return version


@pytest.mark.control("SR26-2:development")
def test_the_same_recipe_on_the_same_rows_is_equal(cast, version):
    found = reproduce(actor=cast.dana, version=version)
    assert (found.outcome, found.again, found.differing) == (Outcome.EQUAL, version.artifact_id, 0)
    assert found.differences == ()
    assert found.rows == version.snapshot.development_rows


def test_other_grades_are_equal_predictions_and_the_file_is_named(cast, version):
    recipe = version.candidate.recipe["recipe"]
    found = reproduce(
        actor=cast.victor, version=_changed(version, recipe={**recipe, "grades": recipe["grades"] - 1})
    )
    assert (found.outcome, found.differing) == (Outcome.EQUAL_PREDICTIONS, 0)
    assert found.differences == ("file: grades.json is another one",)


def test_another_setting_is_different_and_how_much_is_told(cast, version):
    recipe = version.candidate.recipe["recipe"]
    found = reproduce(actor=cast.dana, version=_changed(version, recipe={**recipe, "eta": "0.1"}))
    assert found.outcome is Outcome.DIFFERENT
    assert found.differing > 0 < found.largest
    assert "file: model.ubj is another one" in found.differences


def test_what_was_trained_elsewhere_is_its_authors_to_reproduce(cast, version):
    with pytest.raises(NotReproducible, match="trained elsewhere"):
        reproduce(actor=cast.dana, version=_changed(version, recipe={"estimator": "given"}))


def test_who_may_not_read_the_rows_reproduces_nothing(cast, version):
    for name in ("lia", "otto", "root"):
        with pytest.raises(NotAllowed):
            reproduce(actor=getattr(cast, name), version=version)


def test_the_command_says_it_in_one_word(cast, version):
    said = io.StringIO()
    call_command("reproduce", version.risk_model.slug, "1", "--as", "dana", stdout=said)
    assert said.getvalue().strip().endswith(f"{version.label}: equal.")
    assert not User.objects.filter(username="nobody").exists()
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("reproduce", version.risk_model.slug, "1", "--as", "nobody")
