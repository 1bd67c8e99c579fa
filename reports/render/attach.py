"""Attachments and the last of the metadata, written so that equal input gives equal bytes."""

from __future__ import annotations

import io

from reports.build.content import Document


def attached(drawn: bytes, document: Document) -> bytes:
    """The drawn pages with the document's attachments. The only date in the file is the evidence's own."""
    import pikepdf

    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        for each in document.attachments:
            pdf.attachments[each.name] = pikepdf.AttachedFileSpec(
                pdf,
                each.content,
                filename=each.name,
                mime_type=each.mime,
                description=each.description,
                creation_date="",
                mod_date="",
            )
        pdf.docinfo["/CreationDate"] = document.dated
        pdf.docinfo["/ModDate"] = document.dated
        target = io.BytesIO()
        pdf.save(
            target,
            deterministic_id=True,
            # Plain objects and a plain table: what the seal adds is read by every verifier, old ones too.
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return target.getvalue()
