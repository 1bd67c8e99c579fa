"""Jobs in words a person reads. A kind or step nobody described is shown as it was written."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, str | Promise] = {
    "mail-invitation": _("Mailing an invitation"),
    "mail-notice": _("Mailing a notice"),
    "send-webhook": _("Delivering a webhook"),
    "import-snapshot": _("Import of a table"),
    "import-sample": _("Import of a scored sample"),
    "assemble-snapshot": _("Assembly of a table"),
    "build-feature-view": _("Building a feature view"),
    "publish-feature-view": _("Publishing a feature view"),
    "train": _("Training"),
    "sweep": _("Sweep of candidates"),
    "register": _("Registration of a version"),
    "register-run": _("Registration of a model from MLflow"),
    "validate": _("Validation run"),
    "validate-sample": _("Validation run of a scored sample"),
    "reperform": _("Re-performance of a validation run"),
    "compare": _("Comparison of two versions"),
    "void-requests": _("Voiding requests on older evidence"),
    "open-emergency-finding": _("Opening the finding on a break-glass grant"),
    "open-lab-findings": _("Opening the findings on what was changed in MLflow"),
    "end-deployments": _("Ending the deployments of a version out of force"),
    "show-in-mlflow": _("Showing in MLflow what is deployed"),
    "build-dossier": _("Building a dossier"),
    "build-audit-report": _("Building an audit report"),
    "build-benchmark": _("Building a benchmark report"),
    "verify-ledger": _("Verification of the ledger"),
    "tamper-with-copy": _("Tampering with a copy of the ledger"),
}
# The steps are written by the handlers above this app; they stand here so that the catalogs hold them.
STEPS = (
    gettext_noop("Mailing the link"),
    gettext_noop("Mailing the notice"),
    gettext_noop("Calling the receiver"),
    gettext_noop("Opening the upload"),
    gettext_noop("Reading the table in a child process"),
    gettext_noop("Encrypting the parts"),
    gettext_noop("Freezing the snapshot"),
    gettext_noop("Freezing the sample"),
    gettext_noop("Computing the features in a child process"),
    gettext_noop("Writing the feature view down"),
    gettext_noop("Opening the feature view"),
    gettext_noop("Publishing the latest features of each applicant"),
    gettext_noop("Fetching the candidate from MLflow"),
    gettext_noop("Comparing its digest with what was trained"),
    gettext_noop("Asking MLflow what was logged"),
    gettext_noop("Fetching the estimator"),
    gettext_noop("Loading it for the first time, in a process of its own"),
    gettext_noop("Sealing the bytes"),
    gettext_noop("Writing the draft down"),
    gettext_noop("Asking the gates again"),
    gettext_noop("Opening the development part"),
    gettext_noop("Training in a child process"),
    gettext_noop("Training candidates in a child process"),
    gettext_noop("Logging to MLflow"),
    gettext_noop("Writing the candidates down"),
    gettext_noop("Writing the candidate down"),
    gettext_noop("Training again from the recipe"),
    gettext_noop("Reading the held-out part"),
    gettext_noop("Reading the sample"),
    gettext_noop("Looking for rows that one of them has learned from"),
    gettext_noop("Scoring by both versions"),
    gettext_noop("Writing the comparison"),
    gettext_noop("Writing the evidence"),
    gettext_noop("Reading the sealed data and the sealed artefact"),
    gettext_noop("Running the frozen tests again in a child process"),
    gettext_noop("Comparing with what is recorded"),
    gettext_noop("Looking for open requests on older evidence"),
    gettext_noop("Emptying its slots"),
    gettext_noop("Showing in MLflow what is deployed"),
    gettext_noop("Looking for a grant without its finding"),
    gettext_noop("Looking for a difference without its finding"),
    gettext_noop("Reading the evidence and the ledger"),
    gettext_noop("Drawing the sample and computing its decisions again"),
    gettext_noop("Writing the pages"),
    gettext_noop("Sealing the file"),
    gettext_noop("Keeping the file"),
    gettext_noop("Reading the checkpoints held outside"),
    gettext_noop("Recomputing every entry"),
    gettext_noop("Comparing decisions and accesses with their records"),
    gettext_noop("Writing the verdict down"),
    gettext_noop("Exporting the ledger"),
    gettext_noop("Altering the copy"),
    gettext_noop("Running the offline verifier"),
)


def kind_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def step_words(step: str) -> str:
    return gettext(step) if step else ""
