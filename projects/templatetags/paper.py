"""Texts in both languages, or in the one that was asked for, on sheets for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from projects.templatetags.pictures import CLASSES

if TYPE_CHECKING:
    from projects.paper.words import Pair

register = template.Library()


@register.simple_tag(takes_context=True)
def both(context: dict[str, Any], pair: Pair) -> SafeString:
    """The chosen languages in one line; what is the same in both only once."""
    return format_html_join(
        SafeString(' <span class="apart" aria-hidden="true">·</span> '),
        '<span lang="{}">{}</span>',
        ((language, pair[language]) for language in _chosen(context, pair)),
    )


@register.simple_tag(takes_context=True)
def beside(context: dict[str, Any], pair: Pair, css: str = "") -> SafeString:
    """The chosen languages beside each other; under each other where it is narrow."""
    chosen = _chosen(context, pair)
    columns = format_html_join(
        "", '<p lang="{}">{}</p>', ((language, pair[language]) for language in chosen)
    )
    return format_html(
        '<div class="in-both in-both-{} {}">{}</div>', len(chosen), css, columns
    )


@register.inclusion_tag("projects/_paper_badge.html", takes_context=True)
def paper_badge(context: dict[str, Any], word: Pair, tone: str) -> dict[str, Any]:
    """A verdict on a sheet, in the languages of the sheet."""
    css = CLASSES.get(tone, "v-none")
    return {"word": word, "tone": tone, "css": css, "words": context["words"]}


def _chosen(context: dict[str, Any], pair: Pair) -> list[str]:
    languages: list[str] = context["words"]["languages"]
    return languages[:1] if pair["ja"] == pair["en"] else languages
