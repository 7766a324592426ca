"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from projects.views import (
    agreement,
    engagement,
    feasibility,
    intake,
    items,
    notices,
    organisation,
    papers,
    reading,
    rounds,
    sampling,
    sheets,
    skills,
    team,
    visit,
    waivers,
)

app_name = "projects"
ONE = "engagements/<uuid:pk>/"
ITEM = f"{ONE}feasibility/items/<str:item>/"
ROUND = f"{ONE}feasibility/rounds/<int:number>/"
PROVIDER = "organisations/<int:pk>/"
urlpatterns = [
    path("engagements/", engagement.engagements, name="engagements"),
    path("engagements/new/", engagement.engagement_new, name="engagement_new"),
    path(f"{ONE}edit/", engagement.engagement_edit, name="engagement_edit"),
    path(f"{ONE}decline/", papers.decline, name="engagement_decline"),
    path(f"{ONE}feasibility/", feasibility.assess, name="feasibility"),
    path(f"{ONE}answers/<str:item>/", feasibility.answer, name="answer"),
    path(f"{ONE}feasibility/issue/", feasibility.issue, name="issue"),
    path(f"{ONE}feasibility/round/", rounds.round_new, name="round_new"),
    path(
        f"{ONE}feasibility/rounds/<int:number>/", rounds.round_past, name="round_past"
    ),
    path(f"{ROUND}paper/", papers.round_paper_page, name="round_paper"),
    path(f"{ROUND}paper.pdf", papers.round_pdf, name="round_pdf"),
    path(f"{ROUND}assessment.xlsx", sheets.round_xlsx, name="round_xlsx"),
    path(f"{ONE}feasibility/open.xlsx", sheets.open_xlsx, name="open_xlsx"),
    path(f"{ONE}feasibility/fill/", sheets.fill_in, name="fill_in"),
    path(f"{ONE}feasibility/fill/take/", sheets.fill_take, name="fill_take"),
    path(f"{ONE}letter/", papers.letter, name="letter"),
    path(f"{ONE}letter.pdf", papers.letter_pdf, name="letter_pdf"),
    path(f"{ONE}feasibility/compare/", rounds.rounds_compare, name="rounds_compare"),
    path(f"{ONE}feasibility/upgrade/", rounds.upgrade, name="upgrade"),
    path(f"{ITEM}", items.item, name="item"),
    path(f"{ITEM}evidence/", items.evidence_add, name="evidence_add"),
    path(f"{ITEM}assign/", items.assign, name="assign"),
    path(f"{ITEM}task/", items.task_plan, name="task_plan"),
    path("tasks/<int:pk>/done/", items.task_done, name="task_done"),
    path("tasks/<int:pk>/drop/", items.task_drop, name="task_drop"),
    path("evidence/<uuid:pk>/", items.evidence_file, name="evidence_file"),
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
    path(f"{ONE}team/<int:person>/skills/", skills.skills, name="skills"),
    path(f"{ONE}hints/<str:item>/", sampling.hint, name="hint"),
    path(f"{ONE}hints/<str:item>/take/", sampling.hint_take, name="hint_take"),
    path("sampling/", sampling.sampling, name="sampling"),
    path("intakes/", intake.intakes, name="intakes"),
    path("intakes/new/", intake.intake_new, name="intake_new"),
    path("intakes/<uuid:pk>/", intake.intake, name="intake"),
    path("intakes/<uuid:pk>/accept/", intake.intake_accept, name="intake_accept"),
    path("intakes/<uuid:pk>/ask/", intake.intake_ask, name="intake_ask"),
    path("intakes/<uuid:pk>/answer/", intake.intake_answer, name="intake_answer"),
    path("intakes/<uuid:pk>/decline/", intake.intake_decline, name="intake_decline"),
    path("visit/<str:token>/", visit.visit, name="visit"),
    path("visit/intakes/<str:token>/", visit.visit_intake, name="visit_intake"),
    path("visit/intakes/<str:token>/answer/", visit.visit_answer, name="visit_answer"),
    path(PROVIDER, organisation.organisation, name="organisation"),
    path(f"{PROVIDER}visitors/", organisation.visitors, name="visitors"),
    path(
        f"{PROVIDER}invitations/new/",
        organisation.invitation_new,
        name="invitation_new",
    ),
    path(
        f"{PROVIDER}invitations/<int:invitation>/withdraw/",
        organisation.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(f"{PROVIDER}items/new/", organisation.own_item_new, name="own_item_new"),
    path(
        f"{PROVIDER}items/<int:item>/",
        organisation.own_item_edit,
        name="own_item_edit",
    ),
    path(
        f"{PROVIDER}items/<int:item>/retire/",
        organisation.own_item_retire,
        name="own_item_retire",
    ),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("audit/", reading.audit, name="audit"),
    path("glossary/", reading.glossary, name="glossary"),
    path("language/", reading.language, name="language"),
    path("theme/", reading.theme, name="theme"),
]
