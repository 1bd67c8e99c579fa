"""Second factors of one's own account: an authenticator app, recovery codes, passkeys. Every change proves again who
makes it and leaves an entry that names the kind, never a secret."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from accounts import passkeys
from accounts.codes import matching_steps, spend_step
from accounts.models import User
from accounts.proofs import Proof, factors_of
from accounts.stepup import counted_for_signing, reauthenticate
from accounts.totp_box import prepared_secret
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotFound

LONGEST_NAME = 60
MOST_PASSKEYS = 10
ENROL_TOTP, ENROL_PASSKEY = "totp:enrol", "passkey:enrol"
RENEW_CODES, RENAME, REMOVE = "recovery_codes:renew", "factor:rename", "factor:remove"
_KIND_OF = {
    Authenticator.Type.TOTP: "totp",
    Authenticator.Type.RECOVERY_CODES: "recovery_codes",
    Authenticator.Type.WEBAUTHN: "passkey",
}


@dataclass(frozen=True)
class Confirmed:
    """What a change of the account is confirmed with: the challenge that was opened for it, and a proof."""

    nonce: str
    proof: Proof


@dataclass(frozen=True)
class NewPasskey:
    """What the browser made, the nonce it was made for, and what its owner calls it."""

    name: str
    nonce: str
    credential: str


@unit_of_work
def enrol_totp(*, actor: User, confirmed: Confirmed, box: str, code: str) -> list[str]:
    """Enrol the app that shows this code. Returns the recovery codes that were made along with a first factor, which
    are shown once; none where there are some. Refuses a second app."""
    held = _confirm(actor, confirmed, ENROL_TOTP, "")
    if factors_of(held).filter(type=Authenticator.Type.TOTP).exists():
        raise Conflict("An authenticator app is enrolled already. Remove it first, then enrol the other one.")
    secret = prepared_secret(held, box)
    if secret is None:
        raise Conflict("This code was prepared too long ago. Open the page again and scan the new one.")
    steps = matching_steps(secret, code)
    if not any(spend_step(user=held, step=step) for step in steps):
        detail = "This is not the code that the app shows now. Check its clock, wait for the next code."
        raise Invalid("The code is not right.", [FieldError("/new_code", "wrong", detail)])
    _enrolled(held, TOTP.activate(held, secret).instance)
    return _first_codes(held)


@unit_of_work
def enrol_passkey(*, actor: User, confirmed: Confirmed, passkey: NewPasskey) -> list[str]:
    """Enrol the passkey that the browser has just made for this challenge. Returns recovery codes as above."""
    known = factors_of(actor).filter(type=Authenticator.Type.WEBAUTHN)
    held = _confirm(actor, confirmed, ENROL_PASSKEY, "")
    if known.count() >= MOST_PASSKEYS:
        raise Conflict(f"There are {MOST_PASSKEYS} passkeys already. Remove one first.")
    credential = passkeys.registered(nonce=passkey.nonce, credential=passkey.credential)
    # The challenge of the confirmation is the one that the new key has signed: one minute, one use, one person.
    if credential is None or passkey.nonce != confirmed.nonce:
        raise Invalid("The passkey was not made.", [FieldError("/credential", "wrong", _NOT_MADE)])
    everybody = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    if everybody.filter(data__credential__rawId=credential["rawId"]).exists():
        raise Conflict("This passkey is enrolled already.")
    data = {"name": _name(passkey.name), "credential": credential}
    row = Authenticator(user=held, type=Authenticator.Type.WEBAUTHN, data=data, created_at=clock.now())
    row.save(force_insert=True)
    _enrolled(held, row)
    return _first_codes(held)


@unit_of_work
def renew_recovery_codes(*, actor: User, confirmed: Confirmed) -> list[str]:
    """Ten new codes, shown once; the ones before stop counting. Refuses without another factor."""
    held = _confirm(actor, confirmed, RENEW_CODES, "")
    factors = factors_of(held)
    if not factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        raise Conflict(
            "Recovery codes stand in for an app or a passkey, and none is enrolled. Enrol one first."
        )
    factors.filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    return _first_codes(held)


@unit_of_work
def rename_passkey(*, actor: User, confirmed: Confirmed, factor_id: int, name: str) -> None:
    """What its owner calls a passkey. Only words: its key stays."""
    held = _confirm(actor, confirmed, RENAME, str(factor_id))
    row = factor(held, factor_id)
    if row.type != Authenticator.Type.WEBAUTHN:
        raise NotFound("There is no such passkey.")
    row.data["name"] = _name(name)
    row.save(update_fields=["data"])
    _record(Event.FACTOR_RENAMED, held, row)


@unit_of_work
def remove_factor(*, actor: User, confirmed: Confirmed, factor_id: int) -> None:
    """End an app or a passkey; with the last one the recovery codes end too, which stand in for nothing then."""
    held = _confirm(actor, confirmed, REMOVE, str(factor_id))
    row = factor(held, factor_id)
    _remove(held, held, row)
    rest = factors_of(held)
    if not rest.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        for codes in rest:
            _remove(held, held, codes)


def remove_all(*, actor: User, user: User) -> int:
    """Inside the caller's unit of work: every factor ends, with an entry each. Returns how many."""
    rows = list(factors_of(user))
    for row in rows:
        _remove(actor, user, row)
    return len(rows)


def factor(user: User, factor_id: int) -> Authenticator:
    """One of this person's own apps and passkeys; NotFound for anybody else's."""
    row = factors_of(user).exclude(type=Authenticator.Type.RECOVERY_CODES).filter(pk=factor_id).first()
    if row is None:
        raise NotFound("There is no such second factor on your account.")
    return row


_NOT_MADE = "The browser made no passkey for this page. Open the page again and try once more."


def _confirm(actor: User, confirmed: Confirmed, act: str, target: str) -> User:
    return reauthenticate(actor=actor, nonce=confirmed.nonce, act=act, target=target, proof=confirmed.proof)


def _first_codes(user: User) -> list[str]:
    """New codes where there are none, or none that would count for a signature."""
    if counted_for_signing(user).filter(type=Authenticator.Type.RECOVERY_CODES).exists():
        return []
    for row in factors_of(user).filter(type=Authenticator.Type.RECOVERY_CODES):
        _remove(user, user, row)
    codes = RecoveryCodes.activate(user)
    _record(Event.FACTOR_ENROLLED, user, codes.instance)
    return list(codes.generate_codes())


def _enrolled(user: User, row: Authenticator) -> None:
    """A factor enrolled after the owner chose the password ends the block on signing."""
    _record(Event.FACTOR_ENROLLED, user, row)
    since, chosen = user.signing_blocked_since, user.password_chosen_at
    if since is not None and chosen is not None and chosen > since:
        User.objects.filter(pk=user.pk).update(signing_blocked_since=None)
        record(event=Event.SIGNING_RESUMED, actor=user, subject=Subject("user", str(user.pk)))


def _remove(actor: User, user: User, row: Authenticator) -> None:
    _record(Event.FACTOR_REMOVED, user, row, actor)
    row.delete()


def _record(event: Event, user: User, row: Authenticator, actor: User | None = None) -> None:
    facts = {"kind": _KIND_OF[Authenticator.Type(row.type)], "factor": row.pk}
    record(event=event, actor=actor or user, subject=Subject("user", str(user.pk)), facts=facts)


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        detail = f"Between 1 and {LONGEST_NAME} characters."
        raise Invalid("The passkey needs a name.", [FieldError("/name", "length", detail)])
    return name
