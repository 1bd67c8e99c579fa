"""Notices in the reader's language: a title for the subject of a mail, and one sentence. Names only: what people wrote
stays on the page that the link leads to."""

from __future__ import annotations

from django.template.defaultfilters import date as dated
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.role_words import role_words
from approvals.words import act_words
from jobs.models import Job
from notices.models import Notice

Words = str | Promise

TITLES: dict[str, Words] = {
    "request:opened": gettext_lazy("your signature is asked for"),
    "signoff:recorded": gettext_lazy("your request was signed"),
    "dissent:recorded": gettext_lazy("a dissent under your request"),
    "request:closed": gettext_lazy("a request is decided"),
    "request:voided": gettext_lazy("a request is void"),
    "condition:set": gettext_lazy("a condition for you to meet"),
    "condition:met": gettext_lazy("a condition is met"),
    "role:requested": gettext_lazy("a role is asked for"),
    "role:granted": gettext_lazy("you have a role"),
    "role:refused": gettext_lazy("a role was refused"),
    "version:suspended": gettext_lazy("a version is suspended"),
    "version:resumed": gettext_lazy("a version is in force again"),
    "version:retired": gettext_lazy("a version is retired"),
    "mlflow:changed": gettext_lazy("MLflow was changed below its gate"),
    "request:due": gettext_lazy("a request falls due"),
    "request:overdue": gettext_lazy("a request is overdue"),
    "condition:due": gettext_lazy("a condition falls due"),
    "condition:overdue": gettext_lazy("a condition is overdue"),
    "exception:due": gettext_lazy("an exception ends soon"),
    "exception:overdue": gettext_lazy("an exception has ended"),
    "overlay:granted": gettext_lazy("an overlay is on record"),
    "overlay:due": gettext_lazy("an overlay ends soon"),
    "overlay:overdue": gettext_lazy("an overlay has ended"),
    "cap:due": gettext_lazy("use before validation ends soon"),
    "cap:overdue": gettext_lazy("use before validation has ended"),
    "role:due": gettext_lazy("your role ends soon"),
    "role:overdue": gettext_lazy("your role has ended"),
    "approval:due": gettext_lazy("an approval ends soon"),
    "approval:overdue": gettext_lazy("an approval has ended"),
}
SENTENCES: dict[str, Words] = {
    "request:opened": gettext_lazy("%(actor)s asks for your signature. %(act)s: %(named)s."),
    "signoff:recorded": gettext_lazy("%(actor)s signed your request. %(act)s: %(named)s."),
    "dissent:recorded": gettext_lazy("%(actor)s dissented under your request. %(act)s: %(named)s."),
    "request:voided": gettext_lazy("What was asked has changed, so the request is void. %(act)s: %(named)s."),
    "condition:set": gettext_lazy(
        "%(actor)s set a condition on %(named)s that you answer for. It binds once the request is granted."
    ),
    "condition:met": gettext_lazy("%(actor)s signed that a condition on %(named)s is met."),
    "role:requested": gettext_lazy(
        "%(actor)s asks for the role %(role)s for somebody. A second person decides."
    ),
    "role:granted": gettext_lazy("%(actor)s gave you the role %(role)s."),
    "role:refused": gettext_lazy("%(actor)s refused the role %(role)s that you asked for."),
    "version:suspended": gettext_lazy("%(actor)s suspended %(named)s: it decides nothing any more."),
    "version:resumed": gettext_lazy("%(named)s is in force again, by quorum."),
    "version:retired": gettext_lazy("%(named)s is retired, by quorum."),
    "mlflow:changed": gettext_lazy(
        "What MLflow holds of %(named)s is not as it was. Its scores are made of the sealed bytes, as before."
    ),
    "request:due": gettext_lazy("It waits for your signature until %(due)s. %(act)s: %(named)s."),
    "request:overdue": gettext_lazy(
        "It has waited for your signature since before %(due)s. %(act)s: %(named)s."
    ),
    "condition:due": gettext_lazy("The condition on %(named)s that you answer for is due on %(due)s."),
    "condition:overdue": gettext_lazy(
        "The condition on %(named)s that you answer for was due on %(due)s. Deployment and scoring are closed."
    ),
    "exception:due": gettext_lazy("The exception on %(named)s that you asked for ends on %(due)s."),
    "exception:overdue": gettext_lazy(
        "The exception on %(named)s that you asked for ended on %(due)s. Its gate is closed."
    ),
    "overlay:granted": gettext_lazy(
        "An overlay on %(named)s is on record. It is applied outside: see that it begins and ends."
    ),
    "overlay:due": gettext_lazy("The overlay on %(named)s that you asked for ends on %(due)s."),
    "overlay:overdue": gettext_lazy(
        "The overlay on %(named)s that you asked for ended on %(due)s. Whoever applies it stops."
    ),
    "cap:due": gettext_lazy(
        "The use of %(named)s before its validation, which you asked for, ends on %(due)s."
    ),
    "cap:overdue": gettext_lazy(
        "The use of %(named)s before its validation ended on %(due)s. It decides nothing until it is approved."
    ),
    "role:due": gettext_lazy("Your role %(role)s ends on %(due)s."),
    "role:overdue": gettext_lazy("Your role %(role)s ended on %(due)s."),
    "approval:due": gettext_lazy("The approval of %(named)s ends on %(due)s."),
    "approval:overdue": gettext_lazy(
        "The approval of %(named)s ended on %(due)s. It decides nothing any more."
    ),
}
_CLOSED: dict[str, Words] = {
    "granted": gettext_lazy("The request is granted. %(act)s: %(named)s."),
    "rejected": gettext_lazy("%(actor)s rejected the request. %(act)s: %(named)s."),
    "returned": gettext_lazy("%(actor)s returned the request. %(act)s: %(named)s."),
    "withdrawn": gettext_lazy("%(actor)s withdrew the request. %(act)s: %(named)s."),
}


def title(notice: Notice) -> str:
    return str(TITLES.get(notice.event, notice.event))


def sentence(notice: Notice) -> str:
    template = SENTENCES.get(notice.event)
    if notice.event == "request:closed":
        template = _CLOSED.get(notice.outcome)
    if template is None:
        # What nobody has put in words yet is told all the same.
        return f"{notice.event} {notice.named}"
    return str(template) % {
        "actor": _("Countersign") if notice.actor is None else notice.actor.name,
        "act": act_words(notice.act),
        "named": notice.named,
        "role": role_words(notice.named),
        "due": "" if notice.due_at is None else dated(notice.due_at, "j M Y"),
    }


def state_of_delivery(job: Job) -> str:
    """How far what leaves the house is, as a page shows it."""
    return {"queued": "waiting", "running": "waiting", "succeeded": "delivered"}.get(job.state, "undelivered")


def why_of_delivery(job: Job) -> str:
    """Why it was not taken, or not yet."""
    if not job.is_open:
        return job.reason
    return job.step if job.attempt > 0 and job.not_before is not None else ""
