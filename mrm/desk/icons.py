"""Our own drawings on a grid of 16: strokes only, in the colour of the text beside them."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

CIRCLE = "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5z"
PATHS: dict[str, tuple[str, ...]] = {
    "archive": ("M2 3h12v3H2z", "M3 6v7.5h10V6", "M6.5 9h3"),
    "back": ("M6 3.5L2.5 7L6 10.5", "M2.5 7H10a3.5 3.5 0 0 1 0 7H7"),
    "ban": (CIRCLE, "M3.8 3.8l8.4 8.4"),
    "brand": ("M1.5 14.25h13", "M2.5 9l2.8 2.8L10 5.5", "M7.5 9.6l2.2 2.2L14.2 3"),
    "check": (CIRCLE, "M5 8.3l2.1 2.1L11 6"),
    "chevron": ("M6 3.5L10.5 8L6 12.5",),
    "clock": (CIRCLE, "M8 4.5V8l2.3 1.8"),
    "copy": ("M5.5 5.5h8v8h-8z", "M10.5 5.5v-3h-8v8h3"),
    "cross": ("M5 1.75h6L14.25 5v6L11 14.25H5L1.75 11V5z", "M5.7 5.7l4.6 4.6", "M10.3 5.7l-4.6 4.6"),
    "dash": (CIRCLE, "M5 8h6"),
    "document": ("M3.5 1.75h6l3 3v9.5h-9z", "M9.5 1.75v3h3", "M5.75 8h4.5", "M5.75 11h4.5"),
    "flag": ("M3.5 14.5v-13", "M3.5 2.5h8.5l-2 3.25l2 3.25H3.5"),
    "info": (CIRCLE, "M8 7.25v4", "M8 4.6v.3"),
    "lock": ("M3.25 7.25h9.5v7h-9.5z", "M5.25 7V4.75a2.75 2.75 0 0 1 5.5 0V7"),
    "pause": (CIRCLE, "M6.25 5.5v5", "M9.75 5.5v5"),
    "pen": ("M2 14h12", "M3.5 11l.6-2.6L11 1.6l2 2l-6.9 6.8z"),
    "pencil": ("M2.5 13.5l.8-3.3l7.7-7.7l2.5 2.5l-7.7 7.7z", "M9.5 4l2.5 2.5"),
    "person": (
        "M8 1.75a2.75 2.75 0 1 1 0 5.5a2.75 2.75 0 1 1 0-5.5z",
        "M2.5 14c.5-3 2.6-4.5 5.5-4.5s5 1.5 5.5 4.5",
    ),
    "play": (CIRCLE, "M6.5 5.25L10.75 8L6.5 10.75z"),
    "question": (CIRCLE, "M6 6.4a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3", "M8 11.5v.3"),
    "reply": ("M6 3.5L2.5 7L6 10.5", "M2.5 7h7.5c2.3 0 3.5 1.5 3.5 5"),
    "search": ("M7 2a5 5 0 1 1 0 10a5 5 0 1 1 0-10z", "M10.75 10.75L14 14"),
    "star": ("M8 1.8l1.9 3.9l4.3.6l-3.1 3l.7 4.3L8 11.6l-3.8 2l.7-4.3l-3.1-3l4.3-.6z",),
    "warning": ("M8 1.75L14.75 13.75H1.25z", "M8 6.25v3.5", "M8 11.6v.3"),
}


def icon_svg(name: str) -> SafeString:
    """Hidden from assistive technology; a name without a drawing is a mistake of ours and raises."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor"'
        ' stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        format_html_join("", '<path d="{}"/>', ((path,) for path in PATHS[name])),
    )
