"""Booking GPUs: who may, what it does to others, and what each reader sees of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from costs import board, waiting_words
from costs.contention import Share
from costs.instead import Instead, Offered, best_instead, expected_interruptions
from costs.models import ExchangeRate, GpuType, Pool, Price, Reservation
from costs.services import bookings, pools, use
from costs.services.asked import Asked
from projects.models import Engagement, Event, Membership, Notice, Organisation
from projects.services import engagement as engagements
from tests.conftest import person

HOUR = timedelta(hours=1)


@pytest.fixture
def pool(manager):
    provider = manager.memberships.get().organisation
    of = GpuType.objects.create(
        organisation=provider, name="HGX", model="H100", gpus=Decimal(8)
    )
    return pools.add_pool(
        organisation=provider,
        name="gpu-01",
        kind="cards",
        gpu_type=of,
        gpus=8,
        by=manager,
    )


@pytest.fixture
def other(engagement, manager):
    """A second engagement of the provider, for another customer, accepted later."""
    return engagements.create_engagement(
        by=manager,
        provider=engagement.provider,
        customer=Organisation.objects.create(name="瀬戸内", kind="customer"),
        name="太陽光の予測",
        name_en="Solar forecast",
        problem="発電量を知りたい",
        kind="demand_forecast",
        place="発電所",
        placement="cloud",
        owner=person("owner", engagement.provider, "project_manager"),
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
    )


def asked(pool, engagement, **more):
    given = {
        "title": "再学習",
        "gpus": 8,
        "wanted_from": timezone.now() + HOUR,
        "hours": Decimal(11),
    }
    return Asked(pool=pool, engagement=engagement, **given | more)


def booked(pool, engagement, by, at=None, **more):
    return bookings.book(asked=asked(pool, engagement, **more), by=by, at=at)


def priced(pool, by, yen, option="spot", of=None, **more):
    return Price.objects.create(
        organisation=pool.organisation,
        gpu_type=of or pool.gpu_type,
        service="compute",
        option=option,
        per_hour=Decimal(yen),
        valid_from=date(2026, 1, 1),
        source="list",
        recorded_by=by,
        **more,
    )


# Booking ---------------------------------------------------------------------------


def test_a_booking_is_kept_and_stands_in_the_audit_log(pool, engagement, manager):
    row = booked(pool, engagement, manager, hours=Decimal("11.50"))

    told = Event.objects.get(verb="gpus.booked")
    assert told.engagement == engagement
    assert (told.params["hours"], told.params["gpus"]) == ("11.5", 8)
    assert [turn.wish.key for turn in pool.turns(timezone.now())] == [row.pk]


def test_whom_a_booking_makes_begin_later_hears_of_it(pool, engagement, other, manager):
    late = booked(pool, other, manager, title="太陽光")
    boss = person("boss", engagement.provider, "project_manager")
    engineer = person("engineer", engagement.provider, "engineer")
    wanted = asked(pool, engagement, wanted_from=late.wanted_from)

    effect = bookings.preview(asked=wanted, by=manager)
    bookings.book(asked=wanted, by=manager, seen=effect.digest)

    (hit,) = effect.later
    assert (hit.turn.wish.key, hit.by) == (late.pk, 11 * HOUR)
    told = Notice.objects.filter(verb="gpus.delayed")
    assert {one.reader for one in told} == {boss, other.owner}
    assert engineer not in {one.reader for one in told}
    assert told[0].engagement == other
    assert told[0].path == f"/gpus/#pool-{pool.pk}"
    assert "11 hours later" in told[0].sentence("en")


def test_a_booking_that_delays_nobody_tells_nobody(pool, engagement, other, manager):
    booked(pool, engagement, manager)
    booked(pool, other, manager)

    assert not Notice.objects.filter(verb="gpus.delayed").exists()


def test_what_changed_since_it_was_shown_is_shown_again(
    pool, engagement, other, manager
):
    wanted = asked(pool, other)
    seen = bookings.preview(asked=wanted, by=manager).digest
    booked(pool, engagement, manager)

    with pytest.raises(ValidationError) as refused:
        bookings.book(asked=wanted, by=manager, seen=seen)

    assert refused.value.code == bookings.CHANGED
    assert Reservation.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"gpus": 9}, "between 1 and 8"),
        ({"gpus": 0}, "between 1 and 8"),
        ({"hours": Decimal(0)}, "at most 744 hours"),
        ({"hours": Decimal(745)}, "at most 744 hours"),
        ({"wanted_from": timezone.now() - 2 * HOUR}, "This time is over"),
        ({"wanted_from": timezone.now() + timedelta(days=400)}, "a year ahead"),
        ({"wanted_from": timezone.now().replace(tzinfo=None)}, "time zone"),
        ({"priority": 4}, "1, 2 or 3"),
        ({"priority": 1}, "Say why"),
        ({"priority": 1, "reason": " "}, "Say why"),
    ],
)
def test_what_cannot_be_booked_is_refused_in_a_sentence(
    wrong, told, pool, engagement, manager
):
    with translation.override("en"), pytest.raises(ValidationError, match=told):
        booked(pool, engagement, manager, **wrong)

    assert not Reservation.objects.exists()
    assert not Event.objects.filter(verb__startswith="gpus.").exists()


def test_the_first_says_why_and_a_reason_of_others_is_dropped(
    pool, engagement, manager
):
    first = booked(pool, engagement, manager, priority=1, reason="検収の前日")
    usual = booked(pool, engagement, manager, title="別", reason="なんとなく")

    assert (first.reason, usual.reason) == ("検収の前日", "")
    told = Event.objects.get(verb="gpus.booked_first")
    assert told.params["reason"] == "検収の前日"


def test_the_same_twice_is_refused(pool, engagement, manager):
    row = booked(pool, engagement, manager)

    with pytest.raises(ValidationError):
        booked(pool, engagement, manager, wanted_from=row.wanted_from)


def test_who_may_not_record_cost_books_nothing(pool, engagement, executive):
    viewer = person("viewer", engagement.provider, "viewer")
    for reader in (viewer, executive):
        with pytest.raises(PermissionDenied):
            booked(pool, engagement, reader)


def test_no_gpus_of_others_of_a_retired_pool_or_for_what_has_ended(
    pool, engagement, manager
):
    strange = Organisation.objects.create(name="他社", kind="provider")
    Engagement.objects.filter(pk=engagement.pk).update(stage="closed")
    engagement.refresh_from_db()
    with pytest.raises(ValidationError):
        booked(pool, engagement, manager)
    pools.retire_pool(pool=pool, by=manager)
    with pytest.raises(ValidationError):
        booked(pool, engagement, manager)
    Pool.objects.update(organisation=strange)
    pool.refresh_from_db()
    with pytest.raises(PermissionDenied):
        booked(pool, engagement, manager)


def test_a_change_takes_its_place_anew(pool, engagement, other, manager):
    first = booked(pool, engagement, manager)
    wanted = asked(pool, engagement, wanted_from=first.wanted_from, hours=Decimal(5))

    second = bookings.change(reservation=first, asked=wanted, by=manager)

    first.refresh_from_db()
    assert first.cancelled_at == second.booked_at
    assert [turn.wish.key for turn in pool.turns(timezone.now())] == [second.pk]
    assert Event.objects.filter(verb="gpus.changed").count() == 1
    with pytest.raises(ValidationError):
        bookings.change(reservation=first, asked=wanted, by=manager)
    more = asked(pool, engagement, priority=1, reason="急ぎ")
    bookings.change(reservation=second, asked=more, by=manager)
    assert Event.objects.filter(verb="gpus.changed_first").count() == 1


def test_what_has_begun_is_not_changed_but_given_back(pool, engagement, manager):
    yesterday = timezone.now() - timedelta(days=1)
    begun = booked(
        pool, engagement, manager, yesterday, wanted_from=yesterday, hours=Decimal(30)
    )

    with pytest.raises(ValidationError):
        bookings.change(reservation=begun, asked=asked(pool, engagement), by=manager)
    bookings.cancel(reservation=begun, by=manager)

    (turn,) = pool.turns(timezone.now())
    assert turn.end == begun.cancelled_at
    assert Event.objects.filter(verb="gpus.given_back").count() == 1
    with pytest.raises(ValidationError):
        bookings.cancel(reservation=begun, by=manager)


def test_what_is_over_is_not_cancelled(pool, engagement, manager):
    ago = timezone.now() - timedelta(days=3)
    over = booked(pool, engagement, manager, ago, wanted_from=ago)

    with pytest.raises(ValidationError):
        bookings.cancel(reservation=over, by=manager)


def test_its_booker_and_the_manager_may_take_it_back_and_nobody_else(
    pool, engagement, manager
):
    engineer = person("engineer", engagement.provider, "engineer")
    colleague = person("colleague", engagement.provider, "engineer")
    own = booked(pool, engagement, engineer)
    managed = booked(pool, engagement, engineer, title="もう一つ")

    with pytest.raises(PermissionDenied):
        bookings.cancel(reservation=own, by=colleague)
    bookings.cancel(reservation=own, by=engineer)
    bookings.cancel(reservation=managed, by=manager)
    assert not Reservation.objects.standing().exists()
    assert Event.objects.filter(verb="gpus.cancelled").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="it has one writer anyway")
def test_two_who_book_at_once_are_both_kept_and_one_is_asked_again(
    pool, engagement, other, manager
):
    start = timezone.now() + HOUR
    wants = [asked(pool, one, wanted_from=start) for one in (engagement, other)]
    seen = [bookings.preview(asked=want, by=manager).digest for want in wants]
    gate, outcomes = Barrier(2), []

    def go(want, digest):
        gate.wait(timeout=20)
        try:
            bookings.book(asked=want, by=manager, seen=digest)
            outcomes.append("booked")
        except ValidationError as late:
            outcomes.append(late.code)
        finally:
            connection.close()

    threads = [Thread(target=go, args=pair) for pair in zip(wants, seen, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(outcomes) == ["booked", "changed"]
    assert Reservation.objects.count() == 1


# Pools -----------------------------------------------------------------------------


def test_a_pool_is_added_edited_and_retired_by_its_managers(pool, engagement, manager):
    pools.edit_pool(
        pool=pool,
        name="gpu-02",
        kind="quota",
        gpu_type=pool.gpu_type,
        gpus=4,
        by=manager,
    )
    pool.refresh_from_db()
    assert (pool.name, pool.kind, pool.gpus) == ("gpu-02", "quota", 4)
    row = booked(pool, engagement, manager, gpus=3)
    said = {"name": "g", "kind": "quota", "gpu_type": pool.gpu_type, "by": manager}
    with pytest.raises(ValidationError):
        pools.edit_pool(pool=pool, gpus=2, **said)
    with pytest.raises(ValidationError):
        pools.retire_pool(pool=pool, by=manager)

    bookings.cancel(reservation=row, by=manager)
    pools.retire_pool(pool=pool, by=manager)
    pools.retire_pool(pool=pool, by=manager)

    told = Event.objects.filter(verb__startswith="pool.").order_by("pk")
    assert [one.verb for one in told] == ["pool.added", "pool.edited", "pool.retired"]


def test_a_pool_that_is_none_is_refused(pool, manager):
    strange = Organisation.objects.create(name="他社", kind="provider")
    theirs = GpuType.objects.create(
        organisation=strange, name="X", model="X", gpus=Decimal(1)
    )
    good = {
        "organisation": pool.organisation,
        "name": "gpu-09",
        "kind": "cards",
        "gpu_type": pool.gpu_type,
        "gpus": 1,
        "by": manager,
    }
    for wrong in ({"gpus": 0}, {"name": "gpu-01"}, {"gpu_type": theirs}):
        with pytest.raises(ValidationError):
            pools.add_pool(**good | wrong)
    with pytest.raises(PermissionDenied):
        pools.add_pool(**good | {"by": person("eng", pool.organisation, "engineer")})

    assert Pool.objects.count() == 1


def test_a_pool_that_became_smaller_still_knows_what_it_had(pool, engagement, manager):
    ago = timezone.now() - timedelta(days=3)
    booked(pool, engagement, manager, ago, wanted_from=ago)
    pools.edit_pool(
        pool=pool, name="g", kind="cards", gpu_type=pool.gpu_type, gpus=2, by=manager
    )
    pool.refresh_from_db()

    assert [turn.wish.gpus for turn in pool.turns(timezone.now())] == [2]


# Words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "said", "slip"),
    [
        (0.34, "20 minutes", "a few hours"),
        (0.01, "1 minute", "a few hours"),
        (1, "1 hour", "a few hours"),
        (11, "11 hours", "about half a day"),
        (5.5, "5.5 hours", "a few hours"),
        (24, "24 hours", "about a day"),
        (36, "36 hours", "about a day and a half"),
        (48, "48 hours", "about 2 days"),
        (110, "110 hours", "about 5 days"),
    ],
)
def test_a_wait_and_its_slip_in_words(hours, said, slip):
    with translation.override("en"):
        assert waiting_words.span(hours * HOUR) == said
        assert waiting_words.slip(hours * HOUR) == slip


def test_the_sentence_of_waiting_in_both_languages():
    with translation.override("en"):
        assert (
            waiting_words.waits("A", ["B", "C"], 11 * HOUR)
            == "A waits 11 hours for B and C; acceptance slips by about half a day."
        )
        assert waiting_words.listed(["A", "B", "C", "D", "E"]) == "A, B, C and 2 others"
    with translation.override("ja"):
        assert (
            waiting_words.waits("A", ["B", "C"], 11 * HOUR)
            == "AはB、Cを11時間待ちます。検収は約半日遅れます。"
        )


@pytest.mark.parametrize(
    ("way", "en", "ja"),
    [
        (
            Instead("p5", "spot", Decimal(38), Decimal(100), Decimal("1.6")),
            "On spot (p5) it could start now: 62% cheaper at ¥38, two interruptions "
            "expected.",
            "スポット(p5)なら今すぐ始められます。費用は38円(62%安い)、中断は2回ほどの"
            "見込みです。",
        ),
        (
            Instead("p5", "spot", Decimal(150), Decimal(100), None),
            "On spot (p5) it could start now: 50% dearer at ¥150, how often it is "
            "interrupted nobody has seen yet.",
            None,
        ),
        (
            Instead("p5", "spot", Decimal(100), Decimal(100), Decimal("0.2")),
            "On spot (p5) it could start now: ¥100, as much as here, hardly an "
            "interruption expected.",
            None,
        ),
        (
            Instead("p5", "on_demand", Decimal(150)),
            "On demand (p5) it could start now: ¥150.",
            "オンデマンド(p5)なら今すぐ始められます。費用は150円です。",
        ),
        (
            Instead("p5", "spot", Decimal(38), None, Decimal(12)),
            "On spot (p5) it could start now: ¥38, 12 interruptions expected.",
            None,
        ),
    ],
)
def test_the_way_past_the_queue_in_words(way, en, ja):
    now = timezone.now()
    with translation.override("en"):
        assert waiting_words.instead(way, now, now) == en
        on_time = waiting_words.instead(way, now + HOUR, now)
        assert on_time == en.replace("start now", "start on time")
    if ja:
        with translation.override("ja"):
            assert waiting_words.instead(way, now, now) == ja


def test_a_wait_is_held_against_the_day_of_acceptance():
    accepted = date(2027, 3, 31)
    with translation.override("en"):
        kept = waiting_words.due(accepted, accepted)
        missed = waiting_words.due(accepted, date(2027, 4, 1))
    assert kept == "Acceptance is due on 31 March 2027."
    assert missed == "It ends after the day of acceptance, 31 March 2027."


def test_the_fair_share_in_one_sentence():
    def of(owner, part):
        return Share(owner, HOUR, Decimal(part))

    names = {"a": "Mikawa", "b": "Hokuetsu", "c": "Aoba"}
    last = [of("a", ".46"), of("b", ".30"), of("c", ".24")]
    with translation.override("en"):
        said = waiting_words.fair_share("gpu-01", last, [of("a", 1)], names)
        assert said == (
            "Mikawa had 46% of gpu-01’s hours in the last 28 days and has 100% in the "
            "next; an equal share of three would be 33%."
        )
        ahead = waiting_words.fair_share("gpu-01", [], last, names)
        assert ahead.startswith("Mikawa has 46% of the next 28 days’ hours")
        behind = waiting_words.fair_share("gpu-01", last, [], names)
        assert behind.startswith("Mikawa had 46% of the last 28 days’ hours")
        alone = waiting_words.fair_share("gpu-01", [of("a", 1)], [], names)
        assert alone == "Mikawa alone has booked gpu-01, 28 days back and ahead."
        assert waiting_words.fair_share("gpu-01", [], [], names) == ""


# The way past the queue ------------------------------------------------------------


def test_a_cloud_gives_whole_machines_and_spot_goes_before_on_demand():
    offers = [
        Offered("p5", Decimal(8), "spot", Decimal(800)),
        Offered("g6", Decimal(1), "spot", Decimal(150)),
        Offered("g6", Decimal(1), "on_demand", Decimal(10)),
    ]
    seen = {"g6": (3, Decimal(120))}

    four = best_instead(offers, seen, 4, Decimal(10), Decimal(12_000))
    eight = best_instead(offers, seen, 8, Decimal(10), None)

    assert (four.gpu_type, four.yen, four.cheaper) == ("g6", 6000, Decimal("0.5"))
    assert four.interruptions == 1
    assert (eight.gpu_type, eight.yen, eight.cheaper) == ("p5", 8000, None)
    assert eight.interruptions is None
    only = best_instead(offers[2:], {}, 4, Decimal(10), None)
    assert (only.option, only.yen, only.interruptions) == ("on_demand", 400, None)
    assert best_instead([], {}, 4, Decimal(10), None) is None


def test_of_less_than_an_hour_nothing_is_expected():
    assert expected_interruptions(8, Decimal(10), (1, Decimal("0.5"))) is None
    assert expected_interruptions(8, Decimal(10), (0, Decimal(100))) == 0


# Pages -----------------------------------------------------------------------------


@pytest.fixture
def waiting(pool, engagement, other, manager):
    """The second waits eleven hours for the first; spot has a price and a past."""
    start = timezone.now() + HOUR
    booked(pool, engagement, manager, wanted_from=start, title="先の学習")
    row = booked(pool, other, manager, wanted_from=start, title="後の学習")
    ExchangeRate.objects.create(
        organisation=pool.organisation,
        currency="USD",
        day=timezone.localdate(),
        yen=Decimal(150),
        source="bank",
        recorded_by=manager,
    )
    priced(pool, manager, 10_000, "on_prem")
    cloud = GpuType.objects.create(
        organisation=pool.organisation, name="p5", model="h100", gpus=Decimal(8)
    )
    priced(pool, manager, 20, of=cloud, currency="USD")
    priced(pool, manager, 1, of=cloud, currency="EUR")
    use.record_use(
        engagement=engagement,
        started_at=start - timedelta(days=2),
        ended_at=start - timedelta(days=2) + 10 * HOUR,
        gpu_type="p5",
        gpus_of_one=Decimal(8),
        price_per_hour=Decimal(3000),
        option="spot",
        interruptions=2,
        by=manager,
    )
    return row


def test_the_board_says_who_waits_for_whom_and_what_spot_would_cost(
    client, waiting, manager
):
    client.force_login(manager)

    page = client.get(reverse("costs:gpus"))

    assert (
        "後の学習 (Solar forecast) waits 11 hours for Early warning; acceptance slips "
        "by about half a day." in page.text
    )
    assert (
        "On spot (p5) it could start on time: 70% cheaper at ¥0.033\u00a0M, two "
        "interruptions expected." in page.text
    )
    assert "has 50% of the next 28 days" in page.text
    assert 'class="tl-wait"' in page.text


def test_a_customer_reads_no_name_of_others_and_no_price(client, waiting, executive):
    client.force_login(executive)

    page = client.get(reverse("costs:gpus"))

    assert "Another engagement waits 11 hours for Early warning" in page.text
    assert "先の学習" in page.text
    assert page.text.count('class="tl-mine" x=') == 1
    for hidden in ("後の学習", "Solar", "太陽光", "¥", "Book GPUs", "gpus/bookings"):
        assert hidden not in page.text


def test_who_waits_for_their_own_and_what_is_hidden_of_it(
    client, pool, other, manager, executive, engagement
):
    first = booked(pool, other, manager, title="先")
    booked(pool, other, manager, title="後", wanted_from=first.wanted_from)
    booked(pool, engagement, manager, wanted_from=timezone.now() + 90 * HOUR)

    client.force_login(manager)
    assert "for its own “先”" in client.get(reverse("costs:gpus")).text
    client.force_login(executive)
    assert "Another engagement waits 11 hours for itself" in (
        client.get(reverse("costs:gpus")).text
    )


def test_the_costs_of_an_engagement_tell_whom_it_waits_for(
    client, waiting, other, engagement, manager
):
    client.force_login(manager)

    page = client.get(reverse("costs:costs", args=[other.pk]))
    ahead = client.get(reverse("costs:costs", args=[engagement.pk]))

    assert "waits 11 hours for Early warning" in page.text
    assert "No booking of this engagement waits." in ahead.text


def test_the_board_without_a_pool_and_on_other_days(client, manager, engagement, pool):
    client.force_login(manager)
    assert "Nobody waits" in client.get(reverse("costs:gpus")).text
    for said in ("2026-12-01", "nonsense", "1999-01-01"):
        page = client.get(reverse("costs:gpus"), {"from": said})
        assert "all GPUs are free" in page.text
    client.force_login(
        person("lonely", Organisation.objects.create(name="L"), "viewer")
    )
    assert "No pool yet" in client.get(reverse("costs:gpus")).text


def typed(pool, engagement, **more):
    start = timezone.localtime() + HOUR
    return {
        "pool": pool.pk,
        "engagement": engagement.pk,
        "title": "再学習",
        "gpus": 8,
        "wanted_from": f"{start:%Y-%m-%dT%H:%M}",
        "hours": "6",
        "priority": 2,
    } | more


def test_one_sees_what_a_booking_does_and_then_books_it(
    client, pool, engagement, other, manager
):
    start = timezone.localtime() + HOUR
    late = booked(pool, other, manager, wanted_from=start.replace(second=0))
    client.force_login(manager)
    address = reverse("costs:booking_new")
    sent = typed(pool, engagement)

    shown = client.post(address, sent | {"act": "look"})
    assert (
        "Booking this makes 再学習 (Solar forecast) wait 6 hours longer." in shown.text
    )
    assert Reservation.objects.count() == 1
    seen = shown.context["effect"].digest
    stale = client.post(address, sent | {"act": "book", "seen": "older"})
    assert "Somebody booked meanwhile" in stale.text
    done = client.post(address, sent | {"act": "book", "seen": seen})

    assert done["Location"] == f"/gpus/#pool-{pool.pk}"
    assert Reservation.objects.exclude(pk=late.pk).get().title == "再学習"
    refused = client.post(address, sent | {"act": "look", "gpus": 99})
    assert "between 1 and 8" in refused.text
    own = client.post(address, typed(pool, other, title="x", act="look"))
    assert "This booking waits" in own.text
    assert client.post(address, {}).status_code == 200


def test_a_booking_is_changed_and_cancelled_in_the_browser(
    client, pool, engagement, manager
):
    row = booked(pool, engagement, manager)
    client.force_login(manager)
    address = reverse("costs:booking_edit", args=[row.pk])
    assert 'value="11"' in client.get(address).text

    sent = typed(pool, engagement)
    seen = client.post(address, sent | {"act": "look"}).context["effect"].digest
    client.post(address, sent | {"act": "book", "seen": seen})
    changed = Reservation.objects.standing().get()
    assert changed.hours == 6
    cancel = reverse("costs:booking_cancel", args=[changed.pk])
    assert "Cancel the booking" in client.get(cancel).text
    client.post(cancel)
    assert not Reservation.objects.standing().exists()
    late = client.post(cancel, follow=True)
    assert "taken back already" in late.text
    assert "over already" in client.get(cancel).text


def test_pools_are_added_edited_and_retired_in_the_browser(client, pool, manager):
    client.force_login(manager)
    on = pool.organisation_id
    sent = {"name": "gpu-02", "kind": "quota", "gpu_type": pool.gpu_type_id, "gpus": 4}

    client.post(reverse("costs:pool_new", args=[on]), sent)
    made = Pool.objects.get(name="gpu-02")
    twin = client.post(reverse("costs:pool_new", args=[on]), sent)
    assert "a pool of this name" in twin.text
    edit = reverse("costs:pool_edit", args=[on, made.pk])
    assert 'value="gpu-02"' in client.get(edit).text
    client.post(edit, sent | {"gpus": 6})
    made.refresh_from_db()
    assert made.gpus == 6
    retire = reverse("costs:pool_retire", args=[on, made.pk])
    client.post(retire)
    assert not Pool.objects.open().filter(pk=made.pk).exists()


def test_a_pool_with_bookings_is_not_retired_in_the_browser(
    client, pool, engagement, manager
):
    booked(pool, engagement, manager)
    client.force_login(manager)

    said = client.post(
        reverse("costs:pool_retire", args=[pool.organisation_id, pool.pk]), follow=True
    )

    assert "cancel it first" in said.text


def test_a_quota_without_a_price_of_its_own_has_only_the_cost_of_spot(
    pool, waiting, manager
):
    Pool.objects.update(kind="quota")
    (shown,) = board.boards(
        manager, board.midnight(timezone.localdate()), timezone.now()
    )

    with translation.override("en"):
        assert "cheaper" not in shown.waiting[0].instead
        assert shown.spoken == "gpu-01: bookings 2, of which waiting 1"


def test_a_member_of_one_engagement_alone_books_for_it(pool, engagement, other):
    guest = person("guest", Organisation.objects.create(name="派遣"), "viewer")
    Membership.objects.create(
        user=guest,
        organisation=engagement.provider,
        engagement=engagement,
        role="engineer",
    )

    assert booked(pool, engagement, guest).booked_by == guest
    with pytest.raises(PermissionDenied):
        booked(pool, other, guest)


def test_the_board_is_a_file_too(client, pool, engagement, other, manager):
    booked(pool, engagement, manager)
    client.force_login(manager)
    taken = client.get(reverse("costs:gpus_csv"))
    lines = taken.getvalue().decode("utf-8-sig").splitlines()
    board = client.get(reverse("costs:gpus")).context["boards"]

    assert lines[0].startswith("Pool,Booking,GPUs,Wanted from,Begins,Ends")
    assert len(lines) == 1 + sum(len(one.drawn) for one in board) > 1
    assert lines[1].startswith(f"{pool.name},")
    assert "+09:00" in lines[1]
