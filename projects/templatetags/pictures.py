"""Badges and small pictures, put together without a template: lists draw hundreds.

``parts.py`` makes tags of them; pages that build their rows in Python call them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from lucide.templatetags.lucide import lucide

from projects.drawing import (
    SPARK_HEIGHT,
    SPARK_WIDTH,
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
INKS: Final = {"pass": "pass", "fail": "fail", "undecided": "open"}
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
        return SafeString('<span class="quiet">–</span>')
    ends = (value if low is None else low, value if high is None else high)
    place = mini_geometry if mini else interval_geometry
    at = place(value, *ends, float(limit), str(bound), str(outcome))
    return _interval(at, name, spoken, label, mini=mini)


def _hatching(name: str) -> str:
    return (
        f'<defs><pattern id="hatch-{name}" width="7" height="7" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="f-surface" width="7" height="7"/>'
        '<line class="ib-hatch" x1="1.5" y1="0" x2="1.5" y2="7"/></pattern></defs>'
    )


# Text is escaped here by hand: to have every coordinate escaped costs half the time.
def _interval(
    at: IntervalGeometry, name: str, spoken: str, label: str, *, mini: bool
) -> SafeString:
    ink = INKS.get(at.outcome, "edge")
    name = conditional_escape(name)
    # Upper edge, height and rounding of track and region, the limit's ends, the dot.
    track, area, limit, dot = (
        ((6, 6, 3), (2, 14, 2), (0, 18), (9, 4.5))
        if mini
        else ((25, 10, 5), (21, 18, 3), (15, 41), (30, 6))
    )
    is_open = ink == "open"
    band = (
        f'class="ib-open" fill="url(#hatch-{name})"'
        if is_open
        else f'class="f-{ink}" opacity="0.55"'
    )
    return SafeString(
        f'<svg class="{"ib-s" if mini else "ib"}" {_voice(spoken)}>'
        f"{_hatching(name) if is_open else ''}"
        f'<rect class="f-track" x="0" y="{track[0]}" width="100%" '
        f'height="{track[1]}" rx="{track[2]}"/>'
        f'<rect class="f-area" x="{at.area}%" y="{area[0]}" width="{at.area_width}%" '
        f'height="{area[1]}" rx="{area[2]}"/>'
        f"<rect {band} "
        f'x="{at.band}%" y="{track[0]}" width="{at.band_width}%" '
        f'height="{track[1]}" rx="{track[2]}"/>'
        f'<line class="ib-limit" x1="{at.limit}%" x2="{at.limit}%" '
        f'y1="{limit[0]}" y2="{limit[1]}"/>'
        f'<circle class="ib-dot f-{ink}" cx="{at.dot}%" cy="{dot[0]}" r="{dot[1]}"/>'
        + (
            ""
            if mini
            else f'<text x="{at.limit}%" y="10" text-anchor="middle">'
            f"{conditional_escape(label)}</text>"
        )
        + "</svg>"
    )


def budget_bar(
    spent: float, total: float, stop: float | None = None, *, spoken: str, css: str = ""
) -> SafeString:
    """Spend against a budget, with an ink tick at the stop line."""
    line = None if stop is None else float(stop)
    at = bar_geometry(float(spent), float(total), line)
    tick = (
        ""
        if at.stop is None
        else f'<line class="ib-limit" x1="{at.stop}%" x2="{at.stop}%" y1="0" y2="14"/>'
    )
    return SafeString(
        f'<svg class="{conditional_escape(css or "bar")}" {_voice(spoken)}>'
        '<rect class="f-track" x="0" y="3" width="100%" height="8" rx="4"/>'
        f'<rect class="f-{FILLS[at.state]}" x="0" y="3" width="{at.fill}%" height="8" '
        f'rx="4"/>{tick}</svg>'
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
    words = conditional_escape(trend_words(errors))
    return SafeString(
        f'<svg class="spark" role="img" aria-label="{words}" '
        f'viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}"><title>{words}</title>'
        f'<line class="spark-limit" x1="0" x2="{SPARK_WIDTH}" '
        f'y1="{at.line}" y2="{at.line}"/>'
        f'<polyline class="spark-line" points="{at.points}"/>'
        f'<circle class="f-accent" cx="{at.x}" cy="{at.y}" r="2.5"/></svg>'
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
