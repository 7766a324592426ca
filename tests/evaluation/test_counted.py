"""Alarms and what happened, told in a hundred, with nothing rounded away."""

from __future__ import annotations

import pytest
from django.utils import translation

from evaluation.templatetags.counted import counted


@pytest.mark.parametrize(
    ("caught", "false_alarms", "missed", "en"),
    [
        (
            440,
            560,
            33,
            "Of 100 alarms, 44 are real. Of 100 cases that happened, 93 were found.",
        ),
        (0, 0, 0, "There was no alarm. Nothing happened that could be found."),
        (1, 0, 0, "The only alarm is real. The only case that happened was found."),
        (0, 1, 1, "The only alarm is false. The only case that happened was missed."),
        (
            0,
            2_000,
            3,
            "Of 2,000 alarms none is real. Of 3 cases that happened none was found.",
        ),
        (7, 0, 0, "All 7 alarms are real. All 7 cases that happened were found."),
        (
            1,
            1,
            99,
            "Of 2 alarms, 1 is real. Of 100 cases that happened, 1 was found.",
        ),
        (
            4,
            9_996,
            1,
            "Of 100 alarms, fewer than 1 is real. "
            "Of 5 cases that happened, 4 were found.",
        ),
        (
            9_999,
            1,
            1,
            "Of 100 alarms, more than 99 are real. "
            "Of 100 cases that happened, more than 99 were found.",
        ),
    ],
)
def test_it_is_said_without_rounding_anything_away(caught, false_alarms, missed, en):
    with translation.override("en"):
        assert counted(caught, false_alarms, missed) == en


def test_it_is_said_in_japanese():
    with translation.override("ja"):
        assert counted(440, 560, 33) == (
            "警報100件のうち、本物は44件です。起きた100件のうち、見つけたのは93件です。"
        )
