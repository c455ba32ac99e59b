# shellcheck shell=bash
# The steps about frontend/. To be sourced after steps.sh and node.sh.

readonly FRONTEND_BUILT=custom_components/obico/frontend/built

frontend_format() { (cd frontend && node node_modules/prettier/bin/prettier.cjs "$1" .); }

frontend_types() { (cd frontend && node node_modules/typescript/bin/tsc --noEmit); }

# Who imports whom in frontend/src.
frontend_imports() { node frontend/check-imports.ts; }

frontend_tests() { node frontend/test.mjs; }

# Builds it again, and compares the folders byte for byte.
frontend_is_built() {
  local built status=0
  built=$(mktemp -d)
  node frontend/build.mjs "$built" && diff --recursive --brief "$built" "$FRONTEND_BUILT" || status=1
  rm -r "$built"
  [ "$status" -eq 0 ] || printf '%s is not what scripts/build makes of frontend/.\n' "$FRONTEND_BUILT" >&2
  return "$status"
}
