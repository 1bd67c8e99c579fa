"""What stops a training, told all at once, asked when it is requested and again when a worker takes it up."""

import pytest

from jobs.models import Job
from mrm.lib.errors import Blocked, Invalid, NotAllowed
from registry import entries
from registry.snapshots import read_held_out
from tests.registry import built
from training.catalog import CARD_LIMIT, OWN_COLUMNS, plan
from training.services import request_training


@pytest.fixture
def snapshot(cast):
    return built.frozen_snapshot(cast.dana)


def ask(actor, risk_model, snapshot, recipe=CARD_LIMIT, **settings):
    return request_training(
        actor=actor, risk_model=risk_model, snapshot=snapshot, recipe=recipe, settings=settings
    )


def test_a_training_is_queued_with_ids_only(cast, snapshot, events):
    job = ask(cast.dana, built.accepted_model(cast), snapshot, rounds=15)
    assert (job.kind, job.state) == ("train", "queued")
    assert set(job.payload) == {"model", "snapshot", "recipe", "settings"}
    assert events()[-1] == "job:requested"


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_developer_trains(cast, snapshot, name):
    with pytest.raises(NotAllowed):
        ask(getattr(cast, name), built.accepted_model(cast), snapshot)
    assert not Job.objects.exists()


def test_a_developer_of_another_model_does_not_train_for_this_one(cast, snapshot):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=cast.quinn, role="developer", model_slug="mortgages")
    with pytest.raises(NotAllowed, match="for card-limit"):
        ask(cast.quinn, built.accepted_model(cast), snapshot)


def test_an_entry_that_is_neither_complete_nor_accepted_blocks_with_both_reasons(cast, snapshot, events):
    entry = entries.propose_model(actor=cast.dana, slug="x", words=entries.EntryWords(name="X"))
    before = events()
    with pytest.raises(Blocked) as refused:
        ask(cast.dana, entry, snapshot)
    lacking, accepted = refused.value.reasons
    assert "lacks: purpose" in lacking
    assert "is not accepted" in accepted
    assert (Job.objects.count(), events()) == (0, before)


def test_failed_quality_rules_block_and_are_named(cast):
    table = built.card_table(600).assign(SAME=1)
    snapshot = built.frozen_snapshot(cast.dana, csv=table.to_csv(index=False).encode())
    with pytest.raises(Blocked, match="SAME"):
        ask(cast.dana, built.accepted_model(cast), snapshot)


def test_duplicates_and_undocumented_codes_do_not_block(cast):
    import pandas as pd

    table = built.card_table(600)
    twice = pd.concat([table, table.head(20).assign(ID=range(9_001, 9_021))])
    snapshot = built.frozen_snapshot(cast.dana, csv=twice.to_csv(index=False).encode())
    assert snapshot.quality["duplicate_rows"] == 20
    assert snapshot.quality["undocumented_columns"]
    assert ask(cast.dana, built.accepted_model(cast), snapshot).state == "queued"


def test_a_recipe_that_reads_a_protected_column_is_blocked(cast):
    snapshot = built.frozen_snapshot(cast.dana, protected=["SEX", "PAY_0"])
    with pytest.raises(Blocked, match="PAY_0"):
        ask(cast.dana, built.accepted_model(cast), snapshot)


def test_a_recipe_for_other_columns_is_blocked(cast):
    table = built.card_table(600).drop(columns=["BILL_AMT3"])
    snapshot = built.frozen_snapshot(cast.dana, csv=table.to_csv(index=False).encode())
    with pytest.raises(Blocked, match="BILL_AMT3"):
        ask(cast.dana, built.accepted_model(cast), snapshot)


@pytest.mark.parametrize(
    ("recipe", "changes", "pointer"),
    [
        ("deep-learning", {}, "/recipe"),
        (CARD_LIMIT, {"rounds": 0}, "/settings"),
        (CARD_LIMIT, {"surprise": 1}, "/settings"),
        (CARD_LIMIT, {"nthread": 4}, "/settings"),
        (CARD_LIMIT, {"eta": 0.1}, "/settings"),
    ],
)
def test_an_unknown_recipe_or_setting_is_refused(cast, snapshot, recipe, changes, pointer):
    with pytest.raises(Invalid) as refused:
        ask(cast.dana, built.accepted_model(cast), snapshot, recipe, **changes)
    assert refused.value.errors[0].pointer == pointer


@pytest.mark.control("SR26-2:independent-data")
def test_whoever_trains_cannot_read_the_held_out_part(cast, snapshot):
    """A training job acts as the developer who asked for it; the door of the held-out part is not theirs."""
    job = ask(cast.dana, built.accepted_model(cast), snapshot)
    with pytest.raises(NotAllowed, match="registry:heldout:read"):
        read_held_out(actor=job.requested_by, snapshot=snapshot, why=f"job:{job.pk}")


def test_late_payment_codes_are_a_category_and_months_late(cast, snapshot):
    task = plan(name=CARD_LIMIT, snapshot=snapshot, settings={}).task
    made = {feature["name"]: feature for feature in task["schema"]["features"]}
    categories = dict(map(tuple, made["status_0"]["table"]))
    assert len({categories[code] for code in (-2, -1, 0)}) == 3
    assert (made["status_0"]["monotone"], made["months_late_0"]["monotone"]) == (0, 1)
    assert not {"SEX", "AGE", "MARRIAGE", "EDUCATION"} & {entry["name"] for entry in task["schema"]["inputs"]}


def test_own_columns_take_every_numeric_input_and_nothing_protected(cast, snapshot):
    made = plan(name=OWN_COLUMNS, snapshot=snapshot, settings={})
    assert "LIMIT_BAL" in made.input_names
    assert not {"SEX", "AGE", "DEFAULT", "ID"} & set(made.input_names)
    assert {group["key"] for group in made.task["reasons"]["groups"]} >= {"limit_bal", "pay_0"}


def test_a_column_of_texts_serves_an_input_that_may_be_spelled_and_no_other(cast):
    """A recipe's amount may come as text; its number may not."""
    from dataclasses import replace

    from training.gates import TrainingAsked, snapshot_quality_passed

    table = built.card_table(600)
    table["INCOME"] = [f"R$ 1.{row:03},50" for row in range(len(table))]
    snapshot = built.frozen_snapshot(cast.dana, csv=table.to_csv(index=False).encode())
    made, entry = plan(name=CARD_LIMIT, snapshot=snapshot, settings={}), built.accepted_model(cast)
    for kind, is_let_through in (("money", True), ("text", True), ("number", False)):
        inputs = [*made.task["schema"]["inputs"], {"name": "INCOME", "type": kind}]
        task = {**made.task, "schema": {**made.task["schema"], "inputs": inputs}}
        asked = TrainingAsked(entry, snapshot, replace(made, task=task))
        assert (snapshot_quality_passed(actor=cast.dana, subject=asked) is None) == is_let_through
