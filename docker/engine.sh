# Makes sure of a container engine and of compose. Sourced by the scripts beside it, never run.
#
# After `need_engine` the command `docker` works; after `need_compose` the array COMPOSE holds the command to call.
# What is missing is installed and started when the user is root on a Debian or Ubuntu; otherwise one sentence says
# what is missing. An engine that was there before is used as it is, and none is ever stopped.
# shellcheck shell=bash

# say SENTENCE: tell the person; standard output is kept for results.
say() { printf '%s\n' "$*" >&2; }

# fail SENTENCE: tell the person and end the script; 2 means that the machine or the usage is wrong.
fail() { say "$*"; exit 2; }

# with_progress SENTENCE COMMAND...: run COMMAND, show its output only when it fails, say every 10 s that it still runs.
with_progress() {
    local sentence=$1 log pid started=$SECONDS code=0
    shift
    log=$(mktemp)
    say "$sentence ..."
    "$@" >"$log" 2>&1 &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        read -r -t 1 <> <(:) || true # a second's rest without a process of its own
        if (((SECONDS - started) % 10 == 0 && SECONDS > started)); then say "  ... $((SECONDS - started)) s"; fi
    done
    wait "$pid" || code=$?
    if ((code)); then
        tail -n 30 "$log" >&2
        say "$sentence: failed after $((SECONDS - started)) s."
    fi
    rm -f "$log"
    return "$code"
}

can_install() { [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; }

# install_packages PACKAGE...: those that this release does not know are left out.
install_packages() {
    local known=() package
    DEBIAN_FRONTEND=noninteractive apt-get update -qq -o DPkg::Lock::Timeout=300
    for package in "$@"; do
        if apt-cache show "$package" >/dev/null 2>&1; then known+=("$package"); fi
    done
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${known[@]}"
}

engine_answers() { docker info >/dev/null 2>&1; }

# start_engine: by the service manager where one runs, otherwise by hand, in a session of its own so that it
# outlives this script. Its pid is in /run/docker.pid, its log in /var/log/dockerd.log. It gets none of this script's open
# files: one that carries a lock would be locked for as long as the engine lives.
start_engine() {
    if [[ -d /run/systemd/system ]]; then
        systemctl start docker >&2 || true
    else
        (
            local open
            for open in /proc/self/fd/*; do
                open=${open##*/}
                if ((open > 2)); then eval "exec $open>&-"; fi
            done
            exec setsid nohup dockerd --pidfile /run/docker.pid >>/var/log/dockerd.log 2>&1 </dev/null
        ) &
        disown
    fi
    local started=$SECONDS
    until engine_answers; do
        ((SECONDS - started < 30)) || return 1
        read -r -t 0.5 <> <(:) || true
    done
}

need_engine() {
    local said
    if command -v docker >/dev/null; then
        engine_answers && return
        said=$(docker info 2>&1) || true
        if [[ ${said,,} == *"permission denied"* ]]; then
            fail "The container engine refuses user $(id -un): run this as root or join the group docker."
        fi
        [[ -z ${DOCKER_HOST:-} ]] || fail "No container engine answers at DOCKER_HOST=$DOCKER_HOST."
    fi
    if ! command -v docker >/dev/null || ! command -v dockerd >/dev/null; then
        can_install || fail "No container engine: install Docker (Debian: apt-get install docker.io), or run this as root on Debian or Ubuntu."
        with_progress "Installing the container engine (docker.io)" install_packages docker.io docker-cli iptables
        engine_answers && return
    fi
    [[ $(id -u) == 0 ]] || fail "The container engine does not run: start it (systemctl start docker), or run this as root."
    say "Starting the container engine ..."
    start_engine || fail "The container engine does not start: see /var/log/dockerd.log (systemd: journalctl -u docker)."
}

need_compose() {
    find_compose && return
    can_install || fail "Docker compose is missing: install docker-compose, or run this as root on Debian or Ubuntu."
    with_progress "Installing compose" install_packages docker-compose docker-compose-v2
    find_compose || fail "Docker compose is missing and could not be installed."
}

find_compose() {
    # shellcheck disable=SC2034  # COMPOSE is for whoever sources this file
    if docker compose version >/dev/null 2>&1; then
        COMPOSE=(docker compose)
    elif command -v docker-compose >/dev/null; then
        COMPOSE=(docker-compose)
    else
        return 1
    fi
}
