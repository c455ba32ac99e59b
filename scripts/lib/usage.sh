# shellcheck shell=bash
# What a script says about itself is the comment at its head. To be sourced, with the script's folder
# as working folder or with the working folder in which the script was started.

readonly USAGE_SCRIPT=$PWD/scripts/${0##*/}

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$USAGE_SCRIPT"; }

# Prints it and ends the script if one of the arguments asks for it.
help_if_wanted() {
  local argument
  for argument; do
    case $argument in
    -h | --help)
      usage
      exit 0
      ;;
    esac
  done
}

# Ends the script if one of the arguments is an option that it says nothing of, before anything is
# installed for it.
known_options_only() {
  local argument
  for argument; do
    case $argument in
    -*)
      usage | grep -qE -- "^  ${argument%%=*}( |\$)" || usage_error "unknown option: $argument"
      ;;
    esac
  done
}

# Ends the script because it was called wrongly: $1 says how.
usage_error() {
  printf '%s: %s\n\n' "${0##*/}" "$1" >&2
  usage >&2
  exit 2
}
