"""What a validator judges in words, and how it is rated. What the numbers of a run say is not rated here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """The sections of an assessment; a plan names those that its tier asks for."""

    SCOPE = "scope", _("Scope and use")
    LIMITS = "limits", _("Limits and what was not tested")
    SOUNDNESS = "soundness", _("Conceptual soundness")
    DEVELOPER_DOCUMENT = "developer_document", _("Developer's document")
    OPINION = "opinion", _("Opinion on the whole")


class Rating(models.TextChoices):
    """The three words of a validator; the worst of them contradicts a conclusion of fit where it is the opinion's."""

    SATISFACTORY = "satisfactory", _("Satisfactory")
    NEEDS_IMPROVEMENT = "needs_improvement", _("Needs improvement")
    UNSATISFACTORY = "unsatisfactory", _("Unsatisfactory")
