"""Free-text categories folded into declared groups; what is not recognised is Unknown."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from quant.features.cleaning.edits import distance

UNKNOWN = "Unknown"
MOST_EDITS = 3
_LETTERS_PER_EDIT = 4
_APART = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Group:
    """A declared category. Its name is a spelling of it as well."""

    name: str
    spellings: tuple[str, ...] = ()


def normalise(text: str) -> str:
    """Without case, accents, punctuation and doubled spaces. Applying it twice changes nothing more."""
    if text.isascii():
        return " ".join(_APART.sub(" ", text.lower()).split())
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    spread = unicodedata.normalize("NFKD", spread.casefold())
    return " ".join("".join(_kept(letter) for letter in spread).split())


def _kept(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""
    # Vowel signs of Indic scripts are marks that do not combine; without them words would become other words.
    return letter if letter.isalnum() or unicodedata.category(letter).startswith("M") else " "


@dataclass(frozen=True)
class _Spelling:
    """`reach` is how many edits it allows."""

    word: str
    place: int
    reach: int
    letters: Counter[str]

    def is_near(self, word: str, letters: Counter[str]) -> bool:
        """Each edit brings at most one letter that was not there, so most words need no distance."""
        longest = max(len(word), len(self.word))
        if not self.reach or abs(len(word) - len(self.word)) > self.reach:
            return False
        if (self.letters & letters).total() < longest - self.reach:
            return False
        return distance(self.word, word, self.reach) <= self.reach


class Folding:
    """The declared groups, ready to look up. Nothing changes after it was made."""

    def __init__(self, groups: Sequence[Group], edits: int) -> None:
        self.unknown = len(groups)
        self._place = {
            normalise(spelling): place
            for place, group in enumerate(groups)
            for spelling in (group.name, *group.spellings)
        }
        self._spellings = tuple(
            _Spelling(word, place, _reach(word, edits), Counter(word)) for word, place in self._place.items()
        )

    def place(self, text: str) -> int:
        """The place of the text's group, `unknown` where no group, or more than one, is within reach."""
        word = normalise(text)
        exact = self._place.get(word)
        if exact is not None or not word:
            return self.unknown if exact is None else exact
        letters = Counter(word)
        near = {each.place for each in self._spellings if each.is_near(word, letters)}
        return near.pop() if len(near) == 1 else self.unknown


def _reach(word: str, edits: int) -> int:
    """One edit for every four letters of the spelling: a short word is soon another word."""
    return min(edits, len(word) // _LETTERS_PER_EDIT)
