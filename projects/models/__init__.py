"""What was asked and promised."""

from projects.models.agreement import (
    Agreement,
    AgreementSignature,
    AgreementStatus,
    Criterion,
    Side,
)
from projects.models.audit import Event
from projects.models.chain import Link
from projects.models.conditions import Assignment, Task, Waiver
from projects.models.engagement import Engagement, Placement, Stage
from projects.models.evidence import Evidence, EvidenceForm
from projects.models.feasibility import Answer, Assessment
from projects.models.glance import Glance
from projects.models.intake import (
    Intake,
    IntakeRemark,
    IntakeStatus,
    Invitation,
    PlaceKind,
)
from projects.models.notices import Notice, NoticeWish, Reminder
from projects.models.own_items import OwnItem
from projects.models.people import Membership, Organisation, OrganisationKind, User
from projects.models.promise import ErrorBudget, Period, StopLine
from projects.models.pulses import Part, Pulse
from projects.models.report_links import ReportLetter, ReportLink
from projects.models.saved_views import SavedView
from projects.models.skills import SkillCover
from projects.models.tokens import ApiToken
from projects.models.truth import TruthSet

__all__ = [
    "Agreement",
    "AgreementSignature",
    "AgreementStatus",
    "Answer",
    "ApiToken",
    "Assessment",
    "Assignment",
    "Criterion",
    "Engagement",
    "ErrorBudget",
    "Event",
    "Evidence",
    "EvidenceForm",
    "Glance",
    "Intake",
    "IntakeRemark",
    "IntakeStatus",
    "Invitation",
    "Link",
    "Membership",
    "Notice",
    "NoticeWish",
    "Organisation",
    "OrganisationKind",
    "OwnItem",
    "Part",
    "Period",
    "PlaceKind",
    "Placement",
    "Pulse",
    "Reminder",
    "ReportLetter",
    "ReportLink",
    "SavedView",
    "Side",
    "SkillCover",
    "Stage",
    "StopLine",
    "Task",
    "TruthSet",
    "User",
    "Waiver",
]
