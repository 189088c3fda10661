# Soft phones for the scripted call and the live tests: baresip to talk, sipp for load, Python to drive them.
FROM debian:bookworm-slim

RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends baresip-core python3 sip-tester \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/ari-controller
ENV PYTHONPATH=/opt/ari-controller PYTHONUNBUFFERED=1
COPY tests/phones/ tests/phones/
COPY docker/demo/ docker/demo/
