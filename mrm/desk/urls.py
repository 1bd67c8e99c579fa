from django.conf import settings
from django.urls import path

from mrm.desk import demo, languages, tampering
from mrm.desk.views import administration, connect, deployments, inventory, queue, version

_VERSION = "models/<slug:slug>/versions/<int:number>"

pages = [
    path("", queue.queue, name="queue"),
    path("connect", connect.connect, name="connect"),
    path("administration", administration.administration, name="administration"),
    path("models", inventory.inventory, name="inventory"),
    path("models/<slug:slug>", inventory.model, name="model"),
    path(_VERSION, version.version, name="version"),
    path(f"{_VERSION}/deployment", deployments.deploy, name="deploy"),
    path("deployments/<uuid:deployment_id>/end", deployments.deployment_end, name="deployment-end"),
    path("i18n/setlang/", languages.choose, name="set_language"),
]
if settings.MRM_DEMO:
    pages += [
        path("demo/view-as", demo.view_as, name="demo-view-as"),
        *tampering.pages,
    ]
