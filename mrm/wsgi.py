"""The web process. Started without preloading: XGBoost must be loaded after the fork."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrm.settings.base")
application = get_wsgi_application()

from mrm import startup  # noqa: E402 (needs the applications)

startup.refuse_unguarded()
startup.warm_up()
