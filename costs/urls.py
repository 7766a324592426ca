"""Addresses of costs."""

app_name = "costs"
urlpatterns = []
