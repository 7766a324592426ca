"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from projects.views import agreements, engagements, feasibility, reading

app_name = "projects"
ONE = "engagements/<uuid:pk>/"
urlpatterns = [
    path("engagements/", engagements.engagements, name="engagements"),
    path("engagements/new/", engagements.engagement_new, name="engagement_new"),
    path(f"{ONE}edit/", engagements.engagement_edit, name="engagement_edit"),
    path(f"{ONE}team/", engagements.team, name="team"),
    path(f"{ONE}feasibility/", feasibility.feasibility, name="feasibility"),
    path(f"{ONE}feasibility/open/", feasibility.assessment_open, name="assessment_open"),
    path("assessments/<int:pk>/answer/<str:item>/", feasibility.answer, name="answer"),
    path(
        "assessments/<int:pk>/issue/",
        feasibility.assessment_issue,
        name="assessment_issue",
    ),
    path(f"{ONE}agreements/", agreements.agreements, name="agreements"),
    path(f"{ONE}agreements/new/", agreements.agreement_new, name="agreement_new"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/edit/", agreements.agreement_edit, name="agreement_edit"),
    path("agreements/<int:pk>/sign/", agreements.agreement_sign, name="agreement_sign"),
    path(
        "agreements/<int:pk>/refuse/",
        agreements.agreement_refuse,
        name="agreement_refuse",
    ),
    path("audit/", reading.audit, name="audit"),
    path("glossary/", reading.glossary, name="glossary"),
    path("language/", reading.language, name="language"),
    path("theme/", reading.theme, name="theme"),
]
