"""Tags and filters of the pages: states, icons, digests, numbers and times, written one way everywhere."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from accounts.role_words import role_words as words_of_role
from approvals.words import act_words as words_of_act
from mrm.desk.icons import icon_svg
from mrm.desk.states import look_of
from mrm.lib.charts import numerals

register = template.Library()

DIGEST_HEAD = 8
DIGEST_TAIL = 4
QUARTILES = (100, 75, 50, 25)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative drawing; the word beside it says what it means."""
    return icon_svg(name)


@register.filter
def act_words(act: str) -> str:
    return words_of_act(act)


@register.filter
def anchor_kind(kind: str) -> str:
    """What sort of place holds a checkpoint."""
    words = {
        "folder": gettext("folder"),
        "rfc3161": gettext("time stamp"),
        "mail": gettext("mail"),
        "pdf": gettext("dossier"),
    }
    return words.get(kind, kind)


@register.simple_tag
def badge(state: str, word: str = "") -> SafeString:
    """A state as tone, icon and word; `word` replaces the usual one."""
    look = look_of(state)
    return format_html(
        '<span class="badge badge-{}">{}<span>{}</span></span>',
        look.tone,
        icon_svg(look.icon),
        word or look.word,
    )


@register.simple_tag
def interval(low: object, high: object, decimals: int = 3) -> str:
    """Two bounds as one expression; an unknown bound leaves no half interval behind."""
    bounds = (number(low, decimals), number(high, decimals))
    return numerals.NOT_AVAILABLE if numerals.NOT_AVAILABLE in bounds else numerals.interval(*bounds)


@register.simple_tag
def percent_interval(low: object, high: object, decimals: int = 1) -> str:
    """Two shares of one as an interval in percent, the sign written once."""
    first, last = _numeric(low), _numeric(high)
    if first is None or last is None:
        return numerals.NOT_AVAILABLE
    return numerals.interval(numerals.fixed(first * 100, decimals), numerals.percent(last, decimals))


@register.simple_tag
def announcement(percent: int, state: str) -> str:
    """What a screen reader hears of a job: quartiles and the end, not every poll."""
    if str(state) not in {"queued", "running"}:
        return str(look_of(state).word)
    reached = next((quartile for quartile in QUARTILES if int(percent) >= quartile), 0)
    return gettext("%(percent)s percent done") % {"percent": reached} if reached else str(look_of(state).word)


@register.filter
def role_words(role: str) -> str:
    return words_of_role(role)


@register.filter
def number(value: object, decimals: int = 0) -> str:
    numeric = _numeric(value)
    return numerals.NOT_AVAILABLE if numeric is None else numerals.fixed(numeric, int(decimals))


@register.filter
def signed(value: object, decimals: int = 0) -> str:
    numeric = _numeric(value)
    return numerals.NOT_AVAILABLE if numeric is None else numerals.signed(numeric, int(decimals))


@register.filter
def percent(value: object, decimals: int = 1) -> str:
    numeric = _numeric(value)
    return numerals.NOT_AVAILABLE if numeric is None else numerals.percent(numeric, int(decimals))


@register.filter
def money(value: object, currency: str = "") -> str:
    numeric = _numeric(value)
    return numerals.NOT_AVAILABLE if numeric is None else numerals.money(numeric, currency)


@register.filter
def shorten(digest: str) -> str:
    """The ends of a digest, for a sentence; a page shows digests with `components/_digest.html`."""
    text = str(digest)
    is_short = len(text) <= DIGEST_HEAD + DIGEST_TAIL + 1
    return text if is_short else f"{text[:DIGEST_HEAD]}…{text[-DIGEST_TAIL:]}"


@register.filter
def digest_parts(digest: str) -> tuple[str, str, str]:
    """Head, middle and tail: the middle is hidden on screen, copied with the rest and printed."""
    text = str(digest)
    if shorten(text) == text:
        return text, "", ""
    return text[:DIGEST_HEAD], text[DIGEST_HEAD:-DIGEST_TAIL], text[-DIGEST_TAIL:]


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """A moment in the active time zone, which is named; machines read it in UTC."""
    if moment is None:
        return numerals.NOT_AVAILABLE
    local = timezone.localtime(moment)
    words = f"{date_format(local, 'j M Y, H:i')} {local.tzname()}".replace(" ", numerals.NO_BREAK_SPACE)
    return format_html('<time datetime="{}">{}</time>', moment.astimezone(UTC).isoformat(), words)


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A calendar day; of a moment, its day in the active time zone."""
    if value is None:
        return numerals.NOT_AVAILABLE
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    words = date_format(local, "j M Y").replace(" ", numerals.NO_BREAK_SPACE)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.filter
def elapsed(span: timedelta | float | None) -> str:
    """A span of time in words: seconds, then minutes, then hours."""
    if span is None:
        return numerals.NOT_AVAILABLE
    seconds = int(span.total_seconds() if isinstance(span, timedelta) else span)
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return gettext("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


def _numeric(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
