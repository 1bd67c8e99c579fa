"""Components say what they must to everyone: eyes, screen readers, printers, scripts off."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from mrm.desk.icons import PATHS
from mrm.desk.states import LOOKS, Tone
from mrm.lib import charts

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted((ROOT / "templates" / "components").glob("_*.html"))
DIGEST = "9f3c1a22" + "b7" * 26 + "04a1"
NO_BREAK = "\N{NO-BREAK SPACE}"


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("view-as", nothing, name="demo-view-as"),
    path("language", nothing, name="set_language"),
    path("sign-out", nothing, name="sign-out"),
    path("security", nothing, name="security"),
    path("roles", nothing, name="roles"),
    path("tokens", nothing, name="tokens"),
    path("sessions", nothing, name="sessions"),
]


class Conclusion(forms.Form):
    verdict = forms.ChoiceField(label="Verdict", choices=[("fit", "Fit")], widget=forms.RadioSelect)
    rationale = forms.CharField(label="Rationale", help_text="It goes into the ledger.")
    note = forms.CharField(label="Note", required=False)


def tag(source, **values):
    return Template("{% load countersign %}" + source).render(Context(values))


def component(name, **values):
    return render_to_string(f"components/_{name}.html", values)


@pytest.mark.parametrize("state", LOOKS)
def test_every_state_has_an_icon_and_a_word(state):
    text = tag("{% badge state %}", state=state)
    assert "<svg" in text
    assert str(LOOKS[state].word) in text


def test_every_icon_of_a_state_is_drawn():
    assert {look.icon for look in LOOKS.values()} <= set(PATHS)


def test_good_and_bad_never_share_an_icon():
    icons = {tone: {look.icon for look in LOOKS.values() if look.tone is tone} for tone in Tone}
    assert not (icons[Tone.GOOD] & icons[Tone.BAD])


def test_an_unknown_state_is_shown_and_never_taken_for_good():
    text = tag("{% badge state %}", state="<half-done>")
    assert "badge-quiet" in text
    assert "&lt;half done&gt;" in text


def test_a_badge_may_carry_its_own_word():
    assert "Waits for Ada" in tag("{% badge 'waiting' word='Waits for Ada' %}")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ v|number:2 }}", "1,234.57"),
        ("{{ v|percent }}", f"123,456.7{NO_BREAK}%"),
        ("{{ v|money:'TWD' }}", f"NT${NO_BREAK}1,234.57"),
        ("{{ v|signed:1 }}", "+1,234.6"),
        ("{% interval 0.731 0.753 %}", "0.731–0.753"),
        ("{% interval -0.02 0.05 2 %}", f"[−0.02;{NO_BREAK}0.05]"),
        ("{% percent_interval 0.1 0.2 %}", f"10.0–20.0{NO_BREAK}%"),
        ("{% interval missing 0.2 %}", "—"),
        ("{{ missing|number }}", "—"),
        ("{{ digest|shorten }}", "9f3c1a22…04a1"),
    ],
)
def test_numbers_are_written_one_way(source, expected):
    assert tag(source, v=Decimal("1234.567"), missing=None, digest=DIGEST) == expected


def test_money_without_cents_shows_none():
    assert tag("{{ v|money:'BRL' }}", v="1920.00") == f"R${NO_BREAK}1,920"


def test_a_moment_names_its_zone_and_is_machine_readable_in_utc():
    moment = datetime(2026, 11, 20, 17, 2, tzinfo=UTC)
    with timezone.override("America/Sao_Paulo"):
        text = tag("{{ v|when }}", v=moment)
    assert 'datetime="2026-11-20T17:02:00+00:00"' in text
    assert "14:02" in text
    assert f"{NO_BREAK}-03" in text


def test_a_day_of_a_moment_is_the_day_in_the_zone_of_the_reader():
    with timezone.override("America/Sao_Paulo"):
        text = tag("{{ v|day }}", v=datetime(2026, 11, 20, 1, 0, tzinfo=UTC))
    assert 'datetime="2026-11-19"' in text
    assert 'datetime="2026-11-20"' in tag("{{ v|day }}", v=date(2026, 11, 20))


@pytest.mark.parametrize(("span", "expected"), [(59, "59 seconds"), (83, "1 min 23 s"), (7320, "2 h 2 min")])
def test_elapsed_time_reads_in_words(span, expected):
    assert tag("{{ v|elapsed }}", v=timedelta(seconds=span)) == expected


def test_progress_is_announced_at_quartiles_and_the_end_only():
    heard = [tag("{% announcement p 'running' %}", p=p) for p in (0, 24, 25, 49, 50, 99)]
    assert len(set(heard[:2])) == len(set(heard[2:4])) == 1
    assert len(set(heard)) == 4
    assert tag("{% announcement 62 'failed' %}") == "Failed"


def test_a_digest_is_short_to_the_eye_and_whole_when_copied():
    text = component("digest", digest=DIGEST)
    code = re.search(r"<code[^>]*>(.*)</code>", text)[1]
    assert re.sub(r"<[^>]+>", "", code) == DIGEST
    assert f'data-copy="{DIGEST}"' in text


def test_the_copy_button_is_hidden_until_a_script_can_serve_it():
    assert re.search(r"<button[^>]* hidden>", component("digest", digest=DIGEST))


def test_the_current_step_is_marked_for_assistive_technology():
    steps = [{"label": "Submitted", "state": "done"}, {"label": "Validation", "state": "current"}]
    current = re.findall(r'<li aria-current="step">.*?</li>', component("steps", steps=steps))
    assert len(current) == 1
    assert "Validation" in current[0]


def test_a_wrong_field_points_at_its_hint_and_its_error():
    form = Conclusion({"verdict": "fit", "rationale": ""})
    text = component("field", field=form["rationale"])
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', text)[1].split()
    assert all(f'id="{each}"' in text for each in described)
    assert len(described) == 2
    assert 'aria-invalid="true"' in text


def test_choices_are_grouped_under_a_legend():
    text = component("field", field=Conclusion()["verdict"])
    assert "<fieldset" in text
    assert "<legend>Verdict" in text


def test_only_optional_fields_are_marked():
    assert "(optional)" in component("field", field=Conclusion()["note"])
    assert "(optional)" not in component("field", field=Conclusion()["rationale"])


def test_the_error_summary_links_to_every_wrong_field():
    text = component("error_summary", form=Conclusion({"note": ""}))
    assert 'href="#id_rationale"' in text
    assert text.count("<li>") == 2
    assert component("error_summary", form=Conclusion()).strip() == ""


def test_the_error_summary_leads_to_a_place_that_exists():
    form = Conclusion({"note": ""})
    page = "".join(component("field", field=field) for field in form)
    for target in re.findall(r'href="#([^"]+)"', component("error_summary", form=form)):
        assert f'id="{target}"' in page


def test_reasons_are_listed_and_escaped():
    text = component("blocked", reasons=["1 of 2 sign-offs <b>", "No assessment"])
    assert text.count("<li>") == 2
    assert "&lt;b&gt;" in text
    assert component("blocked", reasons=[]).strip() == ""


def test_an_act_that_changes_something_is_a_post_with_a_token():
    act = {"label": "Cancel", "url": "/jobs/1/cancel", "method": "post", "fields": [("why", "late")]}
    text = component("act", act=act, csrf_token="token-of-the-page")
    assert 'method="post"' in text
    assert "token-of-the-page" in text
    assert 'name="why" value="late"' in text


def test_a_running_job_polls_and_a_finished_one_does_not():
    running = {"state": "running", "percent": 40, "step": "Score"}
    finished = {"state": "succeeded", "percent": 100}
    assert 'hx-get="/p"' in component("progress", job=running, poll_url="/p", elapsed=3)
    assert "hx-" not in component("progress", job=finished, elapsed=9)


def test_a_figure_carries_its_table():
    about = charts.About("points", "Points", "Late payment weighed most.")
    chart = charts.Contributions(about, (charts.Contribution("Late <2 months>", -58),))
    text = component("figure", figure=charts.figure(chart))
    assert '<svg class="chart" role="img"' in text
    assert "<details>" in text
    assert '<th scope="row">Late &lt;2 months&gt;</th><td class="number">−58</td>' in text


def test_a_table_has_a_caption_and_scopes():
    rows = [[{"text": "AUC"}, {"text": "0.778", "is_number": True}]]
    columns = [{"label": "Check"}, {"label": "Value", "is_number": True}]
    text = component("table", caption="Checks", columns=columns, rows=rows)
    assert "<caption>Checks</caption>" in text
    assert text.count('scope="col"') == 2
    assert text.count('scope="row"') == 1


def test_a_signature_shows_name_time_meaning_and_digest():
    at = datetime(2026, 11, 20, 17, 2, tzinfo=UTC)
    signature = {"name": "Ada", "at": at, "meaning": "I approve v1.", "digest": DIGEST, "state": "approve"}
    text = component("signature", signature=signature)
    assert all(each in text for each in ("Ada", "17:02", "I approve v1.", "9f3c1a22", "Approved"))


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.name)
def test_a_component_lists_its_variables_in_a_first_comment(file):
    first = file.read_text().splitlines()[0]
    assert first.startswith("{#")
    assert "Variables:" in first


@pytest.mark.parametrize("file", sorted((ROOT / "templates").rglob("*.html")), ids=lambda file: file.name)
def test_no_template_carries_inline_style_or_script(file):
    source = file.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)


class Landmarks(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.ids = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]


@pytest.fixture
def page():
    context = {
        "title": "Models",
        "viewer": {"name": "Victor", "role": "validator"},
        "LANGUAGES": [("en", "English"), ("pt-br", "Português")],
        "demo_people": [{"username": "ada", "name": "Ada", "role": "approver", "is_current": False}],
        "navigation": [{"url": "/models/", "label": "Models", "is_current": True, "count": 3}],
        "is_empty": True,
        "empty_title": "No models yet",
    }
    with override_settings(ROOT_URLCONF=__name__):
        return render_to_string("layouts/list.html", context)


def test_a_page_has_its_landmarks_once_and_unique_ids(page):
    landmarks = Landmarks(page)
    assert [landmarks.tags.count(each) for each in ("main", "h1", "footer")] == [1, 1, 1]
    assert len(landmarks.ids) == len(set(landmarks.ids))


def test_a_page_begins_with_a_way_past_its_navigation(page):
    assert page.index('href="#main"') < page.index("<nav")
    assert '<html lang="en">' in page


def test_the_current_place_is_marked_in_the_navigation(page):
    assert '<a href="/models/" aria-current="page">Models' in page


def test_an_empty_list_says_so_and_shows_no_table(page):
    assert "No models yet" in page
    assert "<table" not in page


def test_a_page_loads_nothing_from_elsewhere(page):
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert not [source for source in sources if source.startswith(("http", "//", "data:"))]


def _tokens(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _palettes():
    blocks = re.findall(r":root \{(.*?)\n\s*\}", (ROOT / "static/countersign.css").read_text(), re.DOTALL)
    light, dark, paper = (_tokens(block) for block in blocks)
    return {"light": light, "dark": light | dark, "print": light | paper}


WORDS = [(ink, ground) for ink in ("ink", "ink-soft", "act") for ground in ("paper", "sheet", "shade")]
STATES = [(tone, ground) for tone in Tone for ground in ("paper", "shade", f"{tone}-wash")]
SHAPES = [("outline", "paper"), ("chart-reference", "paper"), ("chart-loss", "paper")]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_words_and_states_keep_their_contrast(scheme):
    colours = _palettes()[scheme]
    for ink, ground in [*WORDS, *STATES, ("on-act", "act"), ("chart-main", "paper")]:
        assert _contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for shape, ground in SHAPES:
        assert _contrast(colours[shape], colours[ground]) >= 3, (shape, ground)
