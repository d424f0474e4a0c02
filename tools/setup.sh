#!/usr/bin/env bash
# Installs what building and testing need: Debian's packages (as root or with sudo) and a Python
# environment of the project's own in build/venv. A second call takes a second and touches no network.
# Usage: tools/setup.sh
#   AZULEJO_PEERS=1           install the compilers of tools/requirements-peers.txt too, which some tests run
#   AZULEJO_SKIP_PACKAGES=1   leave Debian's packages alone (another distribution, or no root)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/build/venv

packages=(
  # The compiler: MLIR, clang with its sanitizers, lld.
  clang-22 clang-format-22 clang-tidy-22 libclang-rt-22-dev libmlir-22-dev lld-22 llvm-22-dev llvm-22-tools
  mlir-22-tools
  # The build. g++ brings the C++ library and binutils.
  ccache cmake g++ git ninja-build
  # Libraries; zlib and zstd are asked for by LLVM's CMake files.
  libbenchmark-dev libcli11-dev libgmock-dev libgtest-dev libzstd-dev nlohmann-json3-dev zlib1g-dev
  # Python, and the certificates with which pip and git reach their servers.
  ca-certificates python3 python3-venv
)

fail() {
  echo "error: $*" >&2
  exit 1
}

# The names of `packages` that are not installed.
missingPackages() {
  comm -23 <(printf '%s\n' "${packages[@]}" | sort) \
    <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null |
      awk '$2 == "installed" {print $1}' | sort -u)
}

asRoot() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "installing packages needs root or sudo, and this is user $(id -un) without sudo; run as root:" \
      "apt-get install ${missing[*]}"
  fi
}

installPackages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    fail "expected Debian 12 with dpkg and apt-get; install the equivalents of '${packages[*]}' by" \
      "hand and set AZULEJO_SKIP_PACKAGES=1"
  mapfile -t missing < <(missingPackages)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  echo "installing ${#missing[@]} packages: ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  asRoot "${apt[@]}" update ||
    fail "apt-get update failed (above); check the network and the entries of /etc/apt/sources.list.d"
  asRoot "${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get install failed (above); LLVM 22 is in Debian 12's security updates, which" \
      "/etc/apt/sources.list.d must name (suite bookworm-security)"
}

# Debian's own Python where there is one: python3-venv belongs to it.
installPython() {
  local requirements=$root/tools/requirements.txt
  local stamp=$venv/requirements.sha256 wanted
  wanted=$(sha256sum < "$requirements")
  [[ -f $stamp && $(< "$stamp") == "$wanted" && -x $venv/bin/python ]] && return 0
  local python=/usr/bin/python3
  [[ -x $python ]] || python=python3
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "expected Python 3.11 or newer, got: $("$python" --version 2>&1)"
  echo "making the Python environment $venv"
  rm -rf "$venv"
  "$python" -m venv "$venv" || fail "$python -m venv failed (above); is python3-venv installed?"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps -r "$requirements" ||
    fail "pip could not install tools/requirements.txt (above); check the network and pip's proxy and index settings"
  echo "$wanted" > "$stamp"
}

installPeers() {
  local requirements=$root/tools/requirements-peers.txt
  local stamp=$venv/requirements-peers.sha256 wanted
  wanted=$(sha256sum < "$requirements")
  [[ -f $stamp && $(< "$stamp") == "$wanted" ]] && return 0
  echo "installing tools/requirements-peers.txt"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps -r "$requirements" ||
    fail "pip could not install tools/requirements-peers.txt (above); leave AZULEJO_PEERS unset to do without"
  echo "$wanted" > "$stamp"
}

# Two calls at once would undo each other's work.
mkdir -p "$root/build"
exec 9> "$root/build/.setup.lock"
flock 9
[[ ${AZULEJO_SKIP_PACKAGES:-} == 1 ]] || installPackages
installPython
[[ ${AZULEJO_PEERS:-} != 1 ]] || installPeers
