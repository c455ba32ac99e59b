# shellcheck shell=bash
# The steps that scripts/lint and scripts/test share. To be sourced after steps.sh and frontend.sh.

# Every shell script of the repository, found by its first line.
check_shell_scripts() {
  { printf '%s\n' scripts/lib/*.sh && grep -lE --directories=skip '^#!.*\b(ba)?sh\b' scripts/* .ci/*; } |
    xargs -I{} shellcheck --external-sources {}
}

lint_quickly() {
  step "ruff check" ruff check .
  step "ruff format" ruff format --check .
  step "import-linter" lint-imports --no-logo
  step "shellcheck" check_shell_scripts
  step "mypy --strict" mypy --strict
  step "prettier" frontend_format --check
  step "tsc" frontend_types
  step "frontend's imports" frontend_imports
  step "hasscheck" python scripts/lib/hasscheck_findings.py
}

lint_thoroughly() { step "pylint" pylint custom_components dev scripts/lib tests; }

# The types of what Home Assistant loads, against the Home Assistant of .tools/homeassistant/$1.
lint_types_against() {
  step "mypy --strict, Home Assistant $1" mypy --strict --cache-dir ".mypy_cache/$1" \
    --python-executable ".tools/homeassistant/$1/bin/python" custom_components
}
