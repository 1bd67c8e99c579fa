"""One field of an application: what may be sent, and how what was sent is cleaned."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from quant.features import plain
from quant.features.cleaning.dates import DateFormat
from quant.features.cleaning.labels import MOST_EDITS, UNKNOWN, Folding, Group, normalise
from quant.features.cleaning.money import DECIMAL_MARKS
from quant.features.plain import SchemaFault

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
LONGEST_TEXT = 200
_UNIT = re.compile(r"[A-Z]{3}")
_LARGEST = 1e15
_MOST_GROUPS = 500
# A label that no spelling equals is compared with all of them.
_MOST_SPELLINGS = 2000


class InputType(StrEnum):
    """Texts, dates and amounts of money may be spelled in many ways; what is kept has one spelling."""

    NUMBER = "number"
    INTEGER = "integer"
    CODE = "code"
    TEXT = "text"
    DATE = "date"
    MONEY = "money"


SPELLED = frozenset({InputType.TEXT, InputType.DATE, InputType.MONEY})
_BARE = frozenset({InputType.NUMBER, InputType.INTEGER})
CATEGORIES = frozenset({InputType.CODE, InputType.TEXT})


class Unknown(StrEnum):
    """What happens to a code or a label that was never declared."""

    REFUSE = "refuse"
    BUCKET = "bucket"


class Unreadable(StrEnum):
    """What happens in a table to a date or an amount that cannot be read. In one application it is refused."""

    REFUSE = "refuse"
    MISSING = "missing"


@dataclass(frozen=True)
class Input:
    """One field. Numbers, integers and money have a range, dates a first and a last day (ISO), codes a list of known
    codes, texts their groups.

    A field that is not required may be absent; absent and null are the same, so it must be nullable. Blank texts and
    `blanks` ("n/a"; of a number "999", where that says that it is not known) are null. `edits` is how far a label may
    be from a spelling (see `Folding`). `actionable`: the applicant can change it. A protected field is made into no
    feature.
    """

    name: str
    type: InputType
    label_en: str
    label_pt_br: str
    minimum: float = 0.0
    maximum: float = 0.0
    codes: tuple[int, ...] = ()
    unknown: Unknown = Unknown.REFUSE
    nullable: bool = False
    required: bool = True
    groups: tuple[Group, ...] = ()
    edits: int = 0
    formats: tuple[DateFormat, ...] = ()
    earliest: str = ""
    latest: str = ""
    unit: str = ""
    decimal_mark: str = ""
    blanks: tuple[str, ...] = ()
    unreadable: Unreadable = Unreadable.REFUSE
    actionable: bool = False
    protected: bool = False

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise SchemaFault(f"Input name {self.name[:80]!a}: letters, digits and underscore, up to 63.")
        if not self.required and not self.nullable:
            raise SchemaFault(f"Input {self.name} may be absent, so null must be allowed.")
        if self.unreadable is Unreadable.MISSING and not self.nullable:
            raise SchemaFault(f"Input {self.name}: what cannot be read is missing, so null must be allowed.")
        self._check_members()
        if self.type is InputType.CODE:
            self._check_codes()
        elif self.type is InputType.TEXT:
            self._check_groups()
        elif self.type is InputType.DATE:
            self._check_days()
        elif not -_LARGEST <= self.minimum < self.maximum <= _LARGEST:
            raise SchemaFault(f"Input {self.name} needs a range within ±1e15.")

    def _check_members(self) -> None:
        """What only one type has, no other type may declare."""
        belongs = {
            "groups": ({InputType.TEXT}, self.groups),
            "edits": ({InputType.TEXT}, self.edits),
            "formats": ({InputType.DATE}, self.formats),
            "earliest": ({InputType.DATE}, self.earliest),
            "latest": ({InputType.DATE}, self.latest),
            "unit": ({InputType.MONEY}, self.unit),
            "decimal_mark": ({InputType.MONEY}, self.decimal_mark),
            "blanks": (SPELLED | _BARE, self.blanks),
            "unreadable": ({InputType.DATE, InputType.MONEY}, self.unreadable is Unreadable.MISSING),
        }
        for member, (types, value) in belongs.items():
            if value and self.type not in types:
                raise SchemaFault(f"Input {self.name}: {member} does not belong to a {self.type}.")
        if self.unit and not _UNIT.fullmatch(self.unit):
            raise SchemaFault(f"Input {self.name}: a unit is three capital letters, such as BRL.")
        if self.decimal_mark and self.decimal_mark not in DECIMAL_MARKS:
            raise SchemaFault(f"Input {self.name}: decimal_mark is a point or a comma.")

        if self.type in _BARE and self.blanks and not self.nullable:
            raise SchemaFault(
                f"Input {self.name}: a blank says that there is no number, so null must be allowed."
            )
        if self.type in _BARE:
            for blank in self.blanks:
                plain.decimal(blank, f"Input {self.name}: a blank of a number")

    def _check_codes(self) -> None:
        if not self.codes or len(set(self.codes)) != len(self.codes):
            raise SchemaFault(f"Input {self.name} needs its codes, each once.")

    def _check_groups(self) -> None:
        if not 1 <= len(self.groups) <= _MOST_GROUPS or not 0 <= self.edits <= MOST_EDITS:
            raise SchemaFault(
                f"Input {self.name} needs 1 to {_MOST_GROUPS} groups and edits 0 to {MOST_EDITS}."
            )
        owner: dict[str, str] = {}
        for group in self.groups:
            for spelling in (group.name, *group.spellings):
                word = normalise(spelling)
                if not word or len(spelling) > LONGEST_TEXT or word == normalise(UNKNOWN):
                    raise SchemaFault(
                        f"Input {self.name}: group {group.name[:60]!a} has a spelling without a word."
                    )
                if owner.setdefault(word, group.name) != group.name:
                    raise SchemaFault(f"Input {self.name}: two groups have the spelling {word[:60]!a}.")
        if len(owner) > _MOST_SPELLINGS:
            raise SchemaFault(f"Input {self.name} has more than {_MOST_SPELLINGS} spellings.")
        if len({group.name for group in self.groups}) != len(self.groups):
            raise SchemaFault(f"Input {self.name}: a group stands twice.")

    def _check_days(self) -> None:
        try:
            earliest, latest = self.days
        except ValueError:
            raise SchemaFault(f"Input {self.name}: earliest and latest are days, as 2024-12-31.") from None
        # Python reads other forms of ISO as well, such as weeks.
        is_plain = (earliest.isoformat(), latest.isoformat()) == (self.earliest, self.latest)
        if not is_plain or earliest > latest:
            raise SchemaFault(f"Input {self.name} needs its earliest and latest day, as 2024-12-31.")
        if len(set(self.formats)) != len(self.formats):
            raise SchemaFault(f"Input {self.name}: a format stands twice.")

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups of a text by place; the last one is Unknown."""
        return (*(group.name for group in self.groups), UNKNOWN)

    @cached_property
    def folding(self) -> Folding:
        return Folding(self.groups, self.edits)

    @cached_property
    def days(self) -> tuple[date, date]:
        return date.fromisoformat(self.earliest), date.fromisoformat(self.latest)

    @cached_property
    def known_codes(self) -> frozenset[int]:
        return frozenset(self.codes)

    @cached_property
    def blank_words(self) -> frozenset[str]:
        return frozenset(blank.strip().casefold() for blank in self.blanks)

    @cached_property
    def blank_numbers(self) -> frozenset[float]:
        """Numbers that say that there is none."""
        return frozenset(float(blank) for blank in self.blanks) if self.type in _BARE else frozenset()
