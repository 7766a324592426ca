"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from projects import views

app_name = "projects"
ONE = "engagements/<uuid:pk>/"
urlpatterns = [
    path("engagements/", views.engagements, name="engagements"),
    path("engagements/new/", views.engagement_new, name="engagement_new"),
    path(f"{ONE}edit/", views.engagement_edit, name="engagement_edit"),
    path(f"{ONE}decline/", views.decline, name="engagement_decline"),
    path(f"{ONE}feasibility/", views.assess, name="feasibility"),
    path(f"{ONE}answers/<str:item>/", views.answer, name="answer"),
    path(f"{ONE}feasibility/round/", views.round_new, name="round_new"),
    path(f"{ONE}feasibility/issue/", views.issue, name="issue"),
    path(f"{ONE}agreements/", views.agreements, name="agreements"),
    path(f"{ONE}agreements/new/", views.agreement_new, name="agreement_new"),
    path("agreements/<int:pk>/", views.agreement, name="agreement"),
    path("agreements/<int:pk>/sign/", views.agreement_sign, name="agreement_sign"),
    path(
        "agreements/<int:pk>/refuse/", views.agreement_refuse, name="agreement_refuse"
    ),
    path("audit/", views.audit, name="audit"),
    path("glossary/", views.glossary, name="glossary"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
]
