from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0014_limitations_listed"),
    ]

    operations = [migrations.RemoveField(model_name="riskmodel", name="limitations_in_words")]
