"""What a sign-in through the provider changes here: a first account, roles asked for, roles that end with a group."""

from __future__ import annotations

import re

from allauth.socialaccount.models import SocialAccount

from accounts import roles
from accounts.models import Person, RequestSource, RequestState, RoleGrant, RoleRequest, User
from accounts.oidc import Configured, Identity
from accounts.roles import Asked
from accounts.scopes import Scope
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, NotAllowed
from mrm.settings import governance

_GONE = "The group of the identity provider is gone."
_NO_NAME = re.compile(r"[^a-z0-9._-]+")


@unit_of_work
def admit(*, actor: User, identity: Identity, provider: Configured) -> User:
    """The account of this issuer and subject, made at the first sign-in, with its groups compared. Refuses everybody
    but the installation as actor and an account that was disabled.

    An account that was made here is never taken over by its name or mail address: whoever may choose theirs at the
    provider would choose an approver's. Two accounts of one human being are two Persons until an administrator says
    otherwise, and neither reaches what the other may do.
    """
    if not roles.is_installation(actor):
        raise NotAllowed("People come in from the provider by signing in there.")
    user = _known(identity, provider) or _enrolled(actor, identity, provider)
    if not user.is_active:
        raise NotAllowed("This account is disabled. Ask an administrator.")
    _compare(actor, user, identity)
    return user


def _known(identity: Identity, provider: Configured) -> User | None:
    rows = SocialAccount.objects.filter(provider=provider.key, uid=identity.subject)
    found = rows.values_list("user_id", flat=True).first()
    return None if found is None else User.objects.select_related("person").get(pk=found)


def _enrolled(actor: User, identity: Identity, provider: Configured) -> User:
    person = Person(name=identity.name)
    person.save(force_insert=True)
    user = User(username=_username(identity), person=person)
    user.set_unusable_password()
    user.save(force_insert=True)
    # Nothing of what the provider tells is kept beside the subject: no mail address, no token.
    SocialAccount(user=user, provider=provider.key, uid=identity.subject, extra_data={}).save(
        force_insert=True
    )
    facts = {"username": user.username, "issuer": identity.issuer, "subject": _digest(identity)}
    record(event=Event.PERSON_ENROLLED, actor=actor, subject=Subject("user", str(user.pk)), facts=facts)
    return user


def _username(identity: Identity) -> str:
    """What they are called there, and a piece of the identity's digest: no name that somebody here has, or could be
    taken for, comes out of it."""
    plain = _NO_NAME.sub("-", identity.username.lower().partition("@")[0]).strip("-._")[:40]
    return f"{plain or 'user'}-{_digest(identity)[:12]}"


def _digest(identity: Identity) -> str:
    return canonical.digest([identity.issuer, identity.subject])


def _compare(actor: User, user: User, identity: Identity) -> None:
    """Groups that are gone end what they gave, at once; groups that are there ask for what is not held."""
    wanted = {
        (group, *governance.PROVIDER_GROUPS[group])
        for group in identity.groups
        if group in governance.PROVIDER_GROUPS
    }
    _end_what_is_gone(actor, user, wanted)
    for group, role, slug in sorted(wanted):
        if not _was_refused(user, group, role, slug):
            _ask(actor, user, Asked(role, _why(group), Scope(slug), RequestSource.PROVIDER_GROUP, group))


def _end_what_is_gone(actor: User, user: User, wanted: set[tuple[str, str, str]]) -> None:
    held = RoleGrant.objects.filter(
        user=user, revoked_at=None, request__source=RequestSource.PROVIDER_GROUP
    ).select_related("request", "user")
    for grant in held:
        group = grant.request.provider_group if grant.request else ""
        if (group, grant.role, grant.model_slug) not in wanted:
            RoleGrant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=clock.now())
            facts = {"role": grant.role, "model": grant.model_slug, "provider_group": group}
            subject = Subject("user", str(user.pk))
            record(event=Event.ROLE_REVOKED, actor=actor, subject=subject, facts=facts)
    asked = RoleRequest.objects.filter(
        user=user, state=RequestState.OPEN, source=RequestSource.PROVIDER_GROUP
    )
    for request in asked:
        if (request.provider_group, request.role, request.model_slug) not in wanted:
            roles.withdraw_requested(actor=actor, request=request, why=_GONE)


def _ask(actor: User, user: User, asked: Asked) -> None:
    """What is held or asked for already, or not to be held beside another role, is no reason to keep somebody out."""
    try:
        roles.request_role(actor=actor, user=user, asked=asked)
    except Conflict:
        return


def _was_refused(user: User, group: str, role: str, slug: str) -> bool:
    """What a person refused is not asked for at every sign-in again; a person may still ask."""
    asked = RoleRequest.objects.filter(user=user, provider_group=group, role=role, model_slug=slug)
    newest = asked.order_by("-asked_at").values_list("state", flat=True).first()
    return newest == RequestState.REFUSED


def _why(group: str) -> str:
    return f"Member of the group {group} at the identity provider."
