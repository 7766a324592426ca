"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from projects.views import (
    agreement,
    drafting,
    engagement,
    feasibility,
    reading,
    sampling,
    skills,
    team,
)

app_name = "projects"
ONE = "engagements/<uuid:pk>/"
urlpatterns = [
    path("engagements/", engagement.engagements, name="engagements"),
    path("engagements/new/", engagement.engagement_new, name="engagement_new"),
    path(f"{ONE}edit/", engagement.engagement_edit, name="engagement_edit"),
    path(f"{ONE}decline/", engagement.decline, name="engagement_decline"),
    path(f"{ONE}feasibility/", feasibility.assess, name="feasibility"),
    path(f"{ONE}answers/<str:item>/", feasibility.answer, name="answer"),
    path(f"{ONE}feasibility/round/", feasibility.round_new, name="round_new"),
    path(f"{ONE}feasibility/issue/", feasibility.issue, name="issue"),
    path(f"{ONE}agreements/", agreement.agreements, name="agreements"),
    path(f"{ONE}agreements/new/", drafting.agreement_new, name="agreement_new"),
    path("agreements/<int:pk>/", agreement.agreement, name="agreement"),
    path("agreements/<int:pk>/sign/", agreement.agreement_sign, name="agreement_sign"),
    path("agreements/<int:pk>/edit/", drafting.agreement_edit, name="agreement_edit"),
    path(
        "agreements/<int:pk>/edit/<slug:part>/",
        drafting.agreement_part,
        name="agreement_part",
    ),
    path(
        "agreements/<int:pk>/criteria/new/",
        drafting.criterion_new,
        name="criterion_new",
    ),
    path(
        "agreements/<int:pk>/criteria/<int:line>/",
        drafting.criterion_edit,
        name="criterion_edit",
    ),
    path(
        "agreements/<int:pk>/criteria/<int:line>/remove/",
        drafting.criterion_remove,
        name="criterion_remove",
    ),
    path(
        "agreements/<int:pk>/changes/",
        agreement.agreement_changes,
        name="agreement_changes",
    ),
    path(
        "agreements/<int:pk>/refuse/",
        agreement.agreement_refuse,
        name="agreement_refuse",
    ),
    path(f"{ONE}team/", team.team, name="team"),
    path(f"{ONE}team/<int:member>/remove/", team.team_remove, name="team_remove"),
    path(f"{ONE}team/<int:person>/skills/", skills.skills, name="skills"),
    path(f"{ONE}hints/<str:item>/", sampling.hint, name="hint"),
    path(f"{ONE}hints/<str:item>/take/", sampling.hint_take, name="hint_take"),
    path("sampling/", sampling.sampling, name="sampling"),
    path("audit/", reading.audit, name="audit"),
    path("glossary/", reading.glossary, name="glossary"),
    path("language/", reading.language, name="language"),
    path("theme/", reading.theme, name="theme"),
]
