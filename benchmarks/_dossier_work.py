"""What a dossier costs once its results exist, in a process and on a database of its own: a real run of the whole
battery is concluded and approved by the services; then the document is written and sealed. Says one line of JSON; the
sealed file is left where an argument says."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path


def main(target: str = "") -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    case = _approved()
    # What is imported once and for all is not the file's.
    sealed, _ = _written(case)
    if target:
        Path(target).write_bytes(sealed)
    print(json.dumps(_written(case)[1]))


def _approved() -> object:
    from tests.cast import enrol_cast
    from tests.reports import world
    from tests.validation.cases import assess, case_in_validation
    from tests.validation.drawing import draw
    from validation import gathering, runner, services, standards

    with tempfile.TemporaryDirectory() as folder:
        case = case_in_validation(enrol_cast(), draw(Path(folder)))
    run = case.started()
    sample = gathering.gather(actor=case.cast.victor, run=run, retrained=None)
    outcomes = runner.run_plan(sample, standards.load(case.standard.content), progress=lambda *_: None)
    services.complete_run(actor=case.cast.victor, run=run, outcomes=outcomes)
    assess(case.cast.victor, case.version)
    return world.approved(case)


def _written(case: object) -> tuple[bytes, dict[str, float]]:
    """From the rows to the unsigned bytes as the job makes them, and the seal. Seconds of the processor."""
    from reports.build.dossier import document
    from reports.build.facts import gather
    from reports.build.frozen import freeze, thaw
    from reports.render.pdf import render
    from reports.signing import seal, signing_key

    key = signing_key()
    began = time.process_time()
    facts = gather(actor=case.cast.victor, version=case.version, signer=key.signer)  # type: ignore[attr-defined]  # the suite's case
    unsigned = render(thaw(freeze(document(facts))))
    written = time.process_time()
    sealed = seal(unsigned.content, key=key, label="bench v1")
    return sealed, {
        "pages": unsigned.pages,
        "written": written - began,
        "sealed": time.process_time() - written,
        "bytes": len(sealed),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
