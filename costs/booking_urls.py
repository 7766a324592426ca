"""Addresses of GPU bookings and of the pools that are booked."""

from __future__ import annotations

from django.urls import path

from costs.views import bookings, pools

urlpatterns = [
    path("gpus/", bookings.gpus, name="gpus"),
    path("gpus/all.csv", bookings.gpus_csv, name="gpus_csv"),
    path("gpus/book/", bookings.booking_new, name="booking_new"),
    path("gpus/bookings/<int:booking>/", bookings.booking_edit, name="booking_edit"),
    path(
        "gpus/bookings/<int:booking>/cancel/",
        bookings.booking_cancel,
        name="booking_cancel",
    ),
    path("organisations/<int:pk>/gpus/new/", pools.pool_new, name="pool_new"),
    path("organisations/<int:pk>/gpus/<int:pool>/", pools.pool_edit, name="pool_edit"),
    path(
        "organisations/<int:pk>/gpus/<int:pool>/retire/",
        pools.pool_retire,
        name="pool_retire",
    ),
]
