"""What a validator judges in words, how it is rated, and what a validator can be competent in. What the numbers of a
run say is not rated here."""

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


class Area(models.TextChoices):
    """What a validator can be competent in, as supervisors ask of whoever challenges a credit model."""

    SCORECARDS = "scorecards", _("Scorecards and regression")
    TREE_ENSEMBLES = "tree_ensembles", _("Boosted trees and forests")
    NEURAL_NETWORKS = "neural_networks", _("Neural networks")
    CREDIT_RISK_VALIDATION = "credit_risk_validation", _("Validation of credit risk models")
    FAIRNESS = "fairness", _("Fairness")
    ECONOMICS = "economics", _("Economics of lending")
    DATA = "data", _("Data and its quality")
