"""The words of a promise: kinds of engagement, metrics, limits. No Django in here."""

from __future__ import annotations

from projects.catalogue.errors import ERRORS, Errors
from projects.catalogue.labels import TERMS_OF, WITHOUT_SCORE, Term
from projects.catalogue.limits import (
    METRICS,
    Limit,
    error_share,
    error_span,
    metrics_of,
)
from projects.catalogue.terms import ESTIMATED, TermError, Terms
from projects.catalogue.words import (
    BASELINES,
    CONFIDENCES,
    KIND_NAMES,
    SHAPE_OF,
    Bound,
    Kind,
    Metric,
    Scope,
    Shape,
    Text,
    Unit,
    day_in_words,
    period_in_words,
)

__all__ = [
    "BASELINES",
    "CONFIDENCES",
    "ERRORS",
    "ESTIMATED",
    "KIND_NAMES",
    "METRICS",
    "SHAPE_OF",
    "TERMS_OF",
    "WITHOUT_SCORE",
    "Bound",
    "Errors",
    "Kind",
    "Limit",
    "Metric",
    "Scope",
    "Shape",
    "Term",
    "TermError",
    "Terms",
    "Text",
    "Unit",
    "day_in_words",
    "error_share",
    "error_span",
    "metrics_of",
    "period_in_words",
]
