"""What a reason certificate rests on: the newest run, the dictionary and the sealed reason groups of a version."""

from __future__ import annotations

from django.conf import settings

from registry.sealed_reasons import reasons_given_by
from validation.certificate import Certificate, Cited, LetStand, Words, lines_of
from validation.models import CheckResult
from validation.plan_facts import Seen


def certificate_of(seen: Seen) -> Certificate:
    """Nothing is stored: the results and the dictionary speak, as they stand."""
    version = seen.version
    words = Words(
        digest=version.dictionary.digest,
        reasons=version.dictionary.reasons,
        wanted=reasons_given_by(version),
        languages=tuple(language for language, _ in settings.LANGUAGES),
    )
    results = None if seen.run is None else [_cited(each) for each in seen.results]
    return Certificate(
        version=str(version.pk),
        artifact=version.artifact_id,
        dictionary=words.digest,
        languages=words.languages,
        lines=lines_of(results, words),
    )


def _cited(result: CheckResult) -> Cited:
    signed = next(iter(result.deviations.all()), None)
    return Cited(
        check=result.check_id,
        verdict=result.verdict,
        is_blocking=result.is_blocking,
        headline=result.headline,
        digest=result.digest,
        deviation=None if signed is None else LetStand(signed.printed_name, signed.at),
    )
