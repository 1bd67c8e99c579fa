"""The form of a monitoring plan: one group of fields a measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm
from registry.monitored import LONGEST_THEN, Every, Measure, Watched, catalogue

EVERY = (
    (Every.DAY, _("every day")),
    (Every.WEEK, _("every week")),
    (Every.MONTH, _("every month")),
    (Every.QUARTER, _("every quarter")),
    (Every.YEAR, _("every year")),
)
_PARTS = ("every", "amber", "red", "owner", "then")


@dataclass(frozen=True)
class Group:
    """The fields of one measure, as the page sets them together."""

    title: str
    what: str
    is_due: bool
    fields: tuple[Any, ...]  # Any: bound fields of the framework


class MonitoringForm(PageForm):
    """A measure whose frequency is left empty is not watched. Faults of the plan stand above the form, by measure."""

    def __init__(
        self, *args: Any, tier: int | None, standing: Sequence[Watched], owner: str, **kwargs: Any
    ) -> None:
        kept = {line.measure: line for line in standing}
        initial = {
            f"{measure.key}-{part}": getattr(kept[measure.key], part)
            for measure in catalogue().measures
            if measure.key in kept
            for part in _PARTS
        }
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self._due = {measure.key for measure in catalogue().due(tier)}
        for measure in catalogue().measures:
            owner_first = owner if measure.key not in kept else ""
            self.fields.update(_fields(measure, owner_first, is_due=measure.key in self._due))

    def lines(self) -> list[Watched]:
        found = []
        for measure in catalogue().measures:
            said = {part: str(self.cleaned_data.get(f"{measure.key}-{part}") or "") for part in _PARTS}
            if said["every"]:
                found.append(Watched(measure=measure.key, **said))
        return found

    def groups(self) -> list[Group]:
        return [
            Group(
                measure.title.here,
                measure.what.here,
                measure.key in self._due,
                tuple(self[f"{measure.key}-{part}"] for part in _PARTS),
            )
            for measure in catalogue().measures
        ]

    def add_error(self, field: str | None, error: Any) -> None:  # Any: as the framework's form
        """What the service says of a line of the plan has no field of that name: it stands above the form."""
        super().add_error(field if field in self.fields else None, error)


def _fields(measure: Measure, owner: str, *, is_due: bool) -> dict[str, forms.Field]:
    side = _("bad above") if measure.bad == "above" else _("bad below")
    never = _("Choose") if is_due else _("not watched")
    fields = {
        "every": forms.ChoiceField(label=_("How often"), choices=[("", never), *EVERY]),
        "amber": forms.CharField(label=_("Amber"), help_text=side, max_length=30),
        "red": forms.CharField(label=_("Red"), help_text=side, max_length=30),
        "owner": forms.CharField(label=_("Who answers (account)"), max_length=64, initial=owner),
        "then": forms.CharField(
            label=_("What they do then"), max_length=LONGEST_THEN, widget=forms.Textarea(attrs={"rows": 2})
        ),
    }
    for field in fields.values():
        field.required = is_due
    return {f"{measure.key}-{part}": field for part, field in fields.items()}
