"""A QR code as our own drawing: one path, no style, black on white in every theme, because cameras read it."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

_QUIET_ZONE = 4


def qr_svg(text: str) -> SafeString:
    from qrcode.main import QRCode

    code = QRCode(border=0)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    size = len(rows) + 2 * _QUIET_ZONE
    path = "".join(
        f"M{x + _QUIET_ZONE} {y + _QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {size} {size}" width="240" height="240" role="img" aria-label="{label}">'
        '<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path fill="#000" d="{path}"/></svg>',
        size=size,
        label="QR",
        path=path,
    )
