# shellcheck shell=bash disable=SC2034
# Every package Fude stands on, by its Debian name, and the few that are called otherwise elsewhere. Read by ./start and
# ./check (through tools/setup.sh).

# What ./start needs: compiler, build tools, libraries.
# BLAS is named outright: libtorch is content with the reference one, which is many times slower; OpenBLAS wins the
# system's choice by its priority when it is installed.
build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libtorch-dev libdnnl-dev libopenblas0-pthread
  libcairo2-dev libpng-dev libjpeg-dev libicu-dev libssl-dev zlib1g-dev libyaml-dev
  libpango1.0-dev fonts-ipafont-gothic
  nlohmann-json3-dev libcpp-httplib-dev libcli11-dev libfmt-dev libtomlplusplus-dev
  libsqlitecpp-dev libsqlite3-dev libpugixml-dev libwebp-dev libzip-dev
  libavcodec-dev libavformat-dev libavutil-dev libswscale-dev
  ca-certificates nodejs npm
)

# What ./check needs beside that: tests, formatter, fuzzers.
check_packages=(libgtest-dev libgmock-dev clang libclang-rt-dev clang-format git chromium fonts-noto-cjk)

# The formatter's output differs from release to release, so one release decides.
clang_format_release=14

# package_name SYSTEM PACKAGE: what PACKAGE is called on SYSTEM ("debian 12", "debian 13", "ubuntu 24.04").
package_name() {
  case "$1/$2" in
    "ubuntu 24.04/clang-format") echo "clang-format-$clang_format_release" ;;
    *) echo "$2" ;;
  esac
}

# provided_otherwise PACKAGE: is it here without being a package of this system (Node's own builds, PyTorch's archives)?
provided_otherwise() {
  case "$1" in
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    libtorch-dev) [ -n "${Torch_DIR:-}" ] ;;
    *) return 1 ;;
  esac
}
