# A directory for the tests: Debian's slapd, as locked up as the others; its configuration, certificates and people are the test's.
FROM debian:bookworm-slim

# Nothing is to be started, and nobody asked, while it is installed.
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d \
    && apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slapd \
    && rm -rf /var/lib/apt/lists/* /var/lib/ldap /etc/ldap/slapd.d \
    && install -d -o openldap /var/lib/ldap

COPY docker/directory/ /usr/local/lib/directory/
USER openldap
ENTRYPOINT ["/usr/local/lib/directory/serve"]
