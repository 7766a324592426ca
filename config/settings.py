"""All settings, in one file; what differs between places is in .env.example."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parent.parent

# FileAwareEnv reads SECRET_KEY_FILE=/run/secrets/secret_key before SECRET_KEY.
env = environ.FileAwareEnv()
env.read_env(BASE_DIR / ".env")

# Place
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # shows the demo sign-ins
SECRET_KEY = env("SECRET_KEY", default="development" if DEBUG else env.NOTSET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
HTTPS = env.bool("HTTPS", default=not DEBUG)
DATABASES = {
    "default": env.db(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/kenshu.sqlite3"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a lock upgrade inside a transaction fails at once, timeout or not.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        ),
    }
else:
    # A connection is kept by its thread: a fresh one knows none of the tables, and to
    # plan the queries of one page anew takes longer than to answer them.
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
# Sign-in limits are counted here, so every web process must see the same cache.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A cache that takes the line and never answers must not hold a sign-in.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}
KENSHU_VERSION = "0.1.0"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Apps: ours first, the lowest layer first
INSTALLED_APPS = [
    "projects",
    "evaluation",
    "costs",
    "dashboards",
    "django_htmx",
    "lucide",
    "allauth",
    "allauth.account",
    "csp",
    "ninja",  # the page of the API, so that it comes from here and not from a CDN
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "dashboards.counting.requests_by_view",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "projects.middleware.parts_of_a_page",
    "projects.sessions.session_in_use",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "projects.middleware.language_of_the_reader",
    "projects.middleware.UncountedSignIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# People
AUTH_USER_MODEL = "projects.User"
AUTHENTICATION_BACKENDS = ["projects.readers.ReaderBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "projects.accounts.InvitationOnly"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboards:portfolio"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Which action how often, beside those that allauth limits already.
ACCOUNT_RATE_LIMITS = {
    "visit": "20/h/ip,30/d/key",
    # A link to a report, opened as often as one may try to sign in.
    "report": "30/m/ip,60/5m/key",
}

# Mail
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Kenshu <kenshu@localhost>")
# Where links in mails lead: the address by which people reach this site.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000")

# Operation
# Whoever names it reads /metrics and /readyz; without it only this machine does.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where the web processes of one machine keep their counts of requests together.
METRICS_FOLDER = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
# `make run` sets it where it brings the broker along.
EMBEDDED_BROKER = env.bool("EMBEDDED_BROKER", default=False)

# Languages
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var/static"))
_plotly = find_spec("plotly")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        [("plotly", Path(str(_plotly.origin)).parent / "package_data")]
        if _plotly
        else []
    ),
]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var/media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.bool("COMPRESS_STATIC", default=False)
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", default=500_000_000)
MAX_UPLOAD_ROWS = env.int("MAX_UPLOAD_ROWS", default=50_000_000)
# Of a gzipped file, when unpacked; and how many segments a file may name.
MAX_UNPACKED_BYTES = env.int("MAX_UNPACKED_BYTES", default=10_000_000_000)
MAX_SEGMENTS = env.int("MAX_SEGMENTS", default=100_000)
# Of a zip that holds a folder: how many files, how many bytes when unpacked, and how
# many times its own size that may be. Where it is unpacked must be one place for all.
MAX_FOLDER_FILES = env.int("MAX_FOLDER_FILES", default=10_000)
MAX_FOLDER_BYTES = env.int("MAX_FOLDER_BYTES", default=2_000_000_000)
MAX_FOLDER_RATIO = env.int("MAX_FOLDER_RATIO", default=100)
SCRATCH_ROOT = env.path("SCRATCH_ROOT", default=str(Path(str(MEDIA_ROOT)) / "scratch"))
# Of a truth set, which a worker keeps in memory beside the predictions.
MAX_TRUTH_ROWS = env.int("MAX_TRUTH_ROWS", default=5_000_000)
# Evidence that backs an answer: the largest file, and which endings are taken in.
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=25_000_000)
EVIDENCE_TYPES = env.list(
    "EVIDENCE_TYPES",
    default=[
        *("pdf", "docx", "xlsx", "pptx", "csv", "txt", "md", "png", "jpg", "jpeg")
    ],
)
# So many runs of one engagement are measured at a time, so that others get a turn.
RUNS_PER_ENGAGEMENT = env.int("RUNS_PER_ENGAGEMENT", default=2)
# How many processes measure, for the estimate of how long a run waits.
WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
# A run whose worker holds more than this ends, saying so, before the system kills the
# worker without a word; a worker that once held more is replaced by a fresh one. No
# RLIMIT_AS: that counts addresses, of which Arrow reserves far more than it uses.
WORKER_MEMORY_MB = env.int("WORKER_MEMORY_MB", default=2_000)
CELERY_WORKER_MAX_MEMORY_PER_CHILD = WORKER_MEMORY_MB * 1024  # in kB
# A Dask scheduler that measures very large Parquet files; empty where there is none.
DASK_SCHEDULER_ADDRESS = env.str("DASK_SCHEDULER_ADDRESS", default="")
DASK_STRIPES = env.int("DASK_STRIPES", default=8)
# Of more rows than this, scores are counted by bin instead of kept in memory.
EXACT_ROWS = env.int("EXACT_ROWS", default=50_000_000)
FILE_UPLOAD_HANDLERS = ["evaluation.uploads.HashingUploadHandler"]

# Celery
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = TIME_ZONE  # days begin and end where the users are
CELERY_TASK_IGNORE_RESULT = True  # the Run row is the result
CELERY_TASK_TIME_LIMIT = env.int("TASK_TIME_LIMIT_SECONDS", default=600)
CELERY_TASK_SOFT_TIME_LIMIT = CELERY_TASK_TIME_LIMIT - 30
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# Redis hands an unacknowledged message to a second worker after this many seconds.
# Our tasks acknowledge late, so it must outlast the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A page must not hang for a broker that is down, nor for one that takes the line
    # and never answers; the sweep rings again.
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
# A bill of millions of lines takes longer than a run. A message that is handed out
# again meanwhile finds its delivery taken.
COST_IMPORT_SECONDS = env.int("COST_IMPORT_SECONDS", default=7200)
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=60)
# How often beat and the workers say that they live; the status page knows it too.
PULSE_SECONDS = 60
CELERY_BEAT_SCHEDULE = {
    "pulse": {"task": "evaluation.tasks.pulse", "schedule": PULSE_SECONDS},
    "pulse-of-post": {"task": "projects.tasks.pulse", "schedule": PULSE_SECONDS},
    "sweep-runs": {"task": "evaluation.tasks.sweep_runs", "schedule": SWEEP_SECONDS},
    "sweep-imports": {
        "task": "costs.tasks.sweep_imports",
        "schedule": SWEEP_SECONDS,
    },
    "sweep-notices": {
        "task": "projects.tasks.sweep_notices",
        "schedule": SWEEP_SECONDS,
    },
    # Shortly after midnight, when a day's waivers have ended; every hour, in case that
    # one was missed.
    "end-waivers": {
        "task": "projects.tasks.end_waivers",
        "schedule": crontab(minute="5"),
    },
    # Asked every hour, in case that one was missed; each writes once a day at most.
    "write-digests": {
        "task": "projects.tasks.write_digests",
        "schedule": crontab(minute="2", hour="7-23"),
    },
    "write-report-letters": {
        "task": "dashboards.tasks.write_report_letters",
        "schedule": crontab(minute="3", hour="8-23"),
    },
    "sweep-report-letters": {
        "task": "dashboards.tasks.sweep_report_letters",
        "schedule": SWEEP_SECONDS,
    },
    "remind": {
        "task": "projects.tasks.remind",
        "schedule": crontab(minute="30", hour="6-20"),
    },
    "remind-of-acceptances": {
        "task": "evaluation.tasks.remind_of_acceptances",
        "schedule": crontab(minute="31", hour="6-20"),
    },
    "announce-forecasts": {
        "task": "costs.tasks.announce_forecasts",
        "schedule": crontab(minute="32", hour="6-20"),
    },
    # Shortly after midnight, when a new week or month may have begun; every hour, in
    # case that one was missed.
    "retell-operations": {
        "task": "evaluation.tasks.retell_operations",
        "schedule": crontab(minute="6"),
    },
    "end-acceptances": {"task": "evaluation.tasks.end_acceptances", "schedule": 600},
}
# Whoever measures files needs no way out, whoever sends mail needs no files: places
# that keep them apart start one worker for each queue, others one for both.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("post")]
CELERY_TASK_ROUTES = {
    "projects.tasks.*": {"queue": "post"},
    "dashboards.tasks.*": {"queue": "post"},
}

# Security
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Without use; a session that is used goes on.
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=336) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=HTTPS)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # The hash of the empty string: Plotly fills an empty style element by rule.
        "style-src": [SELF, "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS: list[str] = []
