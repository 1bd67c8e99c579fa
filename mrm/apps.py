from django.apps import AppConfig


class MrmConfig(AppConfig):
    name = "mrm"

    def ready(self) -> None:
        # Imported for their effect: the start-up checks and the Celery application that tasks belong to.
        from mrm import celery, checks, logs  # noqa: F401

        logs.configure()
