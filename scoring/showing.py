"""Bringing MLflow to what is deployed here, and finding what somebody else has changed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from jobs.models import Job, JobState
from mrm.lib import clock
from registry.gateway.bodies import GOVERNED_PREFIX, PROTECTED_ALIASES
from registry.lab_book import HeldModel, HeldVersion, LabBook
from registry.lab_comparison import Found, Look, digest_of
from registry.lab_shown import begin_showing, end_showing, last_shown
from registry.mlflow_client import NUMBER, ShownModel, governed_tags, show_model
from registry.models import LabKind, ModelVersion, RiskModel
from scoring.models import Deployment
from scoring.shown import shown_model

SHOW = "show-in-mlflow"
ANOTHER_TAG, ANOTHER_VERSION = "another tag", "another version"
_JUDGED = frozenset({LabKind.ALIAS, LabKind.TAG})
# Where a difference is: our version's number, 0 where it is the model's own; its kind; its name.
Place = tuple[int, LabKind, str]


def show(risk_model: RiskModel) -> int:
    """Bring MLflow to what stands here, look again until nothing has moved, and return how many things that changed.
    Raises Unavailable."""
    changed, shown = 0, None
    while (now := shown_model(risk_model)) != shown:
        shown = now
        if shown.versions:
            begin_showing(risk_model)
            changed += show_model(shown)
            end_showing(risk_model, shown)
    return changed


@dataclass(frozen=True)
class ShownLook:
    """`looks` by our versions' numbers; none where somebody is bringing MLflow forward just now."""

    looks: Mapping[int, Look]
    is_behind: bool


def look_at_shown(risk_model: RiskModel, book: LabBook) -> ShownLook:
    """What of a model's aliases and governed tags neither was brought there last nor should be there now. Being late is
    no difference: it makes `is_behind`. Raises UpstreamFailed."""
    before = last_shown(risk_model)
    held = book.registered(risk_model.slug)
    # Asked last: whatever moved meanwhile has left its job, or has brought MLflow forward already.
    now = shown_model(risk_model)
    late = differences(now, held)
    if before is None or _is_being_shown(risk_model) or last_shown(risk_model) != before:
        return ShownLook({}, is_behind=bool(late))
    foreign = late.keys() & differences(before, _without_twins(before, held)).keys()
    looks = {version.number: Look(_JUDGED, ()) for version in now.versions}
    for place in sorted(foreign):
        number = place[0] or _number_of(place[2], now, before)
        looks[number] = Look(_JUDGED, (*looks[number].found, late[place]))
    return ShownLook(looks, is_behind=bool(late))


def differences(shown: ShownModel, held: HeldModel) -> dict[Place, Found]:
    """What MLflow holds otherwise than `shown` has it."""
    ours = _ours(shown, held)
    found = {(0, each.kind, each.what): each for each in _aliases(shown, held, ours)}
    for version in shown.versions:
        wanted = {**version.tags, NUMBER: str(version.number)}
        row = ours.get(version.number)
        tags = _tags(wanted, row.tags if row else {})
        found |= {(version.number, each.kind, each.what): each for each in tags}
    strangers = [row.number for row in held.versions if row not in ours.values() and _says_approved(row)]
    if strangers:
        forged = Found(LabKind.TAG, ANOTHER_VERSION, "", digest_of(" ".join(strangers)))
        found[0, forged.kind, forged.what] = forged
    return found


def _ours(shown: ShownModel, held: HeldModel) -> dict[int, HeldVersion]:
    """As `show_model` finds them: by our number and the run it was made of, the first of several."""
    found: dict[int, HeldVersion] = {}
    for row in held.versions:
        if (number := _number_in(shown, row)) is not None:
            found.setdefault(number, row)
    return found


def _number_in(shown: ShownModel, row: HeldVersion) -> int | None:
    of = (row.tags.get(NUMBER, ""), row.run_id)
    return next((each.number for each in shown.versions if (str(each.number), each.run_id) == of), None)


def _without_twins(shown: ShownModel, held: HeldModel) -> HeldModel:
    """As if each of our versions stood there once. Two workers who show a model at the same instant may both register
    it, which the next showing tidies up: nobody is blamed, unless a twin says approved where the version does not."""
    ours = _ours(shown, held)
    twins: dict[str, str] = {}
    for row in held.versions:
        number = _number_in(shown, row)
        if number is not None and ours[number] is not row:
            twins[row.number] = ours[number].number
    is_shown_approved = {each.number for each in shown.versions if each.tags.keys() & governed_tags()}
    kept = [
        row
        for row in held.versions
        if row.number not in twins
        or (_says_approved(row) and _number_in(shown, row) not in is_shown_approved)
    ]
    return HeldModel(tuple(kept), {alias: twins.get(at, at) for alias, at in held.aliases.items()})


def _aliases(shown: ShownModel, held: HeldModel, ours: Mapping[int, HeldVersion]) -> Iterator[Found]:
    number_of = {row.number: str(number) for number, row in ours.items()}
    for alias in sorted(PROTECTED_ALIASES):
        at = held.aliases.get(alias)
        found = "" if at is None else digest_of(number_of.get(at, ANOTHER_VERSION))
        expected = digest_of(str(shown.aliases[alias])) if alias in shown.aliases else ""
        if found != expected:
            yield Found(LabKind.ALIAS, alias, expected, found)


def _tags(wanted: Mapping[str, str], held: Mapping[str, str]) -> Iterator[Found]:
    own = governed_tags()
    for name, value in wanted.items():
        if held.get(name) != value:
            yield Found(LabKind.TAG, name, digest_of(value), digest_of(held[name]) if name in held else "")
    more = {name for name in held if (name.startswith(GOVERNED_PREFIX) or name in own) and name not in wanted}
    for name in sorted(more & own):
        yield Found(LabKind.TAG, name, "", digest_of(held[name]))
    if more - own:
        yield Found(LabKind.TAG, ANOTHER_TAG, "", digest_of("\n".join(sorted(more - own))))


def _says_approved(row: HeldVersion) -> bool:
    return bool(row.tags.keys() & governed_tags())


def _number_of(alias: str, now: ShownModel, before: ShownModel) -> int:
    """The version that an alias is about: the one that has it, or had it; else the newest."""
    newest = max(version.number for version in now.versions)
    return now.aliases.get(alias) or before.aliases.get(alias) or newest


def _is_being_shown(risk_model: RiskModel) -> bool:
    """Whether a job is at it or about to be. One that rests, because MLflow did not answer it, is not waited for."""
    at_it = Q(state=JobState.RUNNING) | Q(state=JobState.QUEUED, not_before=None)
    at_it |= Q(state=JobState.QUEUED, not_before__lte=clock.now())
    subjects = [
        *ModelVersion.objects.filter(risk_model=risk_model).values_list("pk", flat=True),
        *Deployment.objects.filter(risk_model=risk_model).values_list("pk", flat=True),
    ]
    return Job.objects.filter(at_it, kind=SHOW, subject_id__in=map(str, subjects)).exists()
