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

# Prints the line of the usage that describes the option $1; fails if there is none.
usage_of_option() { usage | awk -v option="$1" '/^  -/ && $1 == option { print; found = 1 } END { exit !found }'; }

# Ends the script, before anything is installed for it, if one of the arguments "$@" is an option that
# it says nothing of, or has or lacks a value against what it says. Sets plain_arguments to the others.
# shellcheck disable=SC2034 # the scripts use it
check_options() {
  local argument option line waiting=''
  plain_arguments=()
  for argument; do
    if [ -n "$waiting" ]; then
      waiting=''
      continue
    fi
    case $argument in
    --*) option=${argument%%=*} ;;
    # Of short options several stand together, or with a value.
    -?*) option=${argument:0:2} ;;
    *)
      plain_arguments+=("$argument")
      continue
      ;;
    esac
    line=$(usage_of_option "$option") || usage_error "unknown option: $argument"
    if [[ $line =~ ^\ \ -[A-Za-z-]+\ [A-Z] ]]; then
      [ "$argument" != "$option" ] || waiting=$option
    elif [[ $argument == --*=* ]]; then
      usage_error "$option takes no value: $argument"
    fi
  done
  [ -z "$waiting" ] || usage_error "$waiting wants a value"
}

# The same for a script that has nothing but options.
known_options_only() {
  check_options "$@"
  [ ${#plain_arguments[@]} -eq 0 ] || usage_error "unknown argument: ${plain_arguments[0]}"
}

# Ends the script because it was called wrongly: $1 says how.
usage_error() {
  printf '%s: %s\n\n' "${0##*/}" "$1" >&2
  usage >&2
  exit 2
}
