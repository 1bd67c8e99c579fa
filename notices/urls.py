from django.urls import path

from notices import api as operations
from notices import views, webhook_views

_ONE = "webhooks/<uuid:endpoint_id>"

api = [
    path("webhooks", operations.WebhookListApi.as_view(), name="api-webhook-list"),
    path(_ONE, operations.WebhookApi.as_view(), name="api-webhook"),
    path(f"{_ONE}/deliveries", operations.WebhookDeliveryListApi.as_view(), name="api-webhook-delivery-list"),
    path(f"{_ONE}/rotate", operations.WebhookRotateApi.as_view(), name="api-webhook-rotate"),
    path(f"{_ONE}/disable", operations.WebhookDisableApi.as_view(), name="api-webhook-disable"),
    path(f"{_ONE}/test", operations.WebhookTestApi.as_view(), name="api-webhook-test"),
]
pages = [
    path("notices", views.notices, name="notices"),
    path("notices/address", views.address, name="notices-address"),
    path("webhooks", webhook_views.webhooks, name="webhooks"),
    path("webhooks/new", webhook_views.webhook_add, name="webhook-add"),
    path(_ONE, webhook_views.webhook, name="webhook"),
    path(f"{_ONE}/secret", webhook_views.webhook_rotate, name="webhook-rotate"),
    path(f"{_ONE}/disablement", webhook_views.webhook_disable, name="webhook-disable"),
    path(f"{_ONE}/test", webhook_views.webhook_test, name="webhook-test"),
]
