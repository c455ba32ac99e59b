"""manifest.json against the rules of hassfest, and against the rest of the repository."""

import tomllib

from awesomeversion import AwesomeVersion

from .support import INTEGRATION, ROOT, load_json

REQUIRED = {
    "codeowners",
    "config_flow",
    "documentation",
    "domain",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "name",
    "requirements",
    "version",
}
OPTIONAL = {"after_dependencies", "dependencies", "loggers", "quality_scale"}


def test_the_keys_stand_in_the_order_of_hassfest() -> None:
    keys = list(load_json(INTEGRATION / "manifest.json"))
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_every_required_key_is_there_and_no_unknown_one() -> None:
    keys = set(load_json(INTEGRATION / "manifest.json"))
    assert keys >= REQUIRED
    assert keys <= REQUIRED | OPTIONAL


def test_the_domain_is_the_folder() -> None:
    assert load_json(INTEGRATION / "manifest.json")["domain"] == INTEGRATION.name


def test_it_is_a_hub_that_is_pushed_to_and_set_up_in_the_user_interface() -> None:
    manifest = load_json(INTEGRATION / "manifest.json")
    assert manifest["config_flow"] is True
    assert manifest["integration_type"] == "hub"
    # Home Assistant says of "cloud_push" that it requires the internet. A self-hosted
    # server does not.
    assert manifest["iot_class"] == "local_push"


def test_the_addresses_are_those_of_the_repository() -> None:
    manifest = load_json(INTEGRATION / "manifest.json")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert manifest["documentation"] == project["urls"]["Homepage"]
    assert manifest["issue_tracker"] == project["urls"]["Issues"]


def test_the_version_is_the_same_everywhere() -> None:
    version = load_json(INTEGRATION / "manifest.json")["version"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(version, str)
    assert AwesomeVersion(version).strategy.name == "SEMVER"
    assert project["version"] == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text()


def test_hacs_asks_for_a_home_assistant_not_newer_than_the_tested_one() -> None:
    hacs = load_json(ROOT / "hacs.json")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pin = next(
        requirement
        for requirement in project["dependency-groups"]["test"]
        if requirement.startswith("homeassistant==")
    )
    assert set(hacs) == {"name", "homeassistant"}
    assert isinstance(hacs["homeassistant"], str)
    assert AwesomeVersion(hacs["homeassistant"]) <= AwesomeVersion(
        pin.removeprefix("homeassistant==")
    )
