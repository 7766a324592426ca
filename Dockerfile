# One image for web, worker and beat; docker-compose.yml says who runs what.
ARG BASE_IMAGE=python:3.11-slim-bookworm

# Everything that needs the network or writes files happens in the first stage.
FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python3 -m venv /opt/venv \
    && pip install --require-hashes -r requirements/run.txt
COPY manage.py ./
COPY config/ config/
COPY projects/ projects/
COPY evaluation/ evaluation/
COPY costs/ costs/
COPY dashboards/ dashboards/
COPY templates/ templates/
COPY static/ static/
COPY locale/ locale/
# The values below only let the settings load; none of them is kept in the image.
RUN python -m config.messages compile \
    && SECRET_KEY=only-for-building \
        DATABASE_URL=sqlite://:memory: \
        REDIS_URL=redis://127.0.0.1:6379/0 \
        STATIC_ROOT=/app/collected \
        python manage.py collectstatic --noinput \
    && python -m compileall -q . \
    && mkdir -p /data/media /data/tmp

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="Kenshu" \
    org.opencontainers.image.description="Takes machine-learning work from first question to acceptance."
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/app/collected \
    MEDIA_ROOT=/data/media \
    TMPDIR=/data/tmp
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# A new named volume takes over this owner: so no step has to run as root.
COPY --from=build --chown=10001:10001 /data /data
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=8)"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
    "--workers", "2", "--threads", "4", "--timeout", "120", "--graceful-timeout", "20", \
    "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
