"""What was measured and what it means."""

from evaluation.models.acceptance import (
    ErrorAcceptance,
    Repair,
    Review,
    ReviewSignature,
    ReviewStatus,
)
from evaluation.models.operation import Drill, OperationDay, OperationPlan
from evaluation.models.pairs import OPEN_PAIRS, PairStatus, RunPair
from evaluation.models.runs import (
    LEASE,
    MAX_ATTEMPTS,
    REPEATABLE,
    UNFINISHED,
    CriterionVerdict,
    LatestVerdict,
    Result,
    Run,
    RunStatus,
    Upload,
    next_bell,
)
from evaluation.models.values import ValueMonth

__all__ = [
    "LEASE",
    "MAX_ATTEMPTS",
    "OPEN_PAIRS",
    "REPEATABLE",
    "UNFINISHED",
    "CriterionVerdict",
    "Drill",
    "ErrorAcceptance",
    "LatestVerdict",
    "OperationDay",
    "OperationPlan",
    "PairStatus",
    "Repair",
    "Result",
    "Review",
    "ReviewSignature",
    "ReviewStatus",
    "Run",
    "RunPair",
    "RunStatus",
    "Upload",
    "ValueMonth",
    "next_bell",
]
