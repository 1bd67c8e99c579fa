"""The demo's bar "view as": one person tries four eyes. Outside the demo its address does not exist."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.models import User, UserKind
from accounts.pages import SeeOther
from mrm.demo.people import CAST

_BACKEND = "accounts.backends.PasswordBackend"


def cast_of_the_demo() -> list[User]:
    """The people the demo enrolled, in the order of its story; nobody else can be viewed as."""
    order = {username: place for place, (username, *_) in enumerate(CAST)}
    people = User.objects.select_related("person").filter(
        username__in=order, kind=UserKind.PERSON, is_active=True
    )
    return sorted(people, key=lambda person: order[person.username])


@login_not_required
@require_POST
def view_as(request: HttpRequest) -> HttpResponse:
    """Sign in as a member of the demo's cast without a password. Asked again here: a route left over in a
    real installation must not open the door."""
    wanted = request.POST.get("username", "")
    person = next((person for person in cast_of_the_demo() if person.username == wanted), None)
    if not settings.MRM_DEMO or person is None:
        raise Http404
    login(request, person, backend=_BACKEND)
    return SeeOther(_next(request))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours and not wanted.startswith("/sign-in") else "/"
