# Asterisk 22.10 as Debian packages it, with the files of asterisk-conf/.
FROM debian:forky-slim AS music
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends asterisk-moh-opsound-wav sox \
    && rm -rf /var/lib/apt/lists/*
# The pieces begin and end with seconds of silence, and somebody on hold takes silence for the end of the call. So they
# are trimmed; and kept as mu-law, the telephones' own codec, so that nothing is converted while they play.
RUN mkdir -p /music/default /music/tone \
    && for piece in /usr/share/asterisk/moh/*.wav; do \
        sox -D "$piece" -r 8000 -c 1 -e mu-law -t raw "/music/default/$(basename "$piece" .wav).ulaw" \
            silence 1 0.02 -38d reverse silence 1 0.1 -38d reverse || exit 1; \
    done \
    # 1850 Hz at -15 dBFS: a whole number of waves in 30 s, so that it repeats without a click.
    && sox -D -n -r 8000 -c 1 -e mu-law -t raw /music/tone/tone.ulaw synth 30 sine 1850 gain -15

FROM debian:forky-slim
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends asterisk asterisk-core-sounds-en-wav \
    && rm -rf /var/lib/apt/lists/*
COPY --from=music /music/ /usr/local/share/asterisk-music/
COPY docker/asterisk/start /usr/local/bin/start-asterisk
COPY asterisk-conf/ /usr/local/share/asterisk-conf/
# Open to all, because a tmpfs mounted on them at run time takes over their mode but not their owner.
RUN rm -rf /etc/asterisk/* && install -d -m 1777 /etc/asterisk /run/asterisk

USER asterisk
ENTRYPOINT ["/usr/local/bin/start-asterisk"]
