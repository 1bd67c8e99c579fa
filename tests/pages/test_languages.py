"""The language of the pages: the person's own, else the browser's."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from validation.catalog import CHECKS


def test_stranger_reads_in_the_language_of_the_browser(db):
    page = Client(headers={"Accept-Language": "pt-BR,pt;q=0.9"}).get("/sign-in").content.decode()
    assert 'lang="pt-br"' in page
    assert "Entrar" in page


def test_choice_is_kept_with_the_person(cast, browser_of):
    browser_of(cast.lia).post("/i18n/setlang/", {"language": "pt-br", "next": "/decisions"})
    cast.lia.refresh_from_db()
    assert cast.lia.language == "pt-br"
    assert "Decisões" in browser_of(cast.lia).get("/decisions").content.decode()


def test_language_of_the_person_wins_over_the_browser(cast):
    client = Client(headers={"Accept-Language": "pt-BR"})
    client.force_login(cast.lia)
    assert 'lang="en"' in client.get("/decisions").content.decode()


def test_unknown_language_changes_nothing(cast, browser_of):
    browser_of(cast.lia).post("/i18n/setlang/", {"language": "xx", "next": "/"})
    cast.lia.refresh_from_db()
    assert cast.lia.language == "en"


def test_compiled_catalog_is_committed():
    assert (Path(settings.LOCALE_PATHS[0]) / "pt_BR" / "LC_MESSAGES" / "django.mo").exists()


def test_every_check_has_a_title_and_a_question_in_portuguese():
    with translation.override("pt-br"):
        plain = [text for check in CHECKS for text in (check.title, check.question) if gettext(text) == text]
    # A name of two people reads the same.
    assert plain == ["Hosmer-Lemeshow"]
