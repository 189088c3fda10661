# The Debian package of the controller, made with the Python of the release that it is for. See deb/build.
ARG SUITE=bookworm
FROM debian:${SUITE}-slim AS python
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

FROM python AS made
LABEL ari-controller.image=deb
ARG REVISION=1
ARG SOURCE_DATE_EPOCH
COPY . /source/
RUN SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH /source/docker/deb/make "$REVISION"

FROM scratch
COPY --from=made /out/ /
CMD ["nothing"]
