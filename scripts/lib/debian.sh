# shellcheck shell=bash
# Unpacks packages of Debian into a private folder, without root and without installing anything. To be sourced.

# apt-get with lists and cache below "$1"; its sources and what is installed are the machine's.
debian_apt() {
  local folder=$1
  shift
  apt-get -qq -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
    -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
    -o APT::Update::Pre-Invoke::= -o APT::Update::Post-Invoke::= -o APT::Update::Post-Invoke-Success::= "$@"
}

# Unpacks packages "$2…", with those of their libraries that this machine lacks, into "$1/root". Makes the folder anew.
debian_unpack() {
  local folder=$1 packages deb
  shift
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  grep -qx 'ID=debian' /etc/os-release || return 1
  rm -rf "$folder"
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/debs" "$folder/root"
  debian_apt "$folder" update >&2 || return 1
  packages=$(debian_apt "$folder" install --print-uris --no-install-recommends "$@" | awk '{ sub(/_.*/, "", $2); print $2 }')
  [ -n "$packages" ] || return 1
  # shellcheck disable=SC2086 # one word a package
  (cd "$folder/debs" && debian_apt "$folder" download $packages >&2) || return 1
  for deb in "$folder"/debs/*.deb; do dpkg-deb -x "$deb" "$folder/root" || return 1; done
  rm -rf "$folder/debs" "$folder/apt"
}

# Writes a script "$2" that runs "$3", a path below "$1/root", with the libraries that were unpacked there.
debian_wrapper() {
  cat >"$1/$2" <<WRAPPER
#!/bin/sh
root=\$(dirname "\$0")/root
for folder in "\$root"/usr/lib "\$root"/lib "\$root"/usr/lib/*-linux-gnu* "\$root"/lib/*-linux-gnu* "\$root"/usr/lib/*-linux-gnu*/pulseaudio "\$root"/usr/lib/*-linux-gnu*/blas "\$root"/usr/lib/*-linux-gnu*/lapack; do
  LD_LIBRARY_PATH=\$folder\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
exec "\$root/$3" "\$@"
WRAPPER
  chmod +x "$1/$2"
}
