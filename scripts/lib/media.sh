# shellcheck shell=bash
# Looks for Janus and ffmpeg, which the tests of live video need, and gets Debian's where there are none. To be
# sourced in the project's folder, with .venv/bin first in PATH.

# shellcheck source=scripts/lib/debian.sh
. scripts/lib/debian.sh

readonly MEDIA_FOLDER=$PWD/.tools/media

media_say() { printf 'live video: %s\n' "$*" >&2; }

# Whether dev/live_video.py finds both.
media_is_there() {
  python -c 'import sys; from dev.live_video import find_media; sys.exit(find_media() is None)'
}

# Returns 0 once both are there; where they cannot be had, says so.
find_media() {
  media_is_there && return
  media_say "no Janus or no ffmpeg here: unpacking Debian's into .tools (about 60 MB)"
  if debian_unpack "$MEDIA_FOLDER" janus ffmpeg; then
    debian_wrapper "$MEDIA_FOLDER" janus usr/bin/janus
    debian_wrapper "$MEDIA_FOLDER" ffmpeg usr/bin/ffmpeg
    media_is_there && return
  fi
  rm -rf "$MEDIA_FOLDER"
  media_say "none to be had. Install Debian's packages janus and ffmpeg."
  return 1
}

# Runs "$@" in a network of its own without a way out, where this machine allows that. Janus does not use the
# loopback interface, so there is another one, with a route that leads nowhere.
in_own_network() {
  local options=(--net) setup
  [ "$(id -u)" -eq 0 ] || options=(--user --map-root-user --net)
  setup='ip link set lo up && ip link add obico0 type veth peer name obico1 && ip addr add 198.18.0.1/24 dev obico0 &&
    ip link set obico0 up && ip link set obico1 up && ip route add default via 198.18.0.2'
  if command -v ip >/dev/null && unshare "${options[@]}" bash -c "$setup" 2>/dev/null; then
    unshare "${options[@]}" bash -c "$setup && exec \"\$@\"" own-network "$@"
  else
    media_say "this machine allows no network without a way out: using its own"
    "$@"
  fi
}
