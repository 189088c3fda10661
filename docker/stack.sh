# Which stack, on which ports: the environment's names with the demo's defaults. Sourced by up and down.
# shellcheck shell=bash disable=SC2034  # the names are for whoever sources this file

export STACK=${STACK:-ari-controller}
export SIP_PORT=${SIP_PORT:-5060}
export ARI_PORT=${ARI_PORT:-8088}
export DESKTOP_PORT=${DESKTOP_PORT:-8080}
export RTP_PORTS=${RTP_PORTS:-20000-20999}
stack_label=ari-controller.stack=$STACK
ports_note="SIP_PORT, ARI_PORT, DESKTOP_PORT, RTP_PORTS move the ports; STACK names the stack, so that two run side by side."

# require_sane_stack: every mistake in the environment is told before anything is started.
require_sane_stack() {
    local name
    [[ $STACK =~ ^[a-z0-9][a-z0-9_-]*$ ]] || fail "STACK=$STACK: use small letters, digits, - and _."
    for name in SIP_PORT ARI_PORT DESKTOP_PORT; do
        if ! [[ ${!name} =~ ^[0-9]{1,5}$ ]] || ((10#${!name} < 1 || 10#${!name} > 65535)); then
            fail "$name=${!name} is not a port: give a number from 1 to 65535."
        fi
    done
    if ! [[ $RTP_PORTS =~ ^([0-9]{4,5})-([0-9]{4,5})$ ]] || ((BASH_REMATCH[2] > 65535 || BASH_REMATCH[2] < BASH_REMATCH[1] + 20)); then
        fail "RTP_PORTS=$RTP_PORTS is not a range of at least 20 ports: give for example 20000-20999."
    fi
}

# port_taken udp|tcp PORT: whether something on this machine listens there.
port_taken() {
    local state=07 hex
    if [[ $1 == tcp ]]; then state=0A; fi
    printf -v hex ':%04X' "$((10#$2))"
    awk -v hex="$hex" -v state="$state" 'substr($2, length($2) - 4) == hex && $4 == state { found = 1 } END { exit !found }' \
        /proc/net/"$1" /proc/net/"$1"6 2>/dev/null
}

# running PART: whether this stack's container of that name runs.
running() { [[ $(docker container inspect --format '{{.State.Running}}' "$STACK-$1" 2>/dev/null) == true ]]; }
