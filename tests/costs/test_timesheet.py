"""Time sheets: read whole, or refused with each place. No database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from costs.tables import TableRefused
from costs.timesheet import Line, read_timesheet

PEOPLE = {"sho@example.test": 1, "田中 翔": 1, "yumi@example.test": 2}


def sheet(*lines: str, head: str = "day,who,hours,yen_an_hour,note") -> bytes:
    return "\n".join([head, *lines]).encode()


def told(content: bytes, **said) -> list[str]:
    with pytest.raises(TableRefused) as caught:
        read_timesheet(content, PEOPLE, **said)
    return caught.value.sentences("en")


def test_lines_are_read_by_mail_or_name_and_in_japanese():
    lines = read_timesheet(
        sheet("2026/10/1,田中 翔,7.5,調整", head="日付,氏名,時間,備考"),
        PEOPLE,
        Decimal(6000),
    )
    assert lines == [
        Line(2, 1, date(2026, 10, 1), Decimal("7.5"), Decimal(6000), "調整")
    ]
    (other,) = read_timesheet(sheet("2026-10-01,YUMI@example.test,8,5000,"), PEOPLE)
    assert (other.who, other.yen_an_hour) == (2, 5000)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1.10.2026,sho@example.test,8,1,", "Row 2, column day: Write the day"),
        ("2026-10,sho@example.test,8,1,", "Row 2, column day: Write the day"),
        ("2026-10-01,nobody,8,1,", "Row 2, column who: nobody is not of"),
        ("2026-10-01,,8,1,", "Row 2, column who: Nobody is not of"),
        ("2026-10-01,sho@example.test,25,1,", "Row 2, column hours: Write hours"),
        ("2026-10-01,sho@example.test,0,1,", "Row 2, column hours: Write hours"),
        ("2026-10-01,sho@example.test,1.005,1,", "Row 2, column hours: Write hours"),
        ("2026-10-01,sho@example.test,1,-1,", "Row 2, column yen_an_hour: Write a"),
        ("2026-10-01,sho@example.test,1,,", "Row 2, column yen_an_hour: There is no"),
        (f"2026-10-01,sho@example.test,1,1,{'x' * 201}", "Row 2, column note: Keep"),
    ],
)
def test_a_wrong_line_is_named(line, said):
    assert told(sheet(line))[0].startswith(said)


def test_all_faults_are_told_at_once():
    content = sheet(
        "x,sho@example.test,8,1,", "2026-10-01,sho@example.test,8,1,", "y,z,0,,"
    )
    assert len(told(content)) == 5


def test_a_column_that_lacks_is_named_with_its_other_names():
    assert told(b"day,hours\n2026-10-01,8\n") == [
        "Row 1: A column is missing. Name it one of: who, person, email, name, 氏名, "
        "担当者, メール"
    ]
