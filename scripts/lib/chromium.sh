# shellcheck shell=bash
# Looks for a Chromium, and gets one where there is none. To be sourced in the project's folder, with
# .venv/bin first in PATH.

# shellcheck source=scripts/lib/debian.sh
. scripts/lib/debian.sh

readonly CHROMIUM_FOLDER=$PWD/.tools/chromium

chromium_say() { printf 'chromium: %s\n' "$*" >&2; }

# Whether dev/browser finds one.
chromium_is_there() {
  python -c 'import sys; from dev.browser.chromium import find_chromium; sys.exit(find_chromium() is None)'
}

# Unpacks Debian's Chromium into a private folder.
chromium_unpack() {
  grep -qsx 'ID=debian' /etc/os-release || return 1
  chromium_say "none here: unpacking Debian's into .tools (about 100 MB)"
  debian_unpack "$CHROMIUM_FOLDER" chromium || return 1
  debian_wrapper "$CHROMIUM_FOLDER" chromium usr/lib/chromium/chromium
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
