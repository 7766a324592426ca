"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from projects.views import (
    agreement,
    engagement,
    feasibility,
    reading,
    team,
    waivers,
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
    path(f"{ONE}waive/<str:item>/", waivers.waive, name="waive"),
    path("waivers/<int:pk>/withdraw/", waivers.waiver_withdraw, name="waiver_withdraw"),
    path(f"{ONE}agreements/", agreement.agreements, name="agreements"),
    path(f"{ONE}agreements/new/", agreement.agreement_new, name="agreement_new"),
    path("agreements/<int:pk>/", agreement.agreement, name="agreement"),
    path("agreements/<int:pk>/sign/", agreement.agreement_sign, name="agreement_sign"),
    path("agreements/<int:pk>/edit/", agreement.agreement_edit, name="agreement_edit"),
    path(
        "agreements/<int:pk>/refuse/",
        agreement.agreement_refuse,
        name="agreement_refuse",
    ),
    path(f"{ONE}team/", team.team, name="team"),
    path(f"{ONE}team/<int:member>/remove/", team.team_remove, name="team_remove"),
    path("audit/", reading.audit, name="audit"),
    path("glossary/", reading.glossary, name="glossary"),
    path("language/", reading.language, name="language"),
    path("theme/", reading.theme, name="theme"),
]
