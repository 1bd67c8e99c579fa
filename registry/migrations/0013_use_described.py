from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0012_tier_assessments"),
    ]

    operations = [
        migrations.RenameField(
            model_name="riskmodel", old_name="limitations", new_name="limitations_in_words"
        ),
        migrations.AddField(
            model_name="riskmodel",
            name="limitations",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="riskmodel",
            name="uses",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="use",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="modelversion",
            name="use_digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
