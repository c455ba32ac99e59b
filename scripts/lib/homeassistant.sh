# shellcheck shell=bash
# The option --homeassistant VERSION of scripts. To be sourced in the project's folder.

# Runs scripts/setup, with the Home Assistant that the arguments "$@" ask for, and sets
# homeassistant_arguments to the option with its exact version, other_arguments to the rest.
# shellcheck disable=SC2034 # the scripts use them
set_up_homeassistant() {
  local version=''
  homeassistant_arguments=() other_arguments=()
  while [ $# -gt 0 ]; do
    case $1 in
    --homeassistant=*) version=${1#*=} ;;
    --homeassistant)
      [ $# -gt 1 ] || usage_error "--homeassistant wants a version"
      version=$2
      shift
      ;;
    *) other_arguments+=("$1") ;;
    esac
    shift
  done
  if [ -z "$version" ]; then
    scripts/setup --quiet
  else
    version=$(scripts/setup --quiet --homeassistant "$version")
    homeassistant_arguments=(--homeassistant "$version")
  fi
}
