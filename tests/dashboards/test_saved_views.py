"""Saved views: one's own, named once, one of them opening by itself."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from projects.models import Event, SavedView
from projects.services import saved_views


@pytest.fixture
def view(manager):
    return saved_views.save_view(
        name="  私の  案件 ", query="owner=mine", is_default=False, by=manager
    )


def test_a_view_is_kept_and_nobody_is_told(view, manager):
    assert (view.name, view.query) == ("私の 案件", "owner=mine")
    assert list(SavedView.objects.visible_to(manager)) == [view]
    assert not Event.objects.exists()


def test_saving_under_a_name_that_exists_takes_its_place(view, manager):
    saved_views.change_view(view=view, name=view.name, is_default=True, by=manager)

    again = saved_views.save_view(
        name="私の 案件", query="kind=anomaly", is_default=False, by=manager
    )

    assert again.pk == view.pk
    # It opened by itself, and nobody said it should not any more.
    assert (again.query, again.is_default) == ("kind=anomaly", True)


def test_one_at_most_opens_by_itself(view, manager):
    saved_views.change_view(view=view, name="一", is_default=True, by=manager)
    other = saved_views.save_view(name="二", query="", is_default=True, by=manager)
    view.refresh_from_db()
    assert (view.is_default, other.is_default) == (False, True)

    saved_views.change_view(view=view, name="一", is_default=True, by=manager)
    other.refresh_from_db()
    assert not other.is_default


def test_a_name_is_needed_and_taken_once(view, manager):
    other = saved_views.save_view(name="二", query="", is_default=False, by=manager)
    with pytest.raises(ValidationError):
        saved_views.save_view(name="   ", query="", is_default=False, by=manager)
    with pytest.raises(ValidationError):
        saved_views.change_view(
            view=other, name="私の 案件", is_default=False, by=manager
        )


def test_there_are_only_so_many(view, manager):
    for number in range(saved_views.MOST - 1):
        saved_views.save_view(name=f"{number}", query="", is_default=False, by=manager)
    with pytest.raises(ValidationError):
        saved_views.save_view(name="more", query="", is_default=False, by=manager)
    saved_views.save_view(name="1", query="q=x", is_default=False, by=manager)


def test_nobody_changes_somebody_elses(view, executive):
    with pytest.raises(SavedView.DoesNotExist):
        saved_views.change_view(view=view, name="x", is_default=True, by=executive)
    saved_views.delete_view(view=view, by=executive)

    view.refresh_from_db()
    assert view.name == "私の 案件"
    assert not SavedView.objects.visible_to(executive)


def test_a_reader_saves_opens_renames_and_deletes(client, manager, engagement):
    client.force_login(manager)
    saved = client.post(
        reverse("dashboards:view_save"),
        {"name": "検知", "query": "kind=anomaly&evil=1", "is_default": "on"},
    )
    view = SavedView.objects.get()
    assert saved["Location"] == f"/?view={view.pk}"
    assert view.query == "kind=anomaly"

    # It opens by itself, and by its tab; everything is one press away.
    assert client.get("/").context["view"] == view
    assert client.get("/").context["chosen"].kind == "anomaly"
    assert client.get("/?view=all").context["chosen"].kind == ""
    assert client.get(f"/?view={view.pk}").context["view"] == view
    assert client.get("/?view=999999").context["view"] is None

    edit = reverse("dashboards:view_edit", args=[view.pk])
    assert client.post(edit, {"name": " "}).context["form"].errors
    assert client.post(edit, {"name": "異常"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("異常", False)
    saved_views.save_view(name="二", query="", is_default=False, by=manager)
    assert client.post(edit, {"name": "二"}).context["form"].errors

    page = client.get(reverse("dashboards:views"))
    assert "異常" in page.text
    client.post(reverse("dashboards:view_delete", args=[view.pk]))
    assert [one.name for one in SavedView.objects.all()] == ["二"]


def test_a_view_too_many_is_refused_on_its_page(client, manager):
    for number in range(saved_views.MOST):
        saved_views.save_view(name=f"{number}", query="", is_default=False, by=manager)
    client.force_login(manager)

    nameless = client.post(reverse("dashboards:view_save"), {"query": "q=a"})
    assert nameless.context["form"].errors

    page = client.post(reverse("dashboards:view_save"), {"name": "x", "query": "q=a"})

    assert page.status_code == 200
    assert 'value="q=a"' in page.text
    assert str(saved_views.MOST) in page.text


def test_somebody_elses_view_is_found_by_nobody(client, view, executive):
    client.force_login(executive)
    for name in ("view_edit", "view_delete"):
        address = reverse(f"dashboards:{name}", args=[view.pk])
        assert client.post(address, {"name": "x"}).status_code == 404
    assert client.get(f"/?view={view.pk}").context["chosen"].query == ""
    assert client.get(f"/wall/?view={view.pk}").status_code == 404
