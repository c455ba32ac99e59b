"""What Home Assistant does not document for integrations is used in one module each."""

import ast

import pytest

from .support import INTEGRATION, syntax_tree

# The module of the integration for each module of Home Assistant.
INTERNALS = {
    "homeassistant.components.assist_pipeline.runtime": "voice/pipelines.py",
    "homeassistant.components.camera.webrtc": "live/video_camera.py",
    "homeassistant.components.conversation.agent_manager": "voice/registration.py",
    "homeassistant.components.conversation.const": "voice/registration.py",
    "homeassistant.components.frontend": "frontend/module.py",
    "homeassistant.components.homeassistant.exposed_entities": "voice/exposure.py",
    "homeassistant.helpers.chat_session": "voice/conversations.py",
    "homeassistant.helpers.condition": "automation/condition_base.py",
    "homeassistant.helpers.target": "automation/trigger_base.py",
    "homeassistant.helpers.trigger": "automation/trigger_base.py",
}
# What these have that is documented for integrations.
DOCUMENTED = {
    "Condition",
    "Trigger",
    "TriggerConfig",
    "async_extract_referenced_entity_ids",
}


def imports() -> dict[str, list[tuple[str, str]]]:
    """Return what each module of the integration imports: from where, and the name."""
    return {
        path.relative_to(INTEGRATION).as_posix(): [
            (node.module or "", alias.name)
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.ImportFrom) and not node.level
            for alias in node.names
        ]
        for path in INTEGRATION.rglob("*.py")
    }


@pytest.mark.parametrize(("internal", "place"), INTERNALS.items())
def test_each_internal_is_used_in_one_module(internal: str, place: str) -> None:
    package, _, submodule = internal.rpartition(".")
    users = {
        path
        for path, imported in imports().items()
        for module, name in imported
        if (module == internal and name not in DOCUMENTED)
        or (module, name) == (package, submodule)
    }
    assert users == {place}


def test_nothing_that_is_private_is_imported() -> None:
    private = [
        (path, module, name)
        for path, imported in imports().items()
        for module, name in imported
        if module.startswith("homeassistant") and f".{module}.{name}".count("._")
    ]
    assert private == []
