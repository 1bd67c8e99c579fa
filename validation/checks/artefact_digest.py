"""The bytes that were checked here are the bytes that were registered."""

from __future__ import annotations

from mrm.lib import canonical
from quant.verdict import Judgement, Severity, Verdict
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:  # noqa: ARG001
    from registry.serving import manifest as manifests

    recomputed = canonical.sha256(manifests.dump(sample.sealed.manifest))
    files = sample.sealed.manifest.files
    wrong = [
        entry.name for entry in files if canonical.sha256(sample.sealed.files[entry.name]) != entry.sha256
    ]
    registered = sample.registered.artifact_digest
    is_same = not wrong and recomputed == registered == sample.served.digest
    judgement = (
        Judgement(Verdict.PASSED, f"{len(files)} files and the manifest have the registered digests.")
        if is_same
        else Judgement(Verdict.FAILED, "The sealed bytes are not the registered ones.", Severity.RED)
    )
    measured = Measurement(
        "files_that_differ",
        "Files that differ from their digest",
        float(len(wrong)),
        n=len(files),
        limit=0.0,
        judgement=judgement,
        note=f"Registered {registered}, recomputed {recomputed}.",
    )
    return Measured(judgement.why, judgement, (measured,))


CHECK = Check(
    id="artefact_digest",
    title=gettext_noop("Artefact digest"),
    section=Section.IMPLEMENTATION,
    question=gettext_noop("Are the sealed bytes the ones that were registered?"),
    needs="The sealed artefact and the registered digest.",
    bad_sign="Any file, or the manifest itself, with another SHA-256.",
    limits=gettext_noop(
        "Says that nothing changed since registration, not that what was registered is right."
    ),
    reference="SHA-256 over the canonical manifest.",
    run=run,
)
