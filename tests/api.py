"""The API for tests: its addresses with who may, and a program with a token."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from projects.services import tokens
from tests.costs.bills import bill, line

USE = {
    "started_at": "2026-10-01T10:00:00+09:00",
    "ended_at": "2026-10-01T12:30:00+09:00",
    "gpu_type": "p3.2xlarge",
    "option": "spot",
    "gpus_of_one": "1",
    "price_per_hour": "459.00",
    "price_reason": "invoice 2026-10",
}


def token_of(user, name="a program", days=30):
    """A token's secret."""
    day = timezone.localdate() + timedelta(days=days)
    return tokens.make_token(name=name, expires_on=day, by=user)[1]


def bill_file(*lines):
    return SimpleUploadedFile("bill.csv", bill(*(lines or [line()])))


def asked(client, verb, name, on, *, token=None, body=None, language="en", **headers):
    """What the API answers; a file goes as a form, all else as JSON."""
    address = (
        name if name.startswith(("/", "http")) else reverse(f"api:{name}", args=on)
    )
    sent = {"accept-language": language, **headers}
    if token:
        sent["authorization"] = f"Bearer {token}"
    if verb == "get":
        return client.get(address, body, headers=sent)
    if name == "cost_imports":
        return client.post(address, body, headers=sent)
    return getattr(client, verb)(
        address, body, content_type="application/json", headers=sent
    )
