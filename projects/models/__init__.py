"""What was asked and promised."""

from projects.models.agreement import (
    Agreement,
    AgreementSignature,
    AgreementStatus,
    Criterion,
    Side,
)
from projects.models.audit import Event
from projects.models.engagement import Engagement, Placement, Stage
from projects.models.feasibility import Answer, Assessment
from projects.models.people import Membership, Organisation, OrganisationKind, User

__all__ = [
    "Agreement",
    "AgreementSignature",
    "AgreementStatus",
    "Answer",
    "Assessment",
    "Criterion",
    "Engagement",
    "Event",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Placement",
    "Side",
    "Stage",
    "User",
]
