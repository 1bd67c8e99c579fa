from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Nobody was asked for them; inventing them would be worse than saying so.
_NOT_ASKED = "Not recorded: it was not asked for then."


def list_them(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """What stood as one text is one limitation."""
    entries = apps.get_model("registry", "RiskModel")
    for entry in entries.objects.exclude(limitations_in_words=""):
        said = {"limitation": entry.limitations_in_words, "consequence": _NOT_ASKED, "control": _NOT_ASKED}
        entries.objects.filter(pk=entry.pk).update(limitations=[said])


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0013_use_described"),
    ]

    operations = [migrations.RunPython(list_them, migrations.RunPython.noop)]
