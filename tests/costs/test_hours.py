"""People's hours: written, corrected, taken back, taken in, and who reads them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from costs.models import Spend, SpendDay, WorkLog
from costs.services import people
from costs.services.people import Work
from costs.tables import TableRefused
from projects.models import Event, User
from tests.conftest import person


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


DAY = date(2026, 10, 1)


def work(who: User, **said) -> Work:
    usual = {"day": DAY, "hours": Decimal("7.5"), "yen_an_hour": Decimal(6000)}
    return Work(worked_by=who, **(usual | said))


@pytest.fixture
def engineer(engagement):
    return person("engineer", engagement.provider, "engineer")


def spent(engagement) -> Decimal:
    return Spend.objects.get(engagement=engagement).spent_yen


def test_hours_are_written_and_the_spend_follows(engagement, manager, engineer):
    people.record(engagement=engagement, work=work(engineer, note="調整"), by=manager)

    assert spent(engagement) == 45_000
    day = SpendDay.objects.get(kind="people")
    assert (day.person, day.hours, day.gpu_hours) == ("engineer", Decimal("7.5"), 0)
    assert Event.objects.get(verb="work.recorded").sentence("en") == (
        "manager recorded work of engineer: 7.5 hours on 1 October 2026"
    )


def test_a_corrected_line_replaces_what_it_said(engagement, manager, engineer):
    log = people.record(engagement=engagement, work=work(engineer), by=manager)
    later = work(manager, day=DAY + timedelta(days=1), hours=Decimal(2))
    people.correct(log=log, work=later, by=manager)

    log.refresh_from_db()
    assert (log.worked_by, log.hours, log.cost_yen) == (manager, 2, 12_000)
    assert spent(engagement) == 12_000
    assert [day.person for day in SpendDay.objects.all()] == ["manager"]
    told = Event.objects.get(verb="work.corrected").sentence("en")
    assert "7.5 hours on 1 October 2026 became 2 hours on 2 October 2026" in told


def test_a_line_is_taken_back_once(engagement, manager, engineer):
    log = people.record(engagement=engagement, work=work(engineer), by=engineer)
    seen_before = WorkLog.objects.get(pk=log.pk)
    # Somebody is called otherwise by then: the row of their old name is lowered.
    User.objects.filter(pk=engineer.pk).update(name="renamed")
    people.remove(log=WorkLog.objects.get(pk=log.pk), by=manager)

    assert spent(engagement) == 0
    assert not SpendDay.objects.exists()
    with pytest.raises(ValidationError, match="removed already"):
        people.remove(log=seen_before, by=manager)
    with pytest.raises(ValidationError, match="removed already"):
        people.correct(log=seen_before, work=work(engineer), by=manager)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"hours": Decimal(0)}, "above 0 and up to 24"),
        ({"hours": Decimal(25)}, "above 0 and up to 24"),
        ({"yen_an_hour": Decimal(-1)}, "above 0 and up to 24"),
        ({"day": date(2999, 1, 1)}, "days that have been"),
        ({"hours": Decimal(17)}, "would have 24.5 hours on"),
    ],
)
def test_what_fits_no_day_is_refused(said, told, engagement, manager, engineer):
    people.record(engagement=engagement, work=work(engineer), by=manager)
    with pytest.raises(ValidationError, match=told):
        people.record(engagement=engagement, work=work(engineer, **said), by=manager)
    assert spent(engagement) == 45_000


def test_a_line_may_grow_within_its_own_day(engagement, manager, engineer):
    log = people.record(engagement=engagement, work=work(engineer), by=manager)
    grown = work(engineer, hours=Decimal(24))
    people.correct(log=log, work=grown, by=manager)
    assert spent(engagement) == 144_000


def test_engineers_write_their_own_hours_and_strangers_none(
    engagement, manager, engineer, executive
):
    log = people.record(engagement=engagement, work=work(manager), by=manager)
    for reader in (engineer, executive):
        with pytest.raises(PermissionDenied):
            people.record(engagement=engagement, work=work(manager), by=reader)
        with pytest.raises(PermissionDenied):
            people.correct(log=log, work=work(manager), by=reader)
        with pytest.raises(PermissionDenied):
            people.remove(log=log, by=reader)
    with pytest.raises(ValidationError, match="not of the provider's people"):
        people.record(engagement=engagement, work=work(executive), by=manager)
    assert list(WorkLog.objects.visible_to(executive)) == [log]


def test_who_left_the_team_still_has_their_line_corrected(
    engagement, manager, engineer
):
    log = people.record(engagement=engagement, work=work(engineer), by=engineer)
    engineer.memberships.all().delete()
    people.correct(log=log, work=work(engineer, hours=Decimal(1)), by=manager)
    assert spent(engagement) == 6_000


SHEET = (
    b"day,who,hours,yen_an_hour,note\n"
    b"2026-10-01,engineer@example.test,7.5,,\n"
    b"2026-10-02,manager,2.25,8000,review\n"
)


def taken(engagement, by, content=SHEET):
    return people.take_timesheet(
        engagement=engagement, content=content, yen_an_hour=Decimal(6000), by=by
    )


def test_a_time_sheet_is_taken_in_once(engagement, manager, engineer):
    first = taken(engagement, manager)
    again = taken(engagement, manager)

    assert (first.added, first.known, first.hours) == (2, 0, Decimal("9.75"))
    assert (again.added, again.known) == (0, 2)
    assert spent(engagement) == 45_000 + 18_000
    told = Event.objects.get(verb="work.imported").sentence("en")
    assert told == "manager took in a time sheet: 2 lines, 9.75 hours"


def test_a_time_sheet_with_a_fault_leaves_nothing(engagement, manager, engineer):
    with pytest.raises(TableRefused):
        taken(engagement, manager, SHEET + b"2026-10-03,nobody,1,1,\n")
    with pytest.raises(ValidationError, match="would have 25"):
        taken(engagement, manager, SHEET + b"2026-10-02,manager,22.75,1,\n")
    with pytest.raises(PermissionDenied):
        taken(engagement, engineer)
    assert not WorkLog.objects.exists()


def test_a_name_that_two_have_is_nobody_s(engagement, manager, engineer):
    twin = person("twin", engagement.provider, "engineer")
    User.objects.filter(pk=twin.pk).update(name="manager")
    with pytest.raises(TableRefused, match="not of"):
        taken(engagement, manager)


# Pages -----------------------------------------------------------------------------


def address(engagement, name, *on):
    return reverse(f"costs:{name}", args=[engagement.pk, *on])


def typed(who, **said):
    usual = {
        "worked_by": who.pk,
        "day": "2026-10-01",
        "hours": "7.5",
        "yen_an_hour": "6000",
        "note": "調整",
    }
    return usual | said


def test_hours_are_written_corrected_and_removed_in_the_browser(
    client, engagement, manager
):
    client.force_login(manager)
    assert "No hours are recorded" in client.get(address(engagement, "hours")).text
    assert "Write hours" in client.get(address(engagement, "hours_new")).text
    kept = client.post(address(engagement, "hours_new"), typed(manager), follow=True)
    assert "7.5 hours of work have cost ¥45,000." in kept.text
    log = WorkLog.objects.get()
    edit = address(engagement, "hours_edit", log.pk)
    assert 'value="7.5"' in client.get(edit).text
    client.post(edit, typed(manager, hours="8"))
    assert WorkLog.objects.get().hours == 8
    too_many = client.post(edit, typed(manager, day="2999-01-01"))
    assert "Hours are written for days that have been." in too_many.text
    remove = address(engagement, "hours_remove", log.pk)
    assert "Remove these hours?" in client.get(remove).text
    gone = client.post(remove, follow=True)
    assert "The line was removed and the spend lowered." in gone.text
    assert client.post(remove).status_code == 404


def test_refusals_of_the_service_are_told_in_the_form(
    client, engagement, manager, engineer
):
    client.force_login(manager)
    people.record(engagement=engagement, work=work(engineer), by=manager)
    full = client.post(address(engagement, "hours_new"), typed(engineer, hours="20"))
    assert "would have 27.5 hours" in full.text
    log = people.record(
        engagement=engagement, work=work(engineer, hours=Decimal(1)), by=manager
    )
    grown = client.post(
        address(engagement, "hours_edit", log.pk), typed(engineer, hours="20")
    )
    assert "would have 27.5 hours" in grown.text


def test_an_engineer_reads_all_and_writes_their_own(
    client, engagement, manager, engineer
):
    theirs = people.record(engagement=engagement, work=work(engineer), by=engineer)
    other = people.record(engagement=engagement, work=work(manager), by=manager)
    client.force_login(engineer)

    page = client.get(address(engagement, "hours")).text
    assert address(engagement, "hours_edit", theirs.pk) in page
    assert address(engagement, "hours_edit", other.pk) not in page
    for name in ("hours_edit", "hours_remove"):
        refused = client.get(address(engagement, name, other.pk))
        assert refused.status_code == 403


def test_a_manager_corrects_the_line_of_who_has_left(
    client, engagement, manager, engineer
):
    log = people.record(engagement=engagement, work=work(engineer), by=engineer)
    engineer.memberships.all().delete()
    client.force_login(manager)
    client.post(address(engagement, "hours_edit", log.pk), typed(engineer, hours="3"))
    assert WorkLog.objects.get().hours == 3


def test_the_customer_reads_months_and_no_names(client, engagement, manager, executive):
    people.record(engagement=engagement, work=work(manager, note="秘密"), by=manager)
    client.force_login(executive)
    page = client.get(address(engagement, "hours")).text
    assert "7.5 hours of work have cost ¥45,000." in page
    assert "秘密" not in page
    assert "6,000" not in page
    for name in ("hours_csv", "hours_xlsx"):
        assert client.get(address(engagement, name)).status_code == 403


def test_hours_are_taken_away_as_files(client, engagement, manager):
    people.record(engagement=engagement, work=work(manager, note="=1+1"), by=manager)
    client.force_login(manager)
    content = client.get(address(engagement, "hours_csv")).getvalue().decode()
    assert "2026-10-01,manager,7.50,6000.00,45000.0000,'=1+1" in content
    assert client.get(address(engagement, "hours_xlsx")).content.startswith(b"PK")


def test_a_time_sheet_is_taken_in_in_the_browser(client, engagement, manager, engineer):
    client.force_login(manager)
    page = address(engagement, "hours_timesheet")
    assert "Take in a time sheet" in client.get(page).text

    def sent(content=SHEET, rate="6000"):
        file = SimpleUploadedFile("sheet.csv", content)
        return client.post(page, {"file": file, "yen_an_hour": rate}, follow=True).text

    assert "Row 2, column yen_an_hour: There is no rate" in sent(rate="")
    assert "would have 26.25 hours" in sent(SHEET + b"2026-10-02,manager,24,1,\n")
    assert "2 lines were taken in." in sent()
    again = sent(SHEET + b"2026-10-03,manager,1,1,\n")
    assert "1 line was taken in. 2 lines were there already" in again


def test_a_press_that_comes_late_is_answered_in_words(
    client, engagement, manager, monkeypatch
):
    log = people.record(engagement=engagement, work=work(manager), by=manager)
    client.force_login(manager)
    remove = people.remove

    def somebody_was_faster(*, log, by):
        remove(log=WorkLog.objects.get(pk=log.pk), by=by)
        remove(log=log, by=by)

    monkeypatch.setattr(people, "remove", somebody_was_faster)
    late = client.post(address(engagement, "hours_remove", log.pk), follow=True)
    assert "This line has been removed already." in late.text


def test_hours_of_today_can_be_written(engagement, manager):
    today = timezone.localdate()
    people.record(engagement=engagement, work=work(manager, day=today), by=manager)
    assert WorkLog.objects.get().day == today
