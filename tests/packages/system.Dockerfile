# A bare Debian that a service can run on: systemd, and nothing else that a minimal system lacks.
ARG SUITE=bookworm
FROM debian:${SUITE}-slim
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dbus systemd systemd-sysv \
    && rm -rf /var/lib/apt/lists/*
COPY first /usr/local/sbin/first
ENV container=docker
STOPSIGNAL SIGRTMIN+3
ENTRYPOINT ["/usr/local/sbin/first"]
