"""The parts every page is built from: badges, bars, steps, fields and lists."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.charts import packed as pack
from projects.drawing import span_geometry
from projects.templatetags import pictures
from projects.templatetags.figures import plain

if TYPE_CHECKING:
    from django.forms import BaseForm, BoundField

    from projects.catalogue import Text
    from projects.models import Agreement

register = template.Library()

# Kana with their marks, and kanji.
JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
# What a day or a figure of a table has at most, in letters.
FIGURE = 24

# A template variable may be anything; each tag says in words what it takes.
Context = dict[str, Any]

# Drawn without a template of their own: a list shows hundreds of them.
for draw in (
    pictures.budget_bar,
    pictures.icon,
    pictures.interval_bar,
    pictures.mini_steps,
    pictures.trend,
    pictures.verdict,
):
    register.simple_tag(draw)


@register.simple_tag(takes_context=True)
def current(context: Context, *names: str) -> SafeString:
    """``aria-current`` when the page shown has one of these URL names."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is not None and match.view_name in names:
        return SafeString('aria-current="page"')
    return SafeString("")


@register.simple_tag
def version() -> str:
    """The version in the foot; empty where the settings name none."""
    return str(getattr(settings, "KENSHU_VERSION", ""))


@register.filter
def packed(figure: dict[str, Any]) -> dict[str, Any]:
    """A chart's figure as it travels to charts.js."""
    return pack(figure)


@register.filter
def said(text: Text | None) -> str:
    """A catalogue ``Text`` in the active language."""
    return text.in_(get_language() or "ja") if text else ""


@register.filter
def said_other(text: Text | None) -> str:
    """A catalogue ``Text`` in the language that is not active."""
    english = not (get_language() or "ja").startswith("ja")
    return text.in_("ja" if english else "en") if text else ""


@register.filter
def written_in(text: str) -> str:
    """``ja`` or ``en``, for the ``lang`` of a sentence kept without its language.

    By how it ends, since a sentence in English may hold a Japanese name; without a full
    stop by whether there is a Japanese letter in it.
    """
    words = text.rstrip("」』”\"') \n")
    if words.endswith("."):
        return "en"
    return "ja" if words.endswith("。") or JAPANESE.search(words) else "en"


@register.filter
def named(thing: object) -> str:
    """A name in the active language: ``name_en`` in English where there is one."""
    english = not (get_language() or "ja").startswith("ja")
    name = getattr(thing, "name_en", "") if english else ""
    return str(name or getattr(thing, "name", "") or thing or "")


@register.filter
def foldable(cell: str) -> SafeString:
    """A figure that may break before its interval in brackets, and nowhere else."""
    figure, bracket, interval = cell.partition("(")
    if not (figure and bracket):
        # Longer than any day or figure: words, which read better in lines.
        words = '<span class="nowrap">{}</span>' if len(cell) <= FIGURE else "{}"
        return format_html(words, cell)
    words = '<span class="nowrap">{}</span><wbr><span class="nowrap">({}</span>'
    if figure.endswith(" "):
        words = '<span class="nowrap">{}</span> <span class="nowrap">({}</span>'
    return format_html(words, figure.rstrip(), interval)


@register.simple_tag
def gap() -> str:
    """What parts two sentences: a space, and nothing in Japanese."""
    return "" if get_language() == "ja" else " "


@register.filter
def initials(name: str) -> str:
    """MS for Megumi Sato, 佐 for 佐藤 恵."""
    words = name.split()
    if not words:
        return ""
    if not words[0].isascii():
        return words[0][0]
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


@register.inclusion_tag("_parts/note.html")
def note(text: str, tone: str = "", lead: str = "", *, spoken: bool = False) -> Context:
    """A sentence on tint; ``tone`` is info, open, fail, pass or empty for grey.

    ``spoken`` for a refusal: it is read aloud at once and takes the focus.
    """
    return {
        "text": text,
        "lead": lead,
        "tone": tone,
        "icon": tone or "info",
        "spoken": spoken,
    }


@register.inclusion_tag("_parts/field.html")
def field(bound: BoundField, hint: str = "") -> Context:
    """A form field: label, hint, error, input, tied together for reading by voice."""
    hint_text = hint or bound.help_text
    hint_id, error_id = f"{bound.auto_id}_hint", f"{bound.auto_id}_error"
    ids = [hint_id] if hint_text else []
    attrs: Context = {}
    if bound.errors:
        ids.append(error_id)
        attrs["aria-invalid"] = "true"
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if isinstance(bound.initial, Decimal):
        # As people type it: 0.5 and 6500, not 0.500 and 6500.00, let alone 0E-9.
        bound.initial = plain(bound.initial)
    kind = getattr(bound.field.widget, "input_type", "")
    choose = _("Choose")
    return {
        "field": bound,
        # Django's own dashes would say nothing, neither to the eye nor by voice.
        "widget": SafeString(
            bound.as_widget(attrs=attrs).replace(">---------<", f">{choose}<")
        ),
        "hint": hint_text,
        "hint_id": hint_id,
        "error_id": error_id,
        # A list of checkboxes is a group of its own, not one tick.
        "is_check": kind == "checkbox" and not bound.use_fieldset,
        "is_group": bound.use_fieldset,
        "optional": not bound.field.required,
    }


@register.inclusion_tag("_parts/form_errors.html")
def form_errors(form: BaseForm) -> Context:
    """The summary on top of a refused form; it takes the focus."""
    return {"form": form, "fields": [bound for bound in form if bound.errors]}


@register.inclusion_tag("_parts/span_bar.html")
def span_bar(
    value: float | None,
    low: float | None,
    high: float | None,
    scale: tuple[float, float],
) -> Context:
    """A value with its band on a scale that its rows share; the row says the words."""
    return {"at": None if value is None else span_geometry(value, low, high, scale)}


@register.inclusion_tag("_parts/run_steps.html")
def run_steps(status: str, detail: str = "") -> Context:
    """Received → Checked → Waiting → Measuring → Verdict, for a run's status."""
    names = [_("Received"), _("Checked"), _("Waiting"), _("Measuring"), _("Verdict")]
    reached = {"queued": 2, "running": 3, "measured": 5, "refused": 1, "failed": 3}
    at = reached.get(str(status), 2)
    stopped = str(status) in ("refused", "failed", "cancelled")
    steps = [
        {
            "name": name,
            "state": "done" if place < at else _state(stopped) if place == at else "",
            "detail": detail if place == min(at, len(names) - 1) else "",
        }
        for place, name in enumerate(names)
    ]
    return {"steps": steps}


def _state(stopped: bool) -> str:
    return "stop" if stopped else "now"


@register.inclusion_tag("_parts/sheet_end.html", takes_context=True)
def sheet_end(
    context: Context, agreement: Agreement | None = None, digest: str = ""
) -> Context:
    """The foot of a page as printed: who, when, which version of Kenshu.

    And on which agreement it rests; ``digest`` is that of the agreement unless given.
    """
    return {
        "who": context["request"].user,
        "at": timezone.now(),
        "agreement": agreement,
        "digest": digest or (agreement.digest if agreement else ""),
    }


@register.inclusion_tag("_parts/pager.html", takes_context=True)
def pager(context: Context, page: Any) -> Context:
    """Links to the page before and after; keeps the rest of the query string."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    rest = query.urlencode()
    return {"page": page, "rest": f"{rest}&" if rest else ""}
