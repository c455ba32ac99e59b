# shellcheck shell=bash
# Looks for a Chromium, and gets one where there is none. To be sourced in the project's folder, with
# .venv/bin first in PATH.

readonly CHROMIUM_FOLDER=$PWD/.tools/chromium

chromium_say() { printf 'chromium: %s\n' "$*" >&2; }

# Whether dev/browser finds one.
chromium_is_there() {
  python -c 'import sys; from dev.browser.chromium import find_chromium; sys.exit(find_chromium() is None)'
}

# apt-get with lists and cache of ours; its sources and what is installed are the machine's.
chromium_apt() {
  apt-get -qq -o Dir::State::Lists="$CHROMIUM_FOLDER/apt/lists" -o Dir::Cache="$CHROMIUM_FOLDER/apt/cache" \
    -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
    -o APT::Update::Pre-Invoke::= -o APT::Update::Post-Invoke::= -o APT::Update::Post-Invoke-Success::= "$@"
}

# Unpacks Debian's Chromium, with those of its libraries that this machine lacks, into one private folder.
chromium_unpack() {
  local packages deb root=$CHROMIUM_FOLDER/root
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  grep -qx 'ID=debian' /etc/os-release || return 1
  chromium_say "none here: unpacking Debian's into .tools (about 100 MB)"
  rm -rf "$CHROMIUM_FOLDER"
  mkdir -p "$CHROMIUM_FOLDER/apt/lists/partial" "$CHROMIUM_FOLDER/apt/cache/archives/partial" "$CHROMIUM_FOLDER/debs" "$root"
  chromium_apt update >&2 || return 1
  packages=$(chromium_apt install --print-uris --no-install-recommends chromium | awk '{ sub(/_.*/, "", $2); print $2 }')
  [ -n "$packages" ] || return 1
  # shellcheck disable=SC2086 # one word a package
  (cd "$CHROMIUM_FOLDER/debs" && chromium_apt download $packages >&2) || return 1
  for deb in "$CHROMIUM_FOLDER"/debs/*.deb; do dpkg-deb -x "$deb" "$root" || return 1; done
  rm -rf "$CHROMIUM_FOLDER/debs" "$CHROMIUM_FOLDER/apt"
  cat >"$CHROMIUM_FOLDER/chromium" <<'WRAPPER'
#!/bin/sh
root=$(dirname "$0")/root
for folder in "$root"/usr/lib "$root"/lib "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu* "$root"/usr/lib/*-linux-gnu*/pulseaudio; do
  LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
exec "$root/usr/lib/chromium/chromium" "$@"
WRAPPER
  chmod +x "$CHROMIUM_FOLDER/chromium"
  "$CHROMIUM_FOLDER/chromium" --version >&2
}

# Returns 0 once there is one; where none can be had, says so.
find_chromium() {
  chromium_is_there && return
  # In a container that lives for one run there is nothing to keep clean.
  if [ -n "${CI:-}" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    chromium_say "none here: installing it"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium; } >&2 || true
    chromium_is_there && return
  fi
  chromium_unpack && chromium_is_there && return
  rm -rf "$CHROMIUM_FOLDER"
  chromium_say "none here, and none to be had. Install Chromium or Chrome, or name one in CHROMIUM."
  return 1
}
