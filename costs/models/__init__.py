"""What was spent, at which price, and what may be spent."""

from costs.models.budgets import Breach, BreachChoice, Budget, Threshold
from costs.models.charges import (
    AssignedBy,
    Category,
    Charge,
    ChargeRevision,
    Outcome,
    Purpose,
    Source,
)
from costs.models.imports import CostImport, ImportStatus, TagField, TagMatch, TagRule
from costs.models.pools import Pool, PoolKind, Reservation
from costs.models.prices import (
    ExchangeRate,
    GpuType,
    Price,
    PurchaseOption,
    Service,
)
from costs.models.spend import CostKind, Spend, SpendDay
from costs.models.use import Utilisation
from costs.models.work import (
    Deployment,
    DeploymentMonth,
    LabelBatch,
    Target,
    WorkLog,
)

__all__ = [
    "AssignedBy",
    "Breach",
    "BreachChoice",
    "Budget",
    "Category",
    "Charge",
    "ChargeRevision",
    "CostImport",
    "CostKind",
    "Deployment",
    "DeploymentMonth",
    "ExchangeRate",
    "GpuType",
    "ImportStatus",
    "LabelBatch",
    "Outcome",
    "Pool",
    "PoolKind",
    "Price",
    "PurchaseOption",
    "Purpose",
    "Reservation",
    "Service",
    "Source",
    "Spend",
    "SpendDay",
    "TagField",
    "TagMatch",
    "TagRule",
    "Target",
    "Threshold",
    "Utilisation",
    "WorkLog",
]
