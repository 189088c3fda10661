# Asterisk as Debian packages it, with the files of asterisk-conf/: 22.10, or 16.28 with SUITE=bullseye.
ARG SUITE=forky
FROM debian:${SUITE}-slim AS music
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
# A telephone that rings elsewhere: 440 Hz for 1.5 s, then nothing for 3.5 s, over and over. 16 bits at 8 kHz, for any codec.
RUN mkdir /music/ringback && sox -D -n -r 8000 -c 1 -b 16 /music/ringback/ringback.wav synth 1.5 sine 440 gain -15 pad 0 3.5
# Keys that came to nothing: two low notes of 0.2 s. Done: two that rise. Then silence, until the controller ends it.
RUN mkdir /music/code-refused /music/code-done \
    && sox -D -n -r 8000 -c 1 -b 16 /music/code-refused/tone.wav synth 0.2 sine 400 gain -12 pad 0 0.1 repeat 1 pad 0 9 \
    && sox -D "|sox -n -r 8000 -c 1 -b 16 -p synth 0.2 sine 800 gain -12 pad 0 0.05" \
        "|sox -n -r 8000 -c 1 -b 16 -p synth 0.2 sine 1200 gain -12" -b 16 /music/code-done/tone.wav pad 0 9

FROM debian:${SUITE}-slim
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends asterisk asterisk-core-sounds-en-wav \
    && rm -rf /var/lib/apt/lists/*
COPY --from=music /music/ /usr/local/share/asterisk-music/
COPY docker/asterisk/start /usr/local/bin/start-asterisk
COPY asterisk-conf/ /usr/local/share/asterisk-conf/
# Open to all, because a tmpfs mounted on them at run time takes over their mode but not their owner.
# Debian's own files are kept aside, for whoever wants to know what they are; none of them is used.
RUN mv /etc/asterisk /usr/local/share/asterisk-debian && install -d -m 1777 /etc/asterisk /run/asterisk

USER asterisk
ENTRYPOINT ["/usr/local/bin/start-asterisk"]
