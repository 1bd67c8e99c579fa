"""A version trained again from what was kept of it."""

import io

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import User
from audit.models import Entry
from mrm.lib import code, strict_json
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


def test_other_code_is_told_by_commit_and_source_and_decides_nothing(cast, version):
    was = {"commit": "c0ffee" * 6 + "c0ff", "digest": "ab" * 32}
    found = reproduce(actor=cast.dana, version=_changed(version, code=was))
    assert found.outcome is Outcome.EQUAL
    [told] = found.differences
    assert told.startswith("code: commit c0ffeec0ffee, source abababababab trained it, here it is ")


def test_a_candidate_keeps_the_digest_of_the_source_and_the_ledger_has_it(cast, version):
    kept = version.candidate.recipe["code"]
    assert kept["digest"] == code.digest_of(settings.BASE_DIR)
    [entry] = Entry.objects.filter(event="candidate:recorded")
    assert strict_json.loads(bytes(entry.body))["facts"]["code"] == kept["digest"]


def test_one_changed_letter_of_the_source_changes_its_digest(tmp_path):
    for folder in ("quant", "training/sweep"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text("one = 1\n")
    before = code.digest_of(tmp_path, ("quant", "training"))
    (tmp_path / "training/sweep/a.py").write_text("one = 2\n")
    assert code.digest_of(tmp_path, ("quant", "training")) != before
    (tmp_path / "training/sweep/a.py").write_text("one = 1\n")
    assert code.digest_of(tmp_path, ("quant", "training")) == before


def test_the_commit_is_what_git_names_or_nothing(tmp_path):
    assert code.commit_of(tmp_path) == ""
    (tmp_path / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    assert code.commit_of(tmp_path) == ""
    (tmp_path / ".git/refs/heads/main").write_text("ab" * 20 + "\n")
    assert code.commit_of(tmp_path) == "ab" * 20


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
