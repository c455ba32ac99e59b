# shellcheck shell=bash
# Runs the steps of a script under a headline each, goes on after a failure, and sums up.
# To be sourced. The working folder is the project's, and .venv/bin stands first in PATH.

steps_summary=()
steps_failed=false

if [ -t 1 ]; then
  readonly BOLD=$'\e[1m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
  readonly BOLD='' GREEN='' RED='' PLAIN=''
fi

# Runs "$2…" under the headline $1.
step() {
  local name=$1 start=$SECONDS status=0
  shift
  printf '\n%s── %s ──%s\n' "$BOLD" "$name" "$PLAIN"
  "$@" || status=$?
  if [ "$status" -eq 0 ]; then
    steps_summary+=("${GREEN}ok    ${PLAIN} $name ($((SECONDS - start)) s)")
  else
    steps_summary+=("${RED}FAILED${PLAIN} $name ($((SECONDS - start)) s)")
    steps_failed=true
  fi
}

# Notes a step that cannot be done on this machine.
left_out() {
  steps_summary+=("${RED}LEFT OUT${PLAIN} $1: see above")
}

# Prints what became of each step; its status is the script's.
summary() {
  printf '\n%s── summary ──%s\n' "$BOLD" "$PLAIN"
  printf '%s\n' "${steps_summary[@]}"
  ! $steps_failed
}
