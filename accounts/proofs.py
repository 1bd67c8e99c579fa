"""Proving that it is oneself who acts: password, code, passkey. Wrong proofs are counted in the database, so that a
stolen session cannot guess."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.db.models import F, QuerySet

from accounts import failures, lockout, passkeys
from accounts.codes import use_code
from accounts.models import ProofCount, User
from audit.chain import Subject
from audit.events import Event
from audit.services import opened, record
from mrm.lib import clock
from mrm.lib.errors import NotAllowed
from mrm.settings import governance

MOST_WRONG = governance.FAILURES_OF_A_NAME
COOL_OFF = failures.WINDOW
_NOTED_ONCE_A = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Proof:
    """What somebody presents: the password, the code of an app or a recovery code, the assertion of a passkey.
    `provider_at` is when their browser came back from the identity provider: the page says it, never a form."""

    # Not in its representation: that is what ends up in a log.
    password: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    passkey: str = field(default="", repr=False)
    provider_at: dt.datetime | None = field(default=None, repr=False)


class ProofRefused(NotAllowed):
    """Carries whose proof was wrong, for what is written down once the refused transaction is gone."""

    def __init__(self, actor: User, message: str) -> None:
        super().__init__(message)
        self.actor = actor


def factors_of(user: User) -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk)
    return rows.order_by("created_at", "pk")


def prove(*, actor: User, nonce: str, proof: Proof, among: QuerySet[Authenticator]) -> None:
    """Raises ProofRefused unless this is proven: by a passkey that signed the nonce, or by the password, and a code
    besides where an app is enrolled. `among` are the factors that count here. `actor` was read under a lock."""
    refuse_while_cooling(actor)
    if proof.passkey:
        used = passkeys.asserted(nonce=nonce, assertion=proof.passkey, among=among)
        if used is None:
            raise ProofRefused(actor, "This passkey did not sign what was asked, or it does not count here.")
    else:
        used = _prove_by_words(actor, proof, among)
    _settle(actor, used)


def prove_factor(*, actor: User, nonce: str, proof: Proof) -> Authenticator:
    """The second step of a sign-in, after the password: any factor. Raises ProofRefused for a wrong one."""
    refuse_while_cooling(actor)
    factors = factors_of(actor)
    if proof.passkey:
        used = passkeys.asserted(nonce=nonce, assertion=proof.passkey, among=factors)
    else:
        used = use_code(user=actor, code=proof.code, among=factors)
    if used is None:
        raise ProofRefused(
            actor, "This is not right, or it was used already. Wait for the next code, then try it."
        )
    _settle(actor, used)
    return used


def _prove_by_words(actor: User, proof: Proof, among: QuerySet[Authenticator]) -> Authenticator | None:
    if not actor.has_usable_password():
        raise NotAllowed(
            f"{actor.name} signs in through the identity provider and has no password here, so no password signs for"
            " this account. It needs a passkey: enrol one on the page Security."
        )
    # A factor that does not count here asks for its code all the same: a reset must not make anything easier.
    has_app = factors_of(actor).filter(type=Authenticator.Type.TOTP).exists()
    # The password first: whoever does not know it cannot spend the owner's codes.
    if not actor.check_password(proof.password):
        raise ProofRefused(actor, _WRONG_BOTH if has_app else _WRONG_PASSWORD)
    if not has_app:
        return None
    used = use_code(user=actor, code=proof.code, among=among)
    if used is None:
        raise ProofRefused(actor, _WRONG_BOTH)
    return used


_WRONG_PASSWORD = "The password is not right; nothing was signed or changed."  # noqa: S105 (a sentence)
_WRONG_BOTH = (
    "The password or the code is not right, or the code was used already; nothing was signed or changed."
    " A code works once: wait for the next one."
)


def _settle(actor: User, used: Authenticator | None) -> None:
    """The row of wrong proofs begins anew. A recovery code is gone for good, which its owner may want to know."""
    ProofCount.objects.filter(user=actor).exclude(wrong=0).update(wrong=0, wrong_at=None)
    if used is None:
        return
    Authenticator.objects.filter(pk=used.pk).update(last_used_at=clock.now())
    if used.type == Authenticator.Type.RECOVERY_CODES:
        used.refresh_from_db()
        facts = {"left": len(used.wrap().get_unused_codes())}
        record(event=Event.RECOVERY_CODE_USED, actor=actor, subject=_subject(actor), facts=facts)


def refuse_while_cooling(actor: User) -> None:
    """Accepted: whoever knows the password, or holds a session, can keep the owner waiting with wrong codes. The
    entries tell, and a quarter of an hour's waiting costs less than a code that can be guessed."""
    row = ProofCount.objects.filter(user=actor, wrong__gte=MOST_WRONG).first()
    if row and row.wrong_at and clock.now() < row.wrong_at + COOL_OFF:
        raise NotAllowed(
            f"Too many wrong passwords or codes in a row. Wait {COOL_OFF.seconds // 60} minutes, then try again."
        )
    # Wrong passwords at the sign-in count too: a signature is no second place to guess at.
    lockout.require_not_locked(actor=actor)


def note_wrong(actor: User) -> None:
    """Called at the boundary (API, page), outside any transaction: counted always, an entry at most once a minute."""
    with opened():
        ProofCount.objects.get_or_create(user=actor)
        row = ProofCount.objects.select_for_update().get(user=actor)
        moment = clock.now()
        is_noted = row.wrong_at is not None and moment - row.wrong_at < _NOTED_ONCE_A
        ProofCount.objects.filter(user=actor).update(wrong=F("wrong") + 1, wrong_at=moment)
        if not is_noted:
            facts = {"wrong_in_a_row": row.wrong + 1}
            record(event=Event.PROOF_REFUSED, actor=actor, subject=_subject(actor), facts=facts)
        failures.count(actor.username, None)


def _subject(user: User) -> Subject:
    return Subject("user", str(user.pk))
