# syntax=docker/dockerfile:1
# Two stages: one builds the environment, the other carries only what runs. No root, no compiler, no package cache.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /opt/kachi
RUN python -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/pip install --retries 10 --timeout 60 --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY .streamlit .streamlit
COPY app app
COPY core core
COPY pages pages
COPY data/samples data/samples
RUN .venv/bin/pip install --no-deps -e . && .venv/bin/python -m compileall -q app core pages

FROM python:3.12-slim-bookworm
# LightGBM needs the OpenMP run time; tini hands signals on and reaps the jobs' processes; Pango, HarfBuzz and the fonts make the PDFs.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 tini libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 kachi \
    && useradd --uid 10001 --gid kachi --home-dir /home/kachi --create-home --shell /usr/sbin/nologin kachi \
    && install -d -o kachi -g kachi -m 0700 /data
COPY --from=build /opt/kachi /opt/kachi
WORKDIR /opt/kachi
ENV PATH=/opt/kachi/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KACHI_HOME=/data/home \
    KACHI_HOST=0.0.0.0 \
    KACHI_GATEWAY_HOST=0.0.0.0
USER kachi
VOLUME /data
EXPOSE 8501 8502
# Portal and gateway both answer, wherever they listen. A container with a gateway alone gets a check of its own (docs/operations.md).
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; [u.urlopen(f'http://127.0.0.1:{os.environ.get(n, p)}/healthz', timeout=2.5) for n, p in (('KACHI_PORT', 8501), ('KACHI_GATEWAY_PORT', 8502))]"]
LABEL org.opencontainers.image.title="Kachi" \
    org.opencontainers.image.description="Self-hosted MLOps portal whose first language is business value" \
    org.opencontainers.image.licenses="Apache-2.0"
# Kachi ends within ten seconds, which is what 'docker stop' waits for.
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "kachi"]
CMD ["up"]
