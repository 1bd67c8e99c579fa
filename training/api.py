"""Asking for a training, for a snapshot made of several tables and for a feature view, by API."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Api, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from jobs.api import accepted
from registry import selectors as inventory
from registry.api.base import Accepted, Shown, paged, posts
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


class FeatureViewOutput(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.IntegerField()
    definition_digest = serializers.CharField()
    content_digest = serializers.CharField()
    rows = serializers.IntegerField()
    built_by = serializers.CharField(source="built_by.name")
    built_at = serializers.DateTimeField()


class FeatureViewDetail(FeatureViewOutput):
    definition = serializers.DictField()
    lineage = serializers.DictField()


@posts(202)
class FeatureViewListApi(WriteApi):
    """All feature views, and building the next number of one; the job's result names it."""

    Output = Accepted

    class Input(StrictSerializer):
        view = serializers.DictField(
            help_text="name, definition, transactions, applications, columns; see docs/transactions.md"
        )

    @extend_schema(responses=FeatureViewOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = inventory.visible_feature_views(actor=self.actor())
        return paged(self, request, rows, ("-built_at", "id"), FeatureViewOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002
        actor, asked = self.actor(), self.input(request)
        view = services.declared_view(asked["view"])
        return accepted(services.request_feature_view(actor=actor, view=view))


class FeatureViewApi(Api):
    """The definition of one feature view, and where its rows come from."""

    @extend_schema(responses=FeatureViewDetail)
    def get(self, request: Request, view_id: uuid.UUID) -> Response:  # noqa: ARG002
        found = inventory.feature_view(actor=self.actor(), view_id=view_id)
        return Response(FeatureViewDetail(found).data)


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
