"""An installation begins with two administrators from the command line, and no more."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from accounts.access import roles_of
from accounts.beginning import enrol_first_administrator
from accounts.models import User
from accounts.selectors import the_installation
from audit.models import Entry
from mrm.lib.errors import Conflict, NotAllowed
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def _begin(username, actor=None, password=PASSWORD):
    asked = {"username": username, "name": username.title(), "password": password}
    return enrol_first_administrator(actor=actor or the_installation(), **asked)


def test_two_administrators_are_enrolled_and_no_third():
    for username in ("olga", "omar"):
        assert roles_of(_begin(username)) == {"administrator"}
    with pytest.raises(Conflict, match="Two administrators are here"):
        _begin("otis")
    assert not User.objects.filter(username="otis").exists()


def test_both_entries_name_the_installation():
    _begin("olga")
    said = list(Entry.objects.values_list("event", "actor_name"))
    assert said == [("person:enrolled", "Countersign"), ("role:granted", "Countersign")]


def test_nobody_else_begins_an_installation():
    with pytest.raises(NotAllowed):
        _begin("omar", actor=_begin("olga"))


def test_the_command_reads_the_password_and_says_what_it_refuses(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    call_command("enrol_administrator", "olga", "Olga Ortiz")
    assert "signs in as olga" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(SystemExit):
        call_command("enrol_administrator", "omar", "Omar Ortega")
    assert "too weak" in capsys.readouterr().err
    assert not User.objects.filter(username="omar").exists()
