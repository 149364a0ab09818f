# shellcheck shell=bash
# What ./start and ./check share: installing what is missing, building, talking to the person.
# The caller sets root (the checkout) and log (a file for long output) and runs in strict mode.

# shellcheck source=tools/packages.sh
. "$root/tools/packages.sh"

say() { printf '%s\n' "$*"; }

# die MESSAGE [HINT...]: one line of what went wrong, one line each of what to do.
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# logged WHAT COMMAND...: runs quietly into the log; on failure shows the log's end.
logged() {
  local what=$1
  shift
  if ! "$@" >>"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" >&2
    die "$what failed (the lines above are the end of $log)"
  fi
}

# The system as tools/packages.sh names it; newer releases are taken for the newest known one.
detect_system() {
  local ID='' VERSION_ID='' ID_LIKE='' PRETTY_NAME='an unknown system'
  # shellcheck disable=SC1091
  [ -r /etc/os-release ] && . /etc/os-release
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    die "this is $PRETTY_NAME; the set-up knows systems with apt (Debian 12 and 13, Ubuntu 24.04)" \
      "Install what these Debian packages hold: ${build_packages[*]}" \
      "and build by hand: cmake -S . -B build -G Ninja -DFUDE_TESTS=OFF && ninja -C build fude"
  fi
  case "$ID $VERSION_ID" in
    "debian 12" | "debian 13" | "ubuntu 24.04") system="$ID $VERSION_ID" ;;
    ubuntu*) system="ubuntu 24.04" ;;
    debian*) system="debian 13" ;;
    *) case " $ID_LIKE " in *" ubuntu "*) system="ubuntu 24.04" ;; *) system="debian 13" ;; esac ;;
  esac
  case "$ID $VERSION_ID" in
    "$system") ;;
    *) say "This is $PRETTY_NAME; going on with the package names of $system." ;;
  esac
}

# list_missing PACKAGE...: sets missing to those that are not installed.
list_missing() {
  local package installed
  local -a wanted=()
  for package in "$@"; do
    provided_otherwise "$package" || wanted+=("$(package_name "$system" "$package")")
  done
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
  missing=()
  for package in "${wanted[@]}"; do
    grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
  done
}

# install_packages PACKAGE...: with apt, listing them first; nothing is asked of apt when all are there.
install_packages() {
  local -a missing as_root=(env DEBIAN_FRONTEND=noninteractive) options=(-y -q --no-install-recommends
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  detect_system
  list_missing "$@"
  [ ${#missing[@]} -eq 0 ] && return
  say "Missing packages (足りないパッケージ):"
  say "  ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "installing packages needs root, and there is no sudo here" \
      "Run this as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}" "then run $0 again."
    say "Installing them with sudo apt-get; it may ask for your password."
    sudo -v || die "sudo was refused" \
      "Let somebody with the right to do so run: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo "${as_root[@]}")
  else
    say "Installing them with apt-get (log: $log)..."
  fi
  logged "apt-get update" "${as_root[@]}" apt-get update -q
  logged "apt-get install" "${as_root[@]}" apt-get install "${options[@]}" "${missing[@]}"
  list_missing "$@"
  [ ${#missing[@]} -eq 0 ] || die "apt-get said it was done, but these are still missing: ${missing[*]}"
}

# Compilers that run at once: one a core, but a source that includes ATen takes about 1.5 GB.
build_jobs() {
  awk -v cores="$(nproc)" '/^MemAvailable/ { jobs = int($2 / 1500000) } END {
    if (jobs == "" || jobs > cores) jobs = cores
    print jobs < 1 ? 1 : jobs }' /proc/meminfo
}

# configure DIR OPTION...: once; a folder that was copied from elsewhere is configured anew.
configure() {
  local dir=$1
  shift
  if [ -f "$dir/build.ninja" ] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/CMakeCache.txt"; then return; fi
  logged "cmake" cmake --fresh -S "$root" -B "$dir" -G Ninja "$@"
}
