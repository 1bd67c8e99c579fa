"""Features by API: publishing a view, looking one applicant up, computing them of bookings that are sent. Whom one asks
for stands in no address."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api import QuestionApi, StrictSerializer, WriteApi
from accounts.idempotency import Answer
from audit.access_log import Via
from jobs.api import accepted
from mrm.lib import clock
from registry import feature_lookup, feature_values, selectors
from registry.api.base import Accepted, Shown, posts


@posts(202)
class FeatureViewPublishApi(WriteApi):
    """Make the latest features of each applicant of a view ready to be looked up."""

    Output = Accepted

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        self.input(request)
        actor = self.actor()
        view = selectors.feature_view(actor=actor, view_id=kwargs["view_id"])
        return accepted(feature_lookup.request_publication(actor=actor, view=view))


class LookedUp(Shown):
    is_found = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=["", *feature_lookup.Reason], help_text="why not")
    as_of = serializers.DateField(allow_null=True, help_text="the day before which bookings were counted")
    age_days = serializers.IntegerField(allow_null=True)
    features = serializers.DictField(allow_null=True)


@posts(200)
class FeatureLookUpApi(QuestionApi):
    """The features of one applicant as they stand today. A miss has a reason and no features."""

    Output = LookedUp

    class Input(StrictSerializer):
        customer = serializers.CharField(max_length=200)

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        view = selectors.feature_view(actor=actor, view_id=kwargs["view_id"])
        today = clock.now().date()
        found = feature_lookup.look_up(
            actor=actor, view=view, customer=asked["customer"], on=today, via=Via.API
        )
        return Answer(200, _plain(found))


def _plain(found: feature_lookup.Found | feature_lookup.Missed) -> dict[str, Any]:
    if isinstance(found, feature_lookup.Missed):
        nothing = dict.fromkeys(("as_of", "age_days", "features"))
        return {"is_found": False, "reason": str(found.reason), **nothing}
    return {
        "is_found": True,
        "reason": "",
        "as_of": found.as_of.isoformat(),
        "age_days": found.age_days,
        "features": found.features,
    }


class Booking(StrictSerializer):
    """What each booking is, for the description: the definition's own reader tells all faults of a list at once."""

    booked_on = serializers.CharField(help_text="2024-03-05; a time of day may follow and is not looked at")
    amount_minor = serializers.IntegerField(help_text="whole minor units, negative for what goes out")
    category = serializers.CharField(required=False, allow_null=True)
    balance_minor = serializers.IntegerField(
        required=False, allow_null=True, help_text="after the booking; null is not told"
    )


@extend_schema_field(Booking(many=True))
class Bookings(serializers.ListField):
    pass


class Computed(Shown):
    features = serializers.DictField(help_text="null is missing")
    definition_digest = serializers.CharField()
    as_of = serializers.DateField(help_text="the day of the application")


@posts(200)
class FeatureValuesApi(QuestionApi):
    """The features of one application from its own bookings, by the definition of a view. Nothing is kept of it."""

    Output = Computed

    class Input(StrictSerializer):
        applied_on = serializers.CharField(max_length=40, help_text="2024-03-05")
        bookings = Bookings(help_text="of the applicant alone; an empty list where there are none")

    def perform(self, request: Request, **kwargs: Any) -> Answer:
        actor, asked = self.actor(), self.input(request)
        view = selectors.feature_view(actor=actor, view_id=kwargs["view_id"])
        found = feature_values.compute(actor=actor, view=view, **asked)
        return Answer(200, {**vars(found), "as_of": found.as_of.isoformat()})
