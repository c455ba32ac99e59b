"""quality_scale.yaml against the rules of Home Assistant's Integration Quality Scale."""

from typing import Final

import pytest
import yaml

from .support import INTEGRATION, load_json

RULES: Final = {
    "bronze": {
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow",
        "config-flow-test-coverage",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    },
    "silver": {
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    },
    "gold": {
        "devices",
        "diagnostics",
        "discovery",
        "discovery-update-info",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    },
    "platinum": {"async-dependency", "inject-websession", "strict-typing"},
}
TIERS: Final = list(RULES)

# What a status would be disproved by, rule by rule.
PROOFS: Final = {
    "action-setup": "services.yaml",
    "docs-conditions": "conditions.yaml",
    "docs-triggers": "triggers.yaml",
    "brands": "brand/icon.png",
    "config-flow": "config_flow.py",
    "diagnostics": "diagnostics.py",
    "icon-translations": "icons.json",
    "repair-issues": "repairs.py",
    "strict-typing": "py.typed",
}


def statuses() -> dict[str, tuple[str, str | None]]:
    """Return status and comment of every rule."""
    rules = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text())["rules"]
    return {
        rule: (said["status"], said.get("comment"))
        if isinstance(said, dict)
        else (said, None)
        for rule, said in rules.items()
    }


def test_every_rule_has_a_status_and_no_other_is_named() -> None:
    assert set(statuses()) == set().union(*RULES.values())


@pytest.mark.parametrize("rule", sorted(statuses()))
def test_a_rule_is_done_or_says_why_not(rule: str) -> None:
    status, comment = statuses()[rule]
    assert status in ("done", "exempt", "todo")
    assert status == "done" or comment


def test_the_manifest_claims_the_tier_that_the_rules_give() -> None:
    reached = None
    for tier in TIERS:
        if any(statuses()[rule][0] == "todo" for rule in RULES[tier]):
            break
        reached = tier
    assert load_json(INTEGRATION / "manifest.json")["quality_scale"] == reached


@pytest.mark.parametrize("rule", PROOFS)
def test_a_rule_that_is_done_has_its_file(rule: str) -> None:
    status, _ = statuses()[rule]
    there = any(INTEGRATION.rglob(PROOFS[rule]))
    assert there == (status == "done")
