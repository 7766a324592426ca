"""Reports: one set of figures on screen, on paper and in files."""

from __future__ import annotations

import csv
import html
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from pypdf import PdfReader

from dashboards import letters, queries
from dashboards.entry_queries import called, portfolio_report, waiting_on
from dashboards.overview import queries as overview
from dashboards.overview.blocking import blocks
from dashboards.overview.facts import facts_of
from dashboards.portfolio_words import portfolio_sheet
from dashboards.report_lines import criterion_line
from dashboards.report_queries import engagement_report
from dashboards.report_shapes import Judged
from dashboards.report_words import engagement_sheet
from evaluation.models import ErrorAcceptance, LatestVerdict
from projects.catalogue import Text
from projects.models import Engagement, Stage, User
from projects.services import engagement as engagements
from projects.services import glances
from projects.templatetags.figures import measured, yen
from tests.conftest import person
from tests.dashboards.reported import loaded, report_everything, retold
from tests.evaluation.test_stages import BAD, ran, signed
from tests.past import past_the_guard
from tests.test_access import shared_pool
from tests.test_query_counts import another, fill

__all__ = ["signed"]  # a fixture


@pytest.fixture
def reported(signed, manager, executive) -> Engagement:
    return report_everything(signed, manager, executive)


def pages_of(content: bytes) -> list[str]:
    read = PdfReader(BytesIO(content))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"].value
    return [squeezed(page.extract_text()) for page in read.pages]


def squeezed(text: str) -> str:
    """Without room: lines of a PDF break where they like."""
    return re.sub(r"\s", "", text)


def on_screen(text: str) -> str:
    return squeezed(html.unescape(re.sub(r"<[^>]+>", "", text)))


def sheet(engagement, by, language="en"):
    report = engagement_report(engagement, timezone.localdate())
    return engagement_sheet(report, language, by=called(by), at=timezone.now())


def figures_of(sheet) -> list[str]:
    return [
        *sheet.sentences,
        *(one.measured for one in sheet.criteria),
        *(one.promise for one in sheet.criteria),
        *(one.said for one in sheet.budget),
        *(one.value for one in sheet.money),
        sheet.borne,
        sheet.trend.said,
        *(one.label for one in sheet.ahead),
        *sheet.blocks,
        *(one.who for one in sheet.signed),
        sheet.digest,
    ]


# One engagement --------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_pdf_and_workbook_say_the_same_to_the_digit(
    language, client, reported, manager
):
    client.force_login(manager)
    at = [reported.pk]
    told = figures_of(sheet(reported, manager, language))

    page = client.get(reverse("dashboards:report", args=at) + f"?lang={language}")
    pdf = client.get(reverse("dashboards:report_pdf", args=at) + f"?lang={language}")
    book = client.get(reverse("dashboards:report_xlsx", args=at))

    (paper,), screen = pages_of(pdf.content), on_screen(page.text)
    for said in told:
        assert squeezed(said) in screen, said
        assert squeezed(said) in paper, said
    rows = {
        row[0].value: [cell.value for cell in row]
        for row in load_workbook(BytesIO(book.content))["基準と判定 Criteria"]
    }
    with translation.override(language):
        for one in engagement_report(reported, timezone.localdate()).verdict.lines:
            value, low, high = rows[f"{one.name.ja} / {one.name.en}"][5:8]
            assert squeezed(measured(value, low, high, one.unit, 2)) in paper


def test_an_engagement_is_one_page_and_both_languages_are_two(
    client, reported, manager
):
    client.force_login(manager)
    address = reverse("dashboards:report_pdf", args=[reported.pk])

    ja, en = pages_of(client.get(f"{address}?lang=both").content)

    assert "予兆検知" in ja
    assert "Earlywarning" in en
    assert "1/2" in ja
    assert "2/2" in en
    both = client.get(reverse("dashboards:report", args=[reported.pk]) + "?lang=both")
    assert '<article class="card paper report" lang="ja">' in both.text
    assert '<article class="card paper report" lang="en">' in both.text
    assert "sheets-2" in both.text
    # A page has one heading of the first order, in whatever languages.
    assert both.text.count("<h1") == 1
    assert both.text.count('<h2 class="sheet-name">') == 1


def test_an_unknown_language_is_the_readers_own(client, reported, manager):
    client.force_login(manager)

    page = client.get(reverse("dashboards:report", args=[reported.pk]) + "?lang=fr")

    assert [one.language for one in page.context["sheets"]] == ["en"]


def test_a_report_tells_what_works_what_it_costs_and_what_waits(reported, manager):
    told = sheet(reported, manager)

    assert told.badge.word == "PASS"
    accuracy, budget, *_runs_out, money = told.sentences
    assert accuracy == "The newest file keeps every criterion of the agreement."
    assert budget == "10% of the error budget is used."
    assert money.replace("\u00a0", " ") == "¥3.1 M of ¥4.0 M is spent (78%)."
    assert [(one.label, one.said) for one in told.budget] == [
        ("False alarms · this year", "2 / 30 (7%)"),
        ("Misses · this year", "1 / 10 (10%)"),
    ]
    assert told.borne.startswith("A month: False alarms 4, Misses 1, ¥1,000 (¥900–")
    money = {one.label: one.value.replace("\u00a0", " ") for one in told.money}
    assert money == {
        "Spent": "¥3.1 M",
        "Stop line": "¥3.5 M",
        "GPUs": "¥2.6 M",
        "Labels": "¥0.21 M",
        "People": "¥0.30 M",
        "Errors in operation": "¥0",
        "Value expected": "¥12.0 M",
        "Value realised": "¥2.4 M",
    }
    assert told.trend.said == "0%"
    assert told.blocks
    assert {one.value for one in told.ahead} >= {
        "a waiver ends",
        "accepted errors end",
        "planned end",
    }
    assert [one.what for one in told.signed] == [
        "Agreement v1",
        "Agreement v1",
        "Accuracy",
        "Accuracy",
    ]
    assert told.marks[0].startswith("Waived: P7, “")
    assert told.waiting == ()
    assert told.steps == ("done",) * 5 + ("now",)
    assert told.printed.startswith("Printed by manager, ")


def test_a_fail_says_what_was_missed(signed, manager):
    ran(signed, manager, BAD)

    told = sheet(loaded(signed, manager), manager)

    assert told.badge.tone == "fail"
    assert (
        told.sentences[0] == "Miss rate measured 100.00% and misses the agreed 5.00%."
    )
    assert told.criteria[0].badge.tone == "fail"
    assert told.borne == "Management has accepted no errors yet."


def test_an_open_verdict_says_what_would_decide_it(signed, manager):
    ran(signed, manager, b"y_true,y_pred\n1,1\n0,0\n")
    told = sheet(loaded(signed, manager), manager)

    assert told.badge.tone == "undecided"
    assert told.sentences[0].startswith("Miss rate cannot be decided yet. ")
    assert "more cases" in told.sentences[0]


def test_a_criterion_without_a_value_has_no_bar(signed, manager):
    ran(signed, manager)
    found = LatestVerdict.objects.get()
    found.worst.result.verdicts.update(
        value=None, low=None, high=None, segment="夜勤", outcome="undecided"
    )

    told = sheet(loaded(signed, manager), manager)

    assert all(one.bar is None for one in told.criteria)
    assert all(one.name.endswith(" · 夜勤") for one in told.criteria)


def test_a_value_without_an_interval_is_drawn_as_a_point(signed, manager):
    ran(signed, manager)
    LatestVerdict.objects.get().worst.result.verdicts.update(low=None, high=None)

    bar = sheet(loaded(signed, manager), manager).criteria[0].bar

    assert bar.band_width == 0


@pytest.mark.parametrize(
    ("bound", "limit", "dot"),
    [
        ("at_least", "0.9", 100),
        ("at_least", "0.6", 25),
        ("at_most", "0.8", 50),
        ("at_most", "0", None),
    ],
    ids=["far short", "inside", "on the line", "none is allowed"],
)
def test_a_row_s_bar_is_the_error_as_a_part_of_what_is_allowed(bound, limit, dot):
    shown = 0.8
    one = Judged(
        name=Text("再現率", "Recall"),
        segment="",
        unit="share",
        bound=bound,
        limit=Decimal(limit),
        value=shown,
        low=shown,
        high=shown,
        outcome="fail",
        why=Text("", ""),
    )

    bar = criterion_line(one, mini=True).bar

    assert (bar and round(bar.dot)) == dot
    assert bar is None or bar.limit == 50


@pytest.mark.parametrize(
    ("because", "said"),
    [("expired", "it ran out"), ("breached", "it was passed")],
)
def test_errors_borne_no_longer_wait_for_a_decision(because, said, reported, manager):
    ErrorAcceptance.objects.update(ended_at=timezone.now(), ended_because=because)
    retold(reported)

    told = sheet(loaded(reported, manager), manager)

    assert f"No longer in force, {said}: A month" in told.borne
    assert told.waiting == (
        "The accepted errors hold no longer: the customer’s management decides anew",
    )
    assert "Nobody accepts its errors at present." in told.sentences


def test_an_error_budget_that_runs_out_says_when(reported, manager):
    glances.note(reported, runs_out_on=timezone.localdate() + timedelta(days=3))

    told = sheet(loaded(reported, manager), manager)

    assert told.sentences[2].startswith("At this pace it runs out on ")
    assert told.ahead[0].value == "error budget runs out"


def test_errors_borne_without_a_band_say_one_sum(reported, manager):
    ErrorAcceptance.objects.update(yen_low=1000, yen_high=1000)

    told = sheet(loaded(reported, manager), manager)

    assert "¥1,000. Until " in told.borne


def test_a_loosened_agreement_is_marked_on_every_report(client, reported, manager):
    client.force_login(manager)
    past_the_guard(type(reported.agreements.get())).update(loosened_from=1)
    fresh = loaded(reported, manager)

    assert sheet(fresh, manager).marks[0] == "loosened after results"
    (entry,) = whole(manager).entries
    assert entry.mark == "loosened after results"
    assert "[loosened after results]" in letters.text_of(whole(manager))
    book = client.get(reverse("dashboards:report_xlsx", args=[reported.pk]))
    for name in ("案件 Engagement", "基準と判定 Criteria"):
        (heads, *rows) = load_workbook(BytesIO(book.content))[name].values
        column = heads.index("判断後の緩和 / Loosened after results")
        assert {row[column] for row in rows} == {"あり / yes"}


@pytest.mark.parametrize("stage", ["feasibility", "agreement", "initial", "closed"])
def test_what_blocks_is_what_the_overview_says(stage, engagement, manager):
    Engagement.objects.update(stage=stage)
    shown = loaded(engagement, manager)
    with translation.override("en"):
        seen = overview.load(shown, timezone.localdate())
        found = [one for one in blocks(facts_of(seen)) if one.blocks]

    told = sheet(shown, manager)

    assert bool(found) is (stage != "closed")
    for one, said in zip(found, told.blocks, strict=False):
        assert said.startswith(f"{one.what.en} · {one.owner.en}")
        assert one.due is None or str(one.due.year) in said
    assert bool(told.ahead) is (stage != "closed")


def test_more_than_a_few_obstacles_are_counted(signed, manager):
    ran(signed, manager, BAD)
    report = engagement_report(loaded(signed, manager), timezone.localdate())
    many = replace(report, blocks=report.blocks[:1] * 8)

    told = engagement_sheet(many, "en", by=called(manager), at=timezone.now())

    assert len(told.blocks) == 6
    assert told.blocks[-1] == "and 3 more"


def test_an_agreement_to_be_signed_waits(engagement, manager):
    draft = engagement.agreements.create(reason="初版", drafted_by=manager)
    past_the_guard(type(draft)).update(status="offered", digest="d" * 64)

    told = sheet(loaded(engagement, manager), manager)

    assert told.waiting == (
        "Agreement v1: the customer’s management signs or refuses it",
    )
    assert told.sentences == (
        "Nothing has been measured yet: no agreement is in force.",
    )
    assert told.digest == "No agreement is in force"


def test_before_the_first_run_the_agreement_waits_for_it(signed, manager):
    told = sheet(signed_and_loaded := loaded(signed, manager), manager)

    assert told.sentences[0].startswith("The agreement is in force.")
    assert told.trend is None
    assert told.of_run == ""
    assert told.spend is None
    assert told.money[0].note == "no budget is set"
    assert signed_and_loaded.glance.outcome == ""


def test_a_declined_engagement_says_why(engagement, manager, client):
    engagements.decline(engagement=engagement, because="採算が合わない", by=manager)

    told = sheet(loaded(engagement, manager), manager, "ja")

    assert told.sentences == ("見送り: 採算が合わない",)
    assert told.steps[1] == "ended"


def test_a_stage_put_forward_and_a_budget_used_up_wait(reported, manager):
    budget = reported.budgets.create(amount_yen=100, set_by=manager)
    for threshold in ("100", "stop"):
        budget.breaches.create(threshold=threshold, spent_yen=101)
    review = reported.reviews.first()
    type(review).objects.filter(pk=review.pk).update(status="open", ended_at=None)

    found = waiting_on(Engagement.objects.all())

    assert [one.kind for one in found] == ["stage", "budget"]
    assert sheet(loaded(reported, manager), manager).waiting == (
        "A stage is put forward: both sides accept or reject it",
        "The budget is used up: management goes on, raises it or stops",
    )


def test_what_a_face_lacks_does_not_keep_a_pdf_from_being_made(
    client, reported, manager
):
    Engagement.objects.update(name="予兆🦊検知", name_en="")
    client.force_login(manager)

    (paper,) = pages_of(
        client.get(reverse("dashboards:report_pdf", args=[reported.pk])).content
    )

    assert "予兆〓検知" in paper


# Many ------------------------------------------------------------------------------


def whole(reader, language="en"):
    report = portfolio_report(queries.portfolio(reader), reader)
    return portfolio_sheet(report, language, by=called(reader), at=timezone.now())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_portfolio_says_the_same_on_screen_on_paper_and_in_its_files(
    language, client, reported, manager
):
    client.force_login(manager)
    told = whole(manager, language)
    (entry,) = told.entries

    def got(kind):
        address = reverse("dashboards:portfolio_file", args=[kind])
        return client.get(f"{address}?lang={language}")

    page = client.get(reverse("dashboards:portfolio_report") + f"?lang={language}")
    (paper,), screen = pages_of(got("pdf").content), on_screen(page.text)

    for said in (
        *told.sentences,
        *(one.value for one in told.money),
        entry.name,
        entry.worst.measured,
        entry.burned,
        entry.spent,
        entry.next.label,
        entry.trend.last,
        told.digest,
    ):
        assert squeezed(said) in screen, said
        assert squeezed(said) in paper, said
    row = dict(
        zip(*load_workbook(BytesIO(got("xlsx").content)).active.values, strict=True)
    )
    assert row["使用額(円) / Spent (yen)"] == 3104000.125
    assert row["案件"] == "予兆検知"
    assert row["判定 / Verdict"] == "合格 / PASS"
    with translation.override(language):
        spent = Decimal(str(row["使用額(円) / Spent (yen)"]))
        assert squeezed(yen(spent)) in paper
    lines = list(csv.DictReader(StringIO(got("csv").getvalue().decode("utf-8-sig"))))
    assert lines[0]["使用額(円) / Spent (yen)"] == "3104000.1250"
    assert lines[0]["予算(円) / Budget (yen)"] == "4000000"
    assert lines[0]["誤り枠の消費 / Error budget used"] == "0.1"


def test_there_is_no_other_file(client, manager):
    client.force_login(manager)

    assert (
        client.get(reverse("dashboards:portfolio_file", args=["doc"])).status_code
        == 404
    )


def test_a_portfolio_of_many_is_one_page_and_says_what_it_leaves_out(
    client, reported, manager
):
    shared_pool(reported.provider)
    for number in range(25):
        made = another(reported, number * 2)
        if number % 3 == 0:
            fill(made, number)
    told = whole(manager)
    client.force_login(manager)

    pages = pages_of(
        client.get(reverse("dashboards:portfolio_file", args=["pdf"])).content
    )

    assert len(pages) == 1
    assert told.more == ("The first 12 of 26; the spreadsheet has all of them.")
    assert told.name == "18 decisions are waiting"
    assert told.more_waiting == "and 12 more"
    assert squeezed(told.more) in pages[0]
    assert squeezed(told.more_waiting) in pages[0]
    book = client.get(reverse("dashboards:portfolio_file", args=["xlsx"]))
    assert load_workbook(BytesIO(book.content)).active.max_row == 27


@pytest.mark.parametrize("language", ["ja", "en"])
def test_rows_that_a_sheet_of_paper_does_not_take_are_left_out_and_told(
    language, client, reported, manager
):
    shared_pool(reported.provider)
    name = "プレスと搬送と検査を通した異常の予兆検知と保全計画の最適化" * 4
    for number in range(12):
        made = another(reported, number * 2)
        fill(made, number)
        past_the_guard(Engagement).filter(pk=made.pk).update(name=name[:110])
    client.force_login(manager)

    file = client.get(
        reverse("dashboards:portfolio_file", args=["pdf"]), {"lang": language}
    )

    (page,) = pages_of(file.content)
    said = {"ja": r"13件のうち先頭の(\d+)件。", "en": r"Thefirst(\d+)of13;"}
    (shown,) = re.findall(said[language], page)
    assert 0 < int(shown) < 12
    # Those in the table, and beside them those of which a decision waits.
    assert page.count(squeezed(name[:40])) >= int(shown)


def test_what_the_list_is_narrowed_to_is_what_report_and_files_hold(
    client, reported, manager
):
    for number in (0, 2):
        another(reported, number)
    client.force_login(manager)
    page = client.get(
        reverse("dashboards:portfolio") + "?q=%E6%A1%88%E4%BB%B6&sort=-name"
    )
    link = re.search(r'href="(/report/[^"]*)"', page.text)[1]

    report = client.get(html.unescape(link))

    (sheet,) = report.context["sheets"]
    assert [one.name for one in sheet.entries] == ["案件 2", "案件 0"]
    assert "a part of it, by filter" in sheet.kicker
    names = {}
    for kind in ("csv", "xlsx"):
        (address,) = re.findall(rf'href="([^"]*all\.{kind}[^"]*)"', report.text)
        content = client.get(html.unescape(address)).getvalue()
        if kind == "csv":
            lines = csv.DictReader(StringIO(content.decode("utf-8-sig")))
            names[kind] = [one["案件"] for one in lines]
        else:
            rows = load_workbook(BytesIO(content)).active.values
            names[kind] = [row[0] for row in rows][1:]
    assert names["csv"] == names["xlsx"] == ["案件 2", "案件 0"]
    pdf = re.search(r'href="([^"]*all\.pdf[^"]*)"', report.text)[1]
    (paper,) = pages_of(client.get(html.unescape(pdf)).content)
    assert "予兆検知" not in paper
    assert "apartofit" in paper
    # Without a filter it is the whole again.
    assert "a part of it" not in client.get(reverse("dashboards:portfolio_report")).text


def test_an_empty_portfolio_says_so(client, db):
    alone = User.objects.create_user("alone@example.test", name="A", language="en")
    client.force_login(alone)

    told = whole(alone)
    page = client.get(reverse("dashboards:portfolio_report"))

    assert told.name == "No decision is waiting"
    assert told.sentences == ("No engagement yet.",)
    assert page.text.count("No engagement yet.") == 2


def test_everybody_gets_what_is_theirs(client, reported, manager, executive):
    theirs = another(reported, 1)
    stranger = person("stranger", theirs.customer, "viewer")

    assert len(whole(manager).entries) == 2
    assert [one.name for one in whole(executive).entries] == ["Early warning"]
    assert [one.name for one in whole(stranger).entries] == ["案件 1"]
    client.force_login(stranger)
    for name in ("report", "report_pdf", "report_xlsx"):
        address = reverse(f"dashboards:{name}", args=[reported.pk])
        assert client.get(address).status_code == 404


def test_errors_that_nobody_accepts_are_marked_in_the_table(reported, manager):
    glances.note(reported, unaccepted=True)

    (entry,) = whole(manager).entries

    assert entry.mark == "Errors not accepted"


# Files -----------------------------------------------------------------------------


def test_a_workbook_of_an_engagement_holds_all_that_it_has(client, reported, manager):
    client.force_login(manager)

    book = load_workbook(
        BytesIO(
            client.get(reverse("dashboards:report_xlsx", args=[reported.pk])).content
        )
    )

    assert book.sheetnames == [
        "案件 Engagement",
        "基準と判定 Criteria",
        "評価 Runs",
        "運用 Operation",
        "費用 Spend",
    ]
    assert [row[0].value for row in book["評価 Runs"]][1:] == [1]
    day = [cell.value for cell in book["運用 Operation"][2]]
    assert day[1:6] == [100, 100, 2, 1, 0]
    spent = [[cell.value for cell in row] for row in book["費用 Spend"]][1:]
    assert [row[1:] for row in spent] == [
        ["GPU / GPUs", 0, 100],
        ["体制 / People", 0, 7],
    ]


def test_names_that_look_like_formulas_stay_names(client, reported, manager):
    Engagement.objects.update(name="=1+1", place="@cmd")
    client.force_login(manager)

    def got(kind):
        return client.get(reverse("dashboards:portfolio_file", args=[kind]))

    sheet = load_workbook(BytesIO(got("xlsx").content)).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert "'=1+1" in got("csv").getvalue().decode()


def test_an_engagement_without_a_verdict_has_empty_cells(client, engagement, manager):
    client.force_login(manager)
    book = client.get(reverse("dashboards:report_xlsx", args=[engagement.pk]))

    read = load_workbook(BytesIO(book.content))

    row = dict(zip(*read["案件 Engagement"].values, strict=True))
    assert row["判定 / Verdict"] == "未測定 / NOT MEASURED"
    assert row["測定値 / Measured"] is None
    assert row["次の日付 / Next date"].date() == engagement.ends_on
    assert read["基準と判定 Criteria"].max_row == 1


def test_a_closed_engagement_has_no_next_date(client, reported, manager, executive):
    Engagement.objects.update(stage=Stage.CLOSED)
    retold(Engagement.objects.get())
    client.force_login(manager)

    lines = list(
        csv.DictReader(
            StringIO(
                client.get(reverse("dashboards:portfolio_file", args=["csv"]))
                .getvalue()
                .decode("utf-8-sig")
            )
        )
    )

    assert lines[0]["次の日付 / Next date"] == ""
    assert whole(manager).entries[0].next.label == "–"
