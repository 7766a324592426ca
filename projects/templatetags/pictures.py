"""Badges and small pictures, put together without a template: lists draw hundreds.

``parts.py`` makes tags of them; pages that build their rows in Python call them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from lucide.templatetags.lucide import lucide

from projects.drawing import (
    SPARK_HEIGHT,
    SPARK_WIDTH,
    BarGeometry,
    IntervalGeometry,
    bar_geometry,
    interval_geometry,
    mini_geometry,
    spark_geometry,
)
from projects.glancing import Trend, trend_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

ICONS: Final = {
    "pass": "circle-check",
    "go": "circle-check",
    "fail": "octagon-x",
    "no_go": "octagon-x",
    "undecided": "circle-dashed",
    "open": "triangle-alert",
    "conditional": "triangle-alert",
    "not_yet": "clock",
    "none": "clock",
    "info": "info",
    "loosened": "flag",
    "print": "printer",
    "tick": "check",
    "close": "x",
    "next": "arrow-right",
    "file": "file-text",
    "add": "plus",
    "again": "refresh-cw",
    "copy": "copy",
    "bell": "bell",
    "ask": "message-circle-question-mark",
}
CLASSES: Final = {
    "pass": "v-pass",
    "go": "v-pass",
    "fail": "v-fail",
    "no_go": "v-fail",
    "undecided": "v-open",
    "conditional": "v-warn",
    "loosened": "v-warn",
}
FILLS: Final = {"within": "accent", "near": "open", "over": "fail"}


def icon(name: str, css: str = "i") -> SafeString:
    """A line icon by our word (``pass``, ``print``) or by its lucide name."""
    return _drawn(name, css)


# A page of ninety questions draws hundreds, of a handful of kinds.
@cache
def _drawn(name: str, css: str) -> SafeString:
    drawn = lucide(ICONS.get(name, name), size=18, **{"class": css})
    # The word beside an icon says it; a reader by voice must not hear both.
    return SafeString(drawn.replace("<svg ", '<svg aria-hidden="true" ', 1))


def verdict(outcome: str | None, size: str = "") -> SafeString:
    """A badge for pass, fail, undecided, go, conditional, no_go, not_yet or none.

    ``size`` is ``large`` beside an h1 and empty elsewhere; none is "not measured".
    """
    key = str(outcome or "none")
    return format_html(
        '<span class="v {}{}">{}{}</span>',
        CLASSES.get(key, "v-none"),
        " v-l" if size == "large" else "",
        icon(key if key in CLASSES else "none"),
        verdict_word(key),
    )


def verdict_word(outcome: str) -> str:
    """An outcome in the word of its badge."""
    match outcome:
        case "pass":
            return pgettext("verdict", "PASS")
        case "fail":
            return pgettext("verdict", "FAIL")
        case "undecided":
            return pgettext("verdict", "UNDECIDED")
        case "go":
            return pgettext("verdict", "GO")
        case "conditional":
            return pgettext("verdict", "CONDITIONAL")
        case "no_go":
            return pgettext("verdict", "NO-GO")
        case "not_yet":
            return pgettext("verdict", "NOT YET")
        case "loosened":
            return _("loosened after results")
        case _:
            return pgettext("verdict", "NOT MEASURED")


def _voice(spoken: str) -> SafeString:
    """How a picture is read aloud; silent where words beside it say the same."""
    if spoken:
        return format_html('role="img" aria-label="{}"', spoken)
    return SafeString('aria-hidden="true"')


def interval_bar(
    value: float | None,
    low: float | None,
    high: float | None,
    limit: float | Decimal,
    bound: str,
    outcome: str,
    *,
    name: str,
    spoken: str = "",
    label: str = "",
    mini: bool = False,
) -> SafeString:
    """An interval against its limit.

    ``name`` is unique on the page (it names the hatching), ``label`` stands over the
    limit, ``spoken`` is read aloud; without it the bar is silent, beside words that
    say the same. ``mini`` is the form for table cells.
    """
    if value is None:
        return interval_at(None, name=name)
    ends = (value if low is None else low, value if high is None else high)
    place = mini_geometry if mini else interval_geometry
    at = place(value, *ends, float(limit), str(bound), str(outcome))
    return interval_at(at, name=str(name), spoken=spoken, label=label, mini=mini)


HATCHING: Final = (
    '<defs><pattern id="hatch-{}" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="f-surface" width="7" height="7"/>'
    '<line class="ib-hatch" x1="1.5" y1="0" x2="1.5" y2="7"/></pattern></defs>'
)


def interval_at(
    at: IntervalGeometry | None,
    *,
    name: str,
    spoken: str = "",
    label: str = "",
    mini: bool = False,
) -> SafeString:
    """The same, of an interval whose place is known already."""
    if at is None:
        return SafeString('<span class="quiet">–</span>')
    is_open = at.outcome == "undecided"
    # Upper edge, height and rounding of track and region, the limit's ends, the dot.
    track, area, limit, dot = (
        ((6, 6, 3), (2, 14, 2), (0, 18), (9, 4.5))
        if mini
        else ((25, 10, 5), (21, 18, 3), (15, 41), (30, 6))
    )
    y, height, radius = track
    band = (
        format_html('class="ib-open" fill="url(#hatch-{})"', name)
        if is_open
        else format_html('class="f-{}" opacity="0.55"', at.outcome)
    )
    return format_html(
        '<svg class="{}" {}>{}'
        '<rect class="f-track" x="0" y="{}" width="100%" height="{}" rx="{}"/>'
        '<rect class="f-area" x="{}%" y="{}" width="{}%" height="{}" rx="{}"/>'
        '<rect {} x="{}%" y="{}" width="{}%" height="{}" rx="{}"/>'
        '<line class="ib-limit" x1="{}%" x2="{}%" y1="{}" y2="{}"/>'
        '<circle class="ib-dot f-{}" cx="{}%" cy="{}" r="{}"/>{}</svg>',
        "ib-s" if mini else "ib",
        _voice(spoken),
        format_html(HATCHING, name) if is_open else "",
        *track,
        *(at.area, area[0], at.area_width, *area[1:]),
        *(band, at.band, y, at.band_width, height, radius),
        *(at.limit, at.limit, *limit),
        *("open" if is_open else at.outcome, at.dot, *dot),
        ""
        if mini
        else format_html(
            '<text x="{}%" y="10" text-anchor="middle">{}</text>', at.limit, label
        ),
    )


def budget_bar(
    spent: float, total: float, stop: float | None = None, *, spoken: str, css: str = ""
) -> SafeString:
    """Spend against a budget, with an ink tick at the stop line."""
    line = None if stop is None else float(stop)
    at = bar_geometry(float(spent), float(total), line)
    return budget_at(at, spoken=spoken, css=css)


def budget_at(at: BarGeometry, *, spoken: str = "", css: str = "") -> SafeString:
    """The same, of a bar whose length is known already."""
    tick = (
        ""
        if at.stop is None
        else format_html(
            '<line class="ib-limit" x1="{0}%" x2="{0}%" y1="0" y2="14"/>', at.stop
        )
    )
    return format_html(
        '<svg class="{}" {}><rect class="f-track" x="0" y="3" width="100%" height="8" '
        'rx="4"/><rect class="f-{}" x="0" y="3" width="{}%" height="8" rx="4"/>'
        "{}</svg>",
        css or "bar",
        _voice(spoken),
        FILLS[at.state],
        at.fill,
        tick,
    )


def mini_steps(stage: int, name: str, total: int = 6, extra: str = "") -> SafeString:
    """Six bars and the stage's name; ``stage`` counts from 1."""
    spoken = _("stage %(stage)s of %(total)s") % {"stage": stage, "total": total}
    return format_html(
        '<span class="mini">{}<span>{}{}</span></span>',
        _steps(stage, total, spoken),
        name,
        format_html(" <small>{}</small>", extra) if extra else "",
    )


# There are six stages and two languages.
@cache
def _steps(stage: int, total: int, spoken: str) -> SafeString:
    bars = "".join(
        f'<rect class="{_step_fill(place + 1, stage)}" x="{place * 16.6:.1f}" '
        'width="13" height="6" rx="2"/>'
        for place in range(total)
    )
    return format_html(
        '<svg role="img" aria-label="{}" viewBox="0 0 96 6">{}</svg>',
        spoken,
        SafeString(bars),
    )


def _step_fill(step: int, stage: int) -> str:
    if step == stage:
        return "f-accent"
    return "f-pass" if step < stage else "f-soft"


def trend(errors: Sequence[float]) -> SafeString:
    """The errors of the last runs as a little curve, with the agreed line."""
    at = spark_geometry(errors)
    if at is None:
        return SafeString("")
    words = trend_words(errors)
    return format_html(
        '<svg class="spark" role="img" aria-label="{}" viewBox="0 0 {} {}">'
        "<title>{}</title>"
        '<line class="spark-limit" x1="0" x2="{}" y1="{}" y2="{}"/>'
        '<polyline class="spark-line" points="{}"/>'
        '<circle class="f-accent" cx="{}" cy="{}" r="2.5"/></svg>',
        words,
        SPARK_WIDTH,
        SPARK_HEIGHT,
        words,
        SPARK_WIDTH,
        at.line,
        at.line,
        at.points,
        at.x,
        at.y,
    )


def trend_words(errors: Sequence[float]) -> str:
    """Which way the error went of late; empty of fewer than two runs."""
    found = trend_of(errors)
    if found is None:
        return ""
    which, runs = found
    words = {
        Trend.BETTER: ngettext(
            "better than the run before", "better %(n)s runs in a row", runs
        ),
        Trend.WORSE: ngettext(
            "worse than the run before", "worse %(n)s runs in a row", runs
        ),
        Trend.SAME: ngettext(
            "unchanged since the run before", "unchanged for %(n)s runs", runs
        ),
    }
    return words[which] % {"n": runs}
