import json, pytest

pytestmark = pytest.mark.django_db(transaction=True)
def test_dump(case, work):
    case.started(); work()
    from validation.selectors import latest_run
    run = latest_run(case.version)
    v = case.version
    json.dump({"results":[{"id":r.check_id,"verdict":r.verdict,"headline":r.headline,"m":r.measurements,"t":r.tables,"b":r.is_blocking} for r in run.results.all()],
     "recipe":v.candidate.recipe,"metrics":v.candidate.metrics,"quality":v.snapshot.quality,"decl":v.snapshot.declaration,"split":v.snapshot.split,"policy":v.policy.rules,"dict":v.dictionary.reasons,"manifest":v.artifact.manifest,"standard":run.standard.content}, open("/tmp/dossier/dump.json","w"))
