"""Addresses of evaluation."""

app_name = "evaluation"
urlpatterns = []
