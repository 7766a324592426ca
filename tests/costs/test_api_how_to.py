"""Each command of docs/how-to/record-gpu-use-by-api.md does what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from costs import importing
from costs.models import Charge, CostImport
from tests.api import bill_file, token_of
from tests.costs.bills import rate
from tests.costs.test_api import listed  # noqa: F401 - a fixture

PAGE = Path("docs/how-to/record-gpu-use-by-api.md")


def commands():
    """The page's curl commands, in their order."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    return [block for block in blocks if block.startswith("curl ")]


def run(client, command, **names):
    """Do with the test client what curl would do."""
    for name, value in names.items():
        command = command.replace(f"${name}", str(value))
    assert "$" not in command
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    verb, address, body, form, headers = None, "", None, {}, {}
    for word in words:
        if word == "-X":
            verb = next(words)
        elif word == "-H":
            name, _colon, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-F":
            name, _equals, value = next(words).partition("=")
            form[name] = bill_file() if value == "@bill.csv" else value
        else:
            address = word
    if form:
        return client.post(address, form, headers=headers)
    kind = headers.pop("Content-Type", "application/json")
    return client.generic(
        verb or "GET", address, body or "", content_type=kind, headers=headers
    )


def test_the_page_does_what_it_says(client, engagement, manager, listed):  # noqa: F811
    names = {
        "KENSHU": "http://testserver",
        "TOKEN": token_of(manager),
        "ENGAGEMENT": engagement.pk,
        "ORGANISATION": engagement.provider_id,
    }
    one, several, look, spend, back, deliver, follow, take = commands()

    assert [run(client, one, **names).status_code for _ in range(2)] == [201, 200]
    sent = run(client, several, **names)
    assert sent.status_code == 201
    assert [line["cost_yen"] for line in sent.json()["items"]] == ["250", "913.6693"]
    assert len(run(client, look, **names).json()["items"]) == 3
    assert run(client, spend, **names).json()["spent_yen"] == "1544.3649"
    line = Charge.objects.first().pk
    assert run(client, back, **names, LINE=line).status_code == 204

    rate(engagement.provider, manager)
    pk = run(client, deliver, **names).json()["id"]
    importing.work_on(pk)
    read = run(client, follow, **names, IMPORT=pk).json()
    assert (read["status"], read["obstacles"]) == ("checked", [])
    assert run(client, take, **names, IMPORT=pk).status_code == 202
    importing.work_on(pk)
    assert CostImport.objects.get().status == "taken"


@pytest.mark.parametrize("word", ["/api/v1/docs", "/api/v1/openapi.json"])
def test_what_the_page_names_is_there(word, client, manager):
    client.force_login(manager)

    assert word in PAGE.read_text(encoding="utf-8")
    assert client.get(word).status_code == 200
