"""Policy packs: installed by a validator, signed by somebody else. A pack counts from its own day on; until it is
signed it is printed as unreviewed."""

from __future__ import annotations

from accounts.access import EVERY_MODEL, require
from accounts.models import User
from accounts.permissions import Permission
from accounts.stepup import Proof
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed
from validation.models import PackReview, PolicyPack
from validation.packs import reading
from validation.packs.pack import Pack
from validation.signing import Signature, confirm, signed_columns

REVIEWED = "pack:reviewed"


@unit_of_work
def install_shipped(*, actor: User, slug: str) -> PolicyPack:
    """Install a pack that ships with the product. What is installed already is returned and leaves no second entry."""
    return install_pack(actor=actor, content=reading.committed(slug))


@unit_of_work
def install_pack(*, actor: User, content: dict[str, object]) -> PolicyPack:
    """Keep one revision of a pack. Refuses one that cannot be read, that skips a revision, or that would take effect
    before the revision it follows."""
    require(actor=actor, permission=Permission.PACK_INSTALL, model_slug=EVERY_MODEL)
    pack = reading.load(content)
    installed = PolicyPack.objects.filter(digest=pack.digest).first()
    if installed is not None:
        return installed
    refuse_out_of_turn(pack)
    row = PolicyPack(
        slug=pack.slug,
        revision=pack.revision,
        digest=pack.digest,
        content=content,
        effective_from=pack.effective_from,
        installed_by=actor,
        installed_at=clock.now(),
    )
    # Of two who install the same revision in the same moment the database lets one pass.
    row.save(force_insert=True)
    facts = {"slug": row.slug, "revision": row.revision, "digest": row.digest}
    record(event=Event.PACK_INSTALLED, actor=actor, subject=_subject(row), facts=facts)
    return row


@unit_of_work
def review_pack(  # noqa: PLR0913 (a signature is made of exactly these)
    *, actor: User, pack: PolicyPack, rationale: str, challenge: str, proof: Proof, shown_digest: str
) -> PackReview:
    """Sign that a pack was read. Refuses whoever installed it, a second signature of the same person, another text."""
    require(actor=actor, permission=Permission.PACK_REVIEW, model_slug=EVERY_MODEL)
    why_not = why_no_review(actor=actor, pack=pack)
    if why_not is not None:
        raise why_not
    signature = Signature(REVIEWED, rationale, challenge, proof, shown_digest)
    confirm(actor=actor, signature=signature, shown_now=pack.digest)
    columns = signed_columns(actor=actor, signature=signature, evidence_digest=pack.digest)
    review = PackReview(pack=pack, **columns)
    review.save(force_insert=True)
    facts = {
        "slug": pack.slug,
        "revision": pack.revision,
        "digest": pack.digest,
        "rationale": canonical.sha256(rationale.encode()),
    }
    record(event=Event.PACK_REVIEWED, actor=actor, subject=_subject(pack), facts=facts)
    return review


def why_no_review(*, actor: User, pack: PolicyPack) -> NotAllowed | Conflict | None:
    """What stands between this person and a signature on the pack, roles apart."""
    if pack.installed_by.person_id == actor.person_id:
        return NotAllowed(
            f"{actor.name} installed {pack.label} and cannot review it: another validator or an approver does."
        )
    if pack.reviews.filter(person=actor.person_id).exists():
        return Conflict(f"{actor.name} has signed {pack.label} already; a signature stands.")
    return None


def refuse_out_of_turn(pack: Pack) -> None:
    """Invalid for a revision that does not follow the newest one of its name."""
    held = PolicyPack.objects.filter(slug=pack.slug).order_by("-revision").first()
    due = 1 if held is None else held.revision + 1
    if pack.revision != due:
        detail = f"The revision of {pack.slug} that is due is {due}."
        raise Invalid(
            f"{pack.label} cannot be installed. {detail} Number it so, or install what lies between.",
            [FieldError("/content/revision", "order", detail)],
        )
    if held is not None and _begins_before(pack, held):
        detail = f"{held.label} takes effect on {held.effective_from}; what follows it does so then or later."
        raise Invalid(
            f"{pack.label} cannot be installed. {detail}",
            [FieldError("/content/effective_from", "order", detail)],
        )


def _begins_before(pack: Pack, held: PolicyPack) -> bool:
    if held.effective_from is None:
        return False
    return pack.effective_from is None or pack.effective_from < held.effective_from


def _subject(row: PolicyPack) -> Subject:
    return Subject("pack", str(row.pk))
