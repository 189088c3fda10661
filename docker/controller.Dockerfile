# The controller: Python 3.11, its libraries as pinned in requirements.lock, and nothing that it does not need to run.
FROM debian:bookworm-slim AS libraries
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock /tmp/
COPY wheels/ /tmp/wheels/
RUN python3 -m venv --without-pip /opt/ari-controller \
    && python3 -m venv /tmp/installer \
    && /tmp/installer/bin/pip --python /opt/ari-controller/bin/python install --quiet --no-cache-dir --no-index \
        --find-links /tmp/wheels --require-hashes -r /tmp/requirements.lock \
    && /opt/ari-controller/bin/python -m compileall -q /opt/ari-controller/lib

FROM debian:bookworm-slim
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 900 --home-dir /var/lib/ari-controller ari-controller \
    && install -d -o ari-controller /var/lib/ari-controller
COPY --from=libraries /opt/ari-controller/ /opt/ari-controller/
COPY docker/controller/ /usr/local/lib/ari-controller/
COPY controller/ /opt/ari-controller/lib/python3.11/site-packages/controller/
# Compiled now, like the libraries above, because the root file system is read-only when it runs.
RUN /opt/ari-controller/bin/python -m compileall -q /opt/ari-controller/lib/python3.11/site-packages/controller \
    && ln -s /usr/local/lib/ari-controller/ari-controller /usr/local/bin/ari-controller

USER ari-controller
WORKDIR /var/lib/ari-controller
VOLUME /var/lib/ari-controller
ENV PYTHONUNBUFFERED=1 STATE_FOLDER=/var/lib/ari-controller
ENTRYPOINT ["ari-controller"]
CMD ["run", "-c", "/etc/ari-controller/site.toml"]
# Every 30 s: to start a process in a container costs 15 ms, seven times what the check itself does.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["/usr/local/lib/ari-controller/healthy"]
