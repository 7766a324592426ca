"""Addresses of labels, people's hours and what answers in production."""

from __future__ import annotations

from typing import Final

from django.urls import path

from costs.views import deployments, hours, labels, work_files

urlpatterns: Final = [
    path("engagements/<uuid:pk>/costs/labels/", labels.batches, name="labels"),
    path(
        "engagements/<uuid:pk>/costs/labels/new/", labels.batch_new, name="labels_new"
    ),
    path("engagements/<uuid:pk>/costs/labels/plan/", labels.plan, name="labels_plan"),
    path(
        "engagements/<uuid:pk>/costs/labels/<uuid:batch>/",
        labels.batch,
        name="label_batch",
    ),
    path(
        "engagements/<uuid:pk>/costs/labels/<uuid:batch>/answer/",
        labels.batch_answer,
        name="label_batch_answer",
    ),
    path(
        "engagements/<uuid:pk>/costs/labels/<uuid:batch>/remove/",
        labels.batch_remove,
        name="label_batch_remove",
    ),
    path("engagements/<uuid:pk>/costs/hours/", hours.hours, name="hours"),
    path("engagements/<uuid:pk>/costs/hours/new/", hours.hours_new, name="hours_new"),
    path(
        "engagements/<uuid:pk>/costs/hours/timesheet/",
        hours.timesheet,
        name="hours_timesheet",
    ),
    path(
        "engagements/<uuid:pk>/costs/hours/<int:line>/",
        hours.hours_edit,
        name="hours_edit",
    ),
    path(
        "engagements/<uuid:pk>/costs/hours/<int:line>/remove/",
        hours.hours_remove,
        name="hours_remove",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/",
        deployments.deployments,
        name="deployments",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/volumes.csv",
        deployments.volumes_csv,
        name="volumes_csv",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/new/",
        deployments.deployment_new,
        name="deployment_new",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/<int:number>/",
        deployments.deployment,
        name="deployment",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/<int:number>/edit/",
        deployments.deployment_edit,
        name="deployment_edit",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/<int:number>/end/",
        deployments.deployment_end,
        name="deployment_end",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/<int:number>/months/",
        deployments.month_book,
        name="month_book",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/<int:number>/months/<int:month>/",
        deployments.month_take_back,
        name="month_take_back",
    ),
    path(
        "engagements/<uuid:pk>/costs/labels/<uuid:batch>/<slug:key>.csv",
        work_files.batch_csv,
        name="label_batch_csv",
    ),
    path(
        "engagements/<uuid:pk>/costs/labels/<uuid:batch>/labels.xlsx",
        work_files.batch_xlsx,
        name="label_batch_xlsx",
    ),
    path(
        "engagements/<uuid:pk>/costs/hours/hours.csv",
        work_files.hours_csv,
        name="hours_csv",
    ),
    path(
        "engagements/<uuid:pk>/costs/hours/hours.xlsx",
        work_files.hours_xlsx,
        name="hours_xlsx",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/deployments.csv",
        work_files.deployments_csv,
        name="deployments_csv",
    ),
    path(
        "engagements/<uuid:pk>/costs/deployments/deployments.xlsx",
        work_files.deployments_xlsx,
        name="deployments_xlsx",
    ),
]
