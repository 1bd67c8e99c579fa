"""Policy packs by API: which are installed, installing one that ships, and the review of somebody else."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import StrictSerializer, WriteApi
from accounts.idempotency import Answer
from registry.api.base import Shown, paged, posts
from validation import installing, pack_selectors
from validation.api.base import SignatureInput, SignedOutput, shown_header


class PackOutput(Shown):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    revision = serializers.IntegerField()
    digest = serializers.CharField()
    content = serializers.DictField()
    installed_by = serializers.CharField(source="installed_by.name")
    installed_at = serializers.DateTimeField()
    reviews = SignedOutput(many=True)


@posts(201)
class PackListApi(WriteApi):
    """Installed policy packs, and installing one that ships with the product by its name. Without a review a pack is
    printed as unreviewed."""

    Output = PackOutput

    class Input(StrictSerializer):
        slug = serializers.SlugField(max_length=64)

    @extend_schema(responses=PackOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = pack_selectors.packs(actor=self.actor())
        return paged(self, request, rows, ("-installed_at", "id"), PackOutput)

    def perform(self, request: Request, **kwargs: Any) -> Answer:  # noqa: ARG002 (the base's signature)
        row = installing.install_shipped(actor=self.actor(), slug=self.input(request)["slug"])
        return Answer(201, dict(PackOutput(row).data))


@posts(201)
class PackReviewApi(WriteApi):
    """Sign a pack that somebody else installed. If-Match carries its digest."""

    Input, Output = SignatureInput, SignedOutput

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        row = pack_selectors.pack(actor=actor, pack_id=kwargs["pack_id"])
        shown = shown_header(request)
        signed = installing.review_pack(actor=actor, pack=row, shown_digest=shown, **asked)
        return Answer(201, dict(SignedOutput(signed).data))
