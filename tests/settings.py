"""The settings under test: fast passwords, no broker, files of their own."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("HTTPS", "0")

from config.settings import *  # noqa: F403  # the same settings, but for a few

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILES = tempfile.TemporaryDirectory(prefix="kenshu-tests-")  # gone when Python ends
MEDIA_ROOT = f"{FILES.name}/media"
SCRATCH_ROOT = f"{FILES.name}/scratch"
STATIC_ROOT = FILES.name
CELERY_BROKER_URL = "memory://"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
