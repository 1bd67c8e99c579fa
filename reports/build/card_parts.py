"""What both editions of a model card say."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from approvals.words import notice_of
from registry import decision_policies
from reports.build import words
from reports.build.card_facts import CardFacts
from reports.build.content import Align, Block, Cell, Column, Facts, Heading, NotAssessed, Paragraph, Table
from reports.build.testing import SUBJECTS
from scoring.decision_page import points_at
from validation.models import CheckResult
from validation.plan_words import title_of
from validation.selectors import check_card


def approval(facts: CardFacts) -> tuple[tuple[str, Cell], ...]:
    """Who answers, since when it decides, and until when it may."""
    version, entry = facts.version, facts.version.risk_model
    since = _("It does not decide.")
    if facts.deployment is not None:
        since = words.moment(facts.deployment.started_at)
    return (
        (_("Owner"), entry.owner.name),
        (_("Developer"), version.author.name),
        (_("Concluded by"), words.NONE if facts.conclusion is None else facts.conclusion.printed_name),
        (_("Decides since"), since),
        (_("Approval expires"), words.moment(version.expires_at)),
    )


def cut_offs(facts: CardFacts) -> tuple[Block, ...]:
    """What the policy does with a score: in points where the sealed scale can be read, and as a PD."""
    rules = facts.version.policy.rules
    approve, decline = str(rules.get("approve_below", "")), str(rules.get("decline_from", ""))
    rows = (
        (_("Approved"), _("below a PD of %(pd)s") % {"pd": words.number(approve)}, _points(facts, approve)),
        *(((_("Referred to a person"), _("between the two"), words.NONE),) if approve != decline else ()),
        (_("Declined"), _("from a PD of %(pd)s") % {"pd": words.number(decline)}, _points(facts, decline)),
    )
    columns = (
        Column(_("Outcome"), 0.3),
        Column(_("Probability of default"), 0.4),
        Column(_("About so many points"), 0.3, Align.RIGHT),
    )
    hard = decision_policies.loaded(facts.version.policy).rules
    listed = "; ".join(_rule(facts, each.key) for each in hard) or _("none")
    return (Table(columns, rows), Facts(((_("Rules that decide before the score"), listed),)))


def _rule(facts: CardFacts, key: str) -> str:
    """A rule is its own reason: the dictionary has its words."""
    listed = facts.version.dictionary.reasons.get("reasons", [])
    texts: dict[str, str] = next((each.get("texts", {}) for each in listed if each.get("key") == key), {})
    return words.in_language(texts) or words.spelled(key)


def _points(facts: CardFacts, bound: str) -> str:
    points = None if facts.served is None else points_at(bound, facts.served)
    return words.NONE if points is None else words.count(points)


def tested(facts: CardFacts) -> tuple[Block, ...]:
    """A line for each subject of the validation: how many checks said what."""
    if facts.run is None:
        return (NotAssessed(_("No validation of this version has been completed.")),)
    rows = tuple((_(each.title), _counted(_of(facts, each.parts))) for each in SUBJECTS)
    columns = (Column(_("What was tested"), 0.5), Column(_("What the checks said"), 0.5))
    return (Table(columns, rows),)


def _of(facts: CardFacts, parts: Sequence[object]) -> list[CheckResult]:
    cards = [(each, check_card(each.check_id)) for each in facts.results]
    return [each for each, card in cards if card is not None and card.section in parts]


def _counted(results: list[CheckResult]) -> str:
    said = [words.verdict(each.verdict).text for each in results]
    order = sorted(set(said), key=lambda word: (-said.count(word), word))
    return ", ".join(f"{word} {said.count(word)}" for word in order) or _("no check of the standard")


def measured(facts: CardFacts) -> tuple[Block, ...]:
    """Every check with what it said."""
    if not facts.results:
        return ()
    rows = tuple(_said(facts, each) for each in facts.results)
    return (Heading(_("What was measured"), "measured"), Table(_columns(), rows))


def unsettled(facts: CardFacts) -> tuple[Block, ...]:
    """The checks that did not pass, with what they said and whether that was let stand."""
    rows = tuple(_said(facts, each) for each in facts.results if each.verdict not in ("passed", "reported"))
    if not rows:
        return ()
    return (Heading(_("Where it is weak, or not known"), "weak"), Table(_columns(), rows))


def _columns() -> tuple[Column, ...]:
    return (Column(_("Check"), 0.3), Column(_("Result"), 0.2), Column(_("Said"), 0.5))


def _said(facts: CardFacts, result: CheckResult) -> tuple[Cell, ...]:
    said = " ".join(part for part in (result.headline, *_let_stand(facts, result)) if part)
    return (title_of(result.check_id), words.verdict(result.verdict), said)


def _let_stand(facts: CardFacts, result: CheckResult) -> list[str]:
    """A validator's signature lets a failed check stand, or a quorum until a date."""
    names = ", ".join(each.printed_name for each in result.deviations.all())
    until = [each.until for each in facts.exceptions if each.result_id == result.pk]
    said = [_("Let stand by a signed deviation: %(names)s.") % {"names": names}] if names else []
    return said + ([_("Let stand until %(until)s.") % {"until": words.moment(max(until))}] if until else [])


def bounds(facts: CardFacts) -> tuple[Block, ...]:
    """Conditions, caps and overlays: what binds its use today."""
    rows = [*_conditions(facts), *_caps(facts), *_overlays(facts)]
    if not rows:
        return (Paragraph(_("No condition, cap or overlay binds its use.")),)
    columns = (Column(_("What binds"), 0.2), Column(_("In words"), 0.5), Column(_("Until"), 0.3))
    return (Table(columns, tuple(rows)),)


def _conditions(facts: CardFacts) -> list[tuple[str, ...]]:
    return [
        (_("Condition"), f"{each.words} ({each.owner.name})", words.moment(each.due_at))
        for each in facts.conditions
        if not each.is_met
    ]


def _caps(facts: CardFacts) -> list[tuple[str, ...]]:
    return [(_("Cap"), notice_of(each), words.moment(each.until)) for each in facts.caps]


def _overlays(facts: CardFacts) -> list[tuple[str, ...]]:
    return [
        (
            _("Overlay"),
            f"{each.get_kind_display()} {words.as_written(str(each.size))}, {each.segment}: {each.why}",
            words.moment(each.until),
        )
        for each in facts.overlays
    ]
