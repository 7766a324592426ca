"""What is found of one figure, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboards.accuracy.finding import Move, change
from projects.catalogue import Unit
from projects.templatetags.figures import measured, metric_text, promise
from projects.templatetags.times import japanese, joined

if TYPE_CHECKING:
    from dashboards.accuracy.drawing import Point
    from dashboards.accuracy.lines import Line
    from evaluation.figures import Figure


@dataclass(frozen=True, slots=True)
class Finding:
    """What is found of one figure; ``outcome`` is of its limit, if it has one."""

    key: str
    said: str
    moved: str
    outcome: str


def finding(line: Line) -> Finding:
    """The newest figure against its limit, and where it came from."""
    last, unit = line.points[-1], line.metric.unit
    name = line.metric.name.in_(language())
    said = {
        "metric": name,
        "value": metric_text(last.value, unit, digits(unit)),
        "band": measured(last.value, last.low, last.high, unit, digits(unit)),
    }
    if line.limit is None or not last.outcome:
        text = _("%(metric)s: %(band)s") % said
        return Finding(line.metric.key, text, _moved(line), "")
    limit = line.limit
    said["promise"] = promise(limit.bound, limit.limit, unit, digits(unit) or 2)
    words = {
        "pass": _("%(metric)s: %(value)s, inside what was agreed (%(promise)s)"),
        "fail": _("%(metric)s: %(value)s, outside what was agreed (%(promise)s)"),
    }
    open_words = _("%(metric)s: %(value)s, not decided against %(promise)s")
    text = words.get(last.outcome, open_words) % said
    return Finding(line.metric.key, text, _moved(line), last.outcome)


def _moved(line: Line) -> str:
    """Where it came from, from the first run that is looked at."""
    first, last = line.points[0], line.points[-1]
    if first is last:
        return _("Only run %(n)s has measured it.") % {"n": first.number}
    unit = line.metric.unit
    said = {
        "n": first.number,
        "value": metric_text(first.value, unit, digits(unit)),
    }
    moved = change(_figure(first), _figure(last))
    words = {
        (Move.FELL, True): _("It fell from %(value)s in run %(n)s, more than chance."),
        (Move.ROSE, True): _("It rose from %(value)s in run %(n)s, more than chance."),
        (Move.FELL, False): _(
            "It fell from %(value)s in run %(n)s, which chance may explain."
        ),
        (Move.ROSE, False): _(
            "It rose from %(value)s in run %(n)s, which chance may explain."
        ),
        (Move.FELL, None): _("It fell from %(value)s in run %(n)s."),
        (Move.ROSE, None): _("It rose from %(value)s in run %(n)s."),
        (Move.STAYED, None): _("As in run %(n)s."),
    }
    return words[moved.move, moved.beyond_chance] % said


def _figure(point: Point) -> Figure:
    return point.value, point.low, point.high


def digits(unit: Unit) -> int | None:
    """Two decimals of percent, as limits are agreed; else as the unit has them."""
    return 2 if unit in (Unit.SHARE, Unit.PERCENT) else None


def spoken(line: Line, found: Finding) -> str:
    """The chart for those who cannot see it."""
    first, last = line.points[0].number, line.points[-1].number
    said = _("Chart over runs %(first)s to %(last)s.") % {"first": first, "last": last}
    return joined([said, sentence(found)])


def sentence(found: Finding) -> str:
    """What is found, in whole sentences."""
    return joined([f"{found.said}{_stop()}", found.moved])


def how(line: Line) -> str:
    """How the picture is read, by what is in it."""
    told = [line.metric.meaning.in_(language())]
    if any(point.low is not None for point in line.points):
        told.append(_("Grey band: its 95% interval."))
    if any(point.limit is not None for point in line.points):
        told.append(_("Solid line: what was agreed; blue: what is accepted."))
    if any(point.beside is not None for point in line.points):
        told.append(_("Dashes: %(what)s.") % {"what": beside(line.metric.key)})
    return joined(told)


def beside(key: str) -> str:
    if key == "coverage":
        return _("what the interval promised to hold")
    if key == "mean_after":
        return _("the same trials before the change")
    return _("the naive forecast on the same rows")


def outcome_word(outcome: str) -> str:
    """A verdict as a word in a cell."""
    words = {"pass": _("pass"), "fail": _("fail"), "undecided": _("undecided")}
    return words.get(outcome, "–")


def _stop() -> str:
    return "。" if japanese() else "."


def language() -> str:
    return get_language() or "ja"
