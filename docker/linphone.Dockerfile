# A telephone of another make for the tests: Linphone's command line, which talks and listens without a sound card.
FROM debian:trixie-slim

RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends linphone-cli \
    && rm -rf /var/lib/apt/lists/* \
    # It keeps its own things there, and does not make these folders itself.
    && install -d -m 1777 /telephone /telephone/.local /telephone/.local/share /telephone/.local/share/linphone \
        /telephone/.config /telephone/.config/linphone

ENV HOME=/telephone
ENTRYPOINT ["linphonec"]
