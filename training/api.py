"""Asking for a training, and for a snapshot made of several tables, by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from jobs.api import accepted
from registry import selectors as inventory
from registry.api.base import Accepted, Shown, posts
from training import selectors, services


@posts(202)
class TrainingRequestApi(WriteApi):
    """Train a named recipe on a snapshot; the job's result names the candidate."""

    Output = Accepted

    class Input(StrictSerializer):
        snapshot = serializers.UUIDField()
        recipe = serializers.CharField(max_length=64)
        settings = serializers.DictField(required=False)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        job = services.request_training(
            actor=actor,
            risk_model=inventory.risk_model(actor=actor, slug=kwargs["slug"]),
            snapshot=inventory.snapshot(actor=actor, snapshot_id=asked["snapshot"]),
            recipe=asked["recipe"],
            settings=asked.get("settings"),
        )
        return accepted(job)


@posts(202)
class AssemblyRequestApi(WriteApi):
    """Make one table of several sources and freeze it; the job's result names the snapshot."""

    Output = Accepted

    class Input(StrictSerializer):
        assembly = serializers.DictField(help_text="sources, base, key, joins; see docs/sources.md")
        declaration = serializers.DictField(
            help_text="name, target, id, protected, proxies, exposure, codes, attribution"
        )

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor, asked = self.actor(), self.input(request)
        assembly, declaration = services.declared(asked["assembly"], asked["declaration"])
        return accepted(services.request_assembly(actor=actor, assembly=assembly, declaration=declaration))


class RecipeOutput(Shown):
    name = serializers.CharField()
    settings = serializers.DictField()


class RecipeListApi(Api):
    """The recipes that may be asked for, with the settings they have when none are given."""

    # A handful that ships with the product: the whole list at once.
    pagination_class = None

    @extend_schema(responses=RecipeOutput(many=True))
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response(RecipeOutput(selectors.recipes(actor=self.actor()), many=True).data)
