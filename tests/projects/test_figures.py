"""Numbers, money, dates and times as interface rules write them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from projects.catalogue import Unit
from projects.templatetags import figures, times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JAPAN = ZoneInfo("Asia/Tokyo")
AT = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _japan_time() -> Iterator[None]:
    with timezone.override(JAPAN):
        yield


@pytest.mark.parametrize(
    ("write", "value", "ja", "en"),
    [
        pytest.param(*case, id=f"{case[0].__name__}-{case[1]}")
        for case in (
            (figures.number, 1638, "1,638", "1,638"),
            (figures.number, -12, "−12", "−12"),
            (figures.number, None, "–", "–"),
            (figures.yen, 3_100_000, "310万円", "¥3.1\u00a0M"),
            (figures.yen, 17_900_000, "1,790万円", "¥17.9\u00a0M"),
            (figures.yen, 8_400, "8,400円", "¥8,400"),
            (figures.yen, 0, "0円", "¥0"),
            (figures.yen, Decimal(810000), "81万円", "¥0.81\u00a0M"),
            (figures.yen, 52_000, "5.2万円", "¥0.052\u00a0M"),
            (figures.yen, 50_000, "5万円", "¥0.05\u00a0M"),
            (figures.yen, 999_999, "100万円", "¥1.0\u00a0M"),
            (figures.yen, 123_450_000, "1.23億円", "¥123.5\u00a0M"),
            (figures.yen, 99_995_000, "1億円", "¥100.0\u00a0M"),
            (figures.yen, 119_800_000, "1.2億円", "¥119.8\u00a0M"),
            (figures.yen, 12_345_600_000, "123.46億円", "¥12,345.6\u00a0M"),
            (figures.yen, 200_000_000, "2億円", "¥200.0\u00a0M"),
            (figures.yen, -3_100_000, "−310万円", "−¥3.1\u00a0M"),
            (figures.yen, None, "–", "–"),
            (figures.yen_full, 51_600, "51,600円", "¥51,600"),
            (figures.yen_full, -8_400, "−8,400円", "−¥8,400"),
            (figures.yen_full, Decimal("-0.2"), "0円", "¥0"),
            (figures.yen_full, None, "–", "–"),
            (figures.percent, 7.43, "7.4%", "7.4%"),
            (figures.percent, None, "–", "–"),
            (figures.share, 0.016, "1.6%", "1.6%"),
            (figures.share, None, "–", "–"),
            (figures.cases, 31, "31件", "31 cases"),
            (figures.cases, 1, "1件", "1 case"),
            (figures.cases, 0, "0件", "none"),
            (figures.cases, None, "–", "–"),
            (figures.rows, 1638, "1,638行", "1,638 rows"),
            (figures.people, 7, "7人", "7 people"),
            (figures.hours, 11, "11時間", "11 hours"),
            (figures.hours, 1, "1時間", "1 hour"),
            (figures.hours, None, "–", "–"),
            (times.duration, 41, "41秒", "41 s"),
            (times.duration, 0, "0秒", "0 s"),
            (times.duration, 312, "5分12秒", "5 min 12 s"),
            (times.duration, 7500, "2時間5分", "2 h 5 min"),
            (times.duration, None, "–", "–"),
            (times.about_minutes, 240, "約4分", "about 4 minutes"),
            (times.about_minutes, 12, "約1分", "about 1 minute"),
            (times.about_minutes, None, "–", "–"),
            (figures.size, 820, "820\u00a0B", "820\u00a0B"),
            (figures.size, 12_400, "12.4\u00a0kB", "12.4\u00a0kB"),
            (figures.size, 500_000_000, "500\u00a0MB", "500\u00a0MB"),
            (figures.size, 3_100_000_000, "3.1\u00a0GB", "3.1\u00a0GB"),
            (figures.size, None, "–", "–"),
            (times.day, AT, "2026年11月19日", "19 November 2026"),
            (times.day, None, "–", "–"),
            (times.day_short, FRIDAY, "11/27", "27 Nov"),
            (times.day_short, None, "–", "–"),
            (times.day_week, FRIDAY, "11月27日(金)", "Fri 27 Nov"),
            (times.day_week, None, "–", "–"),
            (times.clock, AT, "18:42", "18:42"),
            (times.clock, None, "–", "–"),
            (times.moment, AT, "2026年11月19日 18:42", "19 Nov 2026, 18:42"),
            (times.moment, None, "–", "–"),
        )
    ],
)
def test_a_figure_reads_as_the_table_of_wordings_says(
    write: Callable[[object], str], value: object, ja: str, en: str
) -> None:
    with translation.override("ja"):
        assert write(value) == ja
    with translation.override("en"):
        assert write(value) == en


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        (Unit.SHARE, 0.9194, "91.9%"),
        (Unit.PERCENT, 2.84, "2.8%"),
        (Unit.RATIO, 0.6598, "0.6598"),
        (Unit.COUNT, 1638, "1,638"),
        (Unit.SAME, 12.345, "12.35"),
    ],
)
def test_a_measured_value_reads_in_its_own_unit(
    unit: Unit, value: float, text: str
) -> None:
    assert figures.metric(value, unit) == text


def test_the_unit_of_y_stands_after_the_value() -> None:
    assert figures.metric_text(4.5, "same", 1, "kWh") == "4.5\u00a0kWh"


def test_a_value_not_measured_is_a_dash() -> None:
    assert figures.metric(None, "share") == "–"
    assert figures.measured(None, None, None, "share") == "–"


@pytest.mark.parametrize(
    ("language", "text"), [("ja", "1.6%(0.1–7.4%)"), ("en", "1.6% (0.1–7.4%)")]
)
def test_the_interval_stands_beside_the_value(language: str, text: str) -> None:
    with translation.override(language):
        assert figures.measured(0.016, 0.001, 0.074, "share") == text


def test_a_share_can_be_written_without_decimals() -> None:
    assert figures.share(0.71, 0) == "71%"


def test_rounding_goes_half_up_in_decimal() -> None:
    assert figures.number(2.675, 2) == "2.68"


def test_a_digest_is_read_in_groups_of_four() -> None:
    assert figures.hash_groups("9f2c41d7") == "9f2c 41d7"
    assert figures.hash_groups("") == "–"


def test_a_long_digest_is_shown_by_its_two_ends() -> None:
    digest = "9f2c41d7" + "0" * 48 + "e1c477a0"
    assert figures.hash_short(digest) == "9f2c 41d7 … e1c4 77a0"
    assert figures.hash_short("9f2c41d7") == "9f2c 41d7"


def test_a_date_without_time_has_no_clock() -> None:
    assert times.clock(FRIDAY) == "–"  # type: ignore[arg-type]  # a template may


def test_small_sums_keep_their_digits_in_english_and_are_short_in_japanese() -> None:
    with translation.override("en"):
        assert figures.metric_text(244_044, "money") == "¥244,044"
        assert figures.metric_text(2_440_440, "money") == "¥2.4\u00a0M"
        assert figures.interval(15.2, 16.2, "days") == "(15.2–16.2\u00a0days)"
    with translation.override("ja"):
        assert figures.metric_text(240_000, "money") == "24万円"
        assert figures.interval(15.2, 16.2, "seconds") == "(15.2–16.2秒)"
    assert figures.metric_text(1.5, "number") == "1.50"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0000412, Unit.RATIO, "0.000041"),
        (0.00314, Unit.NUMBER, "0.0031"),
        (-0.0031, Unit.SAME, "−0.0031"),
        (3e-9, Unit.RATIO, "<0.000001"),
        (-3e-9, Unit.NUMBER, "0.00"),
        (0, Unit.RATIO, "0.0000"),
        (0.25, Unit.NUMBER, "0.25"),
    ],
)
def test_a_small_number_does_not_read_as_nought(
    value: float, unit: Unit, text: str
) -> None:
    with translation.override("en"):
        assert figures.metric_text(value, unit) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("ja", "(−70.71〜−59.46)"), ("en", "(−70.71 to −59.46)")],
)
def test_a_band_below_zero_has_no_dash_beside_a_minus(language: str, text: str) -> None:
    with translation.override(language):
        assert figures.interval(-70.71, -59.46, "number") == text
        # Ends that are one number are no band.
        assert figures.interval(24, 24, "count") == ""
