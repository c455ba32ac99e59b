"""translations/en.json against the code that uses it, and the other languages against en.json."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
import re

import probatio
import pytest
from yarl import URL

from custom_components.obico import config_flow
from custom_components.obico.account import (
    errors as client_error_texts,
    options_flow,
    repairs as repairs_module,
    server_state,
)
from custom_components.obico.account.sign_in_errors import (
    ERROR_KEYS,
    OAUTH_ABORT_REASONS,
    PASSWORD_ERROR_KEYS,
    SERVER_ERROR_KEYS,
    STORED_ERROR_KEYS,
)
from custom_components.obico.account.sign_in_forms import TOKEN_SCHEMA
from custom_components.obico.agent import forms, issues
from custom_components.obico.agent.config import SUBENTRY_TYPE
from custom_components.obico.aioobico import (
    ObicoError,
    ObicoRedirectError,
    ObicoServerError,
)
from custom_components.obico.printer import heaters
from dev.json_types import JsonObject, as_object
from homeassistant.helpers import config_entry_oauth2_flow

from .support import (
    INTEGRATION,
    NAMED_BY_DEVICE_CLASS,
    TRANSLATION_KEY,
    TRANSLATIONS,
    branch,
    called_name,
    calls,
    descriptions,
    entity_keys,
    keyword,
    load_json,
    placeholders,
    platforms,
    python_files,
    syntax_tree,
    text_of,
    texts,
)

ENGLISH = load_json(TRANSLATIONS / "en.json")
LANGUAGES = sorted(TRANSLATIONS.glob("*.json"))
ACCOUNT = INTEGRATION / "account"
FLOW = ast.Module(
    body=[
        node
        for path in (
            INTEGRATION / "config_flow.py",
            ACCOUNT / "account_flow.py",
            ACCOUNT / "options_flow.py",
        )
        for node in syntax_tree(path).body
    ],
    type_ignores=[],
)

# Texts that Home Assistant asks for by itself when the flow calls one of its helpers.
ABORTS_OF_HELPERS = {
    "_abort_if_unique_id_configured": {
        "already_configured",
        "already_configured_in_browser",
    },
    "_async_abort_entries_match": {"already_configured"},
    "async_update_reload_and_abort": {"reauth_successful", "reconfigure_successful"},
}
# Ends of all flows with OAuth, whose texts are Home Assistant's own.
TRANSLATED_BY_HOME_ASSISTANT = config_entry_oauth2_flow._SHARED_ABORT_REASONS
# A name of each kind of heater, as printers have it.
HEATER_NAMES = {
    heaters.HeaterKind.NOZZLE: "tool0",
    heaters.HeaterKind.NOZZLE_N: "extruder1",
    heaters.HeaterKind.BED: "heater_bed",
    heaters.HeaterKind.CHAMBER: "chamber",
    heaters.HeaterKind.OTHER: "raspberry_pi",
}
SINGLE_QUOTED = re.compile(r"'\{\w+\}'")
HTML = re.compile(r"<[a-zA-Z/]")
# Also those by number: hassfest refuses them all.
ADDRESS = re.compile(r"\w+://|\bwww\.", re.IGNORECASE)


# The form of the texts


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_texts_have_the_form_that_hassfest_wants(path: Path) -> None:
    for where, text in texts(load_json(path)):
        place = ".".join(where)
        assert all(TRANSLATION_KEY.fullmatch(key) for key in where), place
        assert text, f"{place} is empty"
        assert text == text.strip(), f"{place} begins or ends with a space"
        assert not SINGLE_QUOTED.search(text), f"{place} has a placeholder in quotes"
        assert not HTML.search(text), f"{place} has HTML"
        assert not ADDRESS.search(text), (
            f"{place} has an address: make it a placeholder"
        )


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_language_has_the_texts_and_placeholders_of_english(path: Path) -> None:
    def wanted(tree: JsonObject) -> dict[tuple[str, ...], set[str]]:
        return {where: placeholders(text) for where, text in texts(tree)}

    assert wanted(load_json(path)) == wanted(ENGLISH)


# The flow


def literals(node: ast.AST) -> set[str]:
    """Return what looks like a translation key in a piece of code."""
    found = {text_of(each) for each in ast.walk(node)}
    return {text for text in found if text and TRANSLATION_KEY.fullmatch(text)}


def shown_steps() -> dict[tuple[str, str], ast.Call]:
    """Return what the flows show, by their part of the file and step."""
    return {
        (
            "options" if "OptionsFlow" in ast.unparse(flow.bases[0]) else "config",
            step,
        ): call
        for flow in FLOW.body
        if isinstance(flow, ast.ClassDef)
        for call in calls(flow, "async_show_form", "async_show_menu")
        if (step := text_of(keyword(call, "step_id")))
    }


def fields_of(call: ast.Call) -> set[str]:
    """Return the fields of the form that a call shows.

    It names one schema, or one function that makes it.
    """
    shown = keyword(call, "data_schema")
    if shown is None:
        return set()
    names = {
        node.id
        for node in ast.walk(shown)
        if isinstance(node, ast.Name) and node.id.lower().endswith("_schema")
    }
    assert len(names) == 1, ast.unparse(shown)
    (name,) = names
    schema = getattr(config_flow, name, None)
    if isinstance(schema, probatio.Schema):
        return {str(field) for field in schema.schema}
    return {
        str(getattr(options_flow, field.id))
        for node in FLOW.body
        if isinstance(node, ast.FunctionDef) and node.name == name
        for marker in calls(node, "Required", "Optional")
        for field in marker.args
        if isinstance(field, ast.Name)
    }


def menu_options_of(call: ast.Call) -> set[str]:
    """Return the options of the menu that a call shows."""
    options = keyword(call, "menu_options")
    return set(ast.literal_eval(options)) if options else set()


def test_every_step_has_texts_and_none_is_left_over() -> None:
    flows = {
        "config": config_flow.ObicoConfigFlow,
        "options": options_flow.ObicoOptionsFlow,
    }
    written = {
        (flow, step)
        for flow, handler in flows.items()
        for step in branch(ENGLISH, flow, "step")
        # A step that is inherited shows its own form.
        if hasattr(handler, f"async_step_{step}")
    }
    every_step = {
        (flow, step) for flow in flows for step in branch(ENGLISH, flow, "step")
    }
    assert every_step == written
    assert set(shown_steps()) <= written


@pytest.mark.parametrize(("flow", "step"), shown_steps())
def test_a_step_names_and_explains_its_fields_and_options(flow: str, step: str) -> None:
    call = shown_steps()[flow, step]
    shown = branch(ENGLISH, flow, "step", step)
    assert shown["title"]
    assert set(branch(shown, "data")) == fields_of(call)
    assert set(branch(shown, "data_description")) == fields_of(call)
    assert set(branch(shown, "menu_options")) == menu_options_of(call)


@pytest.mark.parametrize("step", ["access_token", "cloud_access_token"])
def test_a_form_for_a_token_names_and_explains_it(step: str) -> None:
    shown = branch(ENGLISH, "config", "step", step)
    fields = {str(field) for field in TOKEN_SCHEMA.schema}
    assert shown["title"]
    assert shown["description"]
    assert set(branch(shown, "data")) == fields
    assert set(branch(shown, "data_description")) == fields


@pytest.mark.parametrize("step", ["user", "sign_in", "reauth_confirm"])
def test_a_menu_says_of_each_option_for_whom_it_is(step: str) -> None:
    shown = branch(ENGLISH, "config", "step", step)
    assert shown["menu_options"]
    assert set(branch(shown, "menu_option_descriptions")) == set(
        branch(shown, "menu_options")
    )


def test_placeholders_of_the_flow_are_filled_in() -> None:
    filled = {
        key
        for path in (INTEGRATION / "config_flow.py", ACCOUNT / "sign_in_errors.py")
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Dict)
        for key in map(text_of, node.keys)
        if key
    } | {
        str(given.arg)
        for call in calls(FLOW, "form_placeholders")
        for given in call.keywords
    }
    wanted = {
        name
        for _, text in texts(branch(ENGLISH, "config"))
        for name in placeholders(text)
    }
    assert wanted <= filled


def error_keys() -> set[str]:
    """Return the errors that the flow's forms can show.

    They stand in the tables for the client's errors, or in the code that makes others.
    """
    of_client = {
        *ERROR_KEYS.values(),
        *SERVER_ERROR_KEYS.values(),
        *PASSWORD_ERROR_KEYS.values(),
        *STORED_ERROR_KEYS.values(),
    }
    of_helpers = (
        key
        for helper in ("find_server.py", "account_name.py")
        for key in made_in(syntax_tree(ACCOUNT / helper))
    )
    return {*of_client, *of_helpers, *made_in(FLOW)}


def made_in(tree: ast.AST) -> set[str]:
    """Return the errors that code makes by itself."""
    return {key for call in calls(tree, "FlowError") if (key := text_of(call.args[0]))}


def test_every_error_of_the_flow_has_a_text_and_none_is_left_over() -> None:
    assert set(branch(ENGLISH, "config", "error")) == error_keys()


def abort_reasons(tree: ast.AST) -> set[str]:
    """Return the reasons for which a flow ends that stand in its code."""
    reasons = {text_of(keyword(call, "reason")) for call in calls(tree)}
    return {reason for reason in reasons if reason} - TRANSLATED_BY_HOME_ASSISTANT


def test_every_end_of_the_flow_has_a_text_and_none_is_left_over() -> None:
    of_helpers = {
        reason
        for helper, reasons in ABORTS_OF_HELPERS.items()
        if any(calls(FLOW, helper))
        for reason in reasons
    }
    of_client = set(OAUTH_ABORT_REASONS.values()) - TRANSLATED_BY_HOME_ASSISTANT
    inherited = syntax_tree(Path(config_entry_oauth2_flow.__file__))
    assert set(branch(ENGLISH, "config", "abort")) == (
        abort_reasons(FLOW)
        | of_client
        # Signing in on the server's page ends with what the other ways show.
        | made_in(FLOW)
        | of_helpers
        | abort_reasons(inherited)
    )


# Automations


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
@pytest.mark.parametrize("section", ["triggers", "conditions", "services"])
def test_triggers_conditions_and_actions_are_told_apart_by_their_names(
    section: str, path: Path
) -> None:
    names = Counter(
        str(as_object(texts_of_it)["name"]).casefold()
        for texts_of_it in branch(load_json(path), section).values()
    )
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
@pytest.mark.parametrize("section", ["triggers", "conditions", "services"])
def test_triggers_conditions_and_actions_are_found_by_the_name_of_the_integration(
    section: str, path: Path
) -> None:
    """Home Assistant's editor searches names and descriptions, and nothing else."""
    shown = branch(load_json(path), section)
    assert shown
    not_found = [
        name
        for name, texts_of_it in shown.items()
        if "Obico" not in str(as_object(texts_of_it)["description"])
    ]
    assert not_found == []


# Entities


def test_every_entity_has_a_name_and_none_is_left_over() -> None:
    for domain, module in platforms().items():
        keys = set(entity_keys(domain, module))
        named = set(branch(ENGLISH, "entity", domain))
        assert named <= keys
        # The others bear the name of their device class.
        with_name = {
            key for key in named if branch(ENGLISH, "entity", domain, key).get("name")
        }
        assert domain in NAMED_BY_DEVICE_CLASS or with_name == keys
        assert keys - with_name <= {
            description.translation_key
            for description in descriptions(domain, module)
            if description.device_class
        }


def test_every_option_has_a_text_and_none_is_left_over() -> None:
    compared = 0
    for domain, module in platforms().items():
        for description in descriptions(domain, module):
            shown = branch(ENGLISH, "entity", domain, str(description.translation_key))
            if options := getattr(description, "options", None):
                assert sorted(branch(shown, "state")) == sorted(options)
            elif types := getattr(description, "event_types", None):
                states = branch(shown, "state_attributes", "event_type", "state")
                assert sorted(states) == sorted(types)
            else:
                continue
            compared += 1
    assert compared


@pytest.mark.parametrize("kind", heaters.HeaterKind)
def test_names_of_heaters_use_what_the_heater_fills_in(
    kind: heaters.HeaterKind,
) -> None:
    heater = heaters.Heater(name=HEATER_NAMES[kind], key="key")
    assert heater.kind is kind
    names = [
        str(branch(ENGLISH, "entity", domain, f"{kind}_{description.key}")["name"])
        for domain, module in platforms().items()
        for description in descriptions(domain, module)
        if description.translation_key is None
    ]
    assert names
    for name in names:
        assert placeholders(name) == set(heater.placeholders)


# Errors


def explained_errors() -> dict[str, set[str]]:
    """Return the errors that the code raises with a text, and what it fills in.

    The key stands in the call that makes the error; or in a command, as what is said where
    its agent gives no answer; or errors.py returns it with its placeholders; or
    preconditions.py returns it as what prevents a command.
    """
    errors: dict[str, set[str]] = {}
    for path in python_files():
        for call in calls(syntax_tree(path)):
            key = text_of(keyword(call, "translation_key"))
            if key and keyword(call, "translation_domain"):
                filled = keyword(call, "translation_placeholders")
                errors[key] = literals(filled) if filled else set()
            if unanswered := text_of(keyword(call, "unanswered_error")):
                errors[unanswered] = set()
            if isinstance(call.func, ast.Name) and call.func.id == "_error":
                errors |= {key: set() for key in literals(call.args[0])}
            # What prevents a command, where it is found out.
            if called_name(call) == "ensure" and (key := text_of(call.args[0])):
                errors[key] = set()
    for error in client_errors():
        key, filled_in = client_error_texts._translation_of(error)
        errors[key] = set(filled_in)
    for node in ast.walk(syntax_tree(INTEGRATION / "printer" / "preconditions.py")):
        if isinstance(node, ast.Return):
            errors |= {key: set() for key in literals(node)}
    return errors


def client_errors() -> Iterator[ObicoError]:
    """Give an error of every class that the client raises."""
    classes: list[type[ObicoError]] = [ObicoError]
    for error in classes:
        classes += error.__subclasses__()
    for error in classes:
        if issubclass(error, ObicoServerError):
            yield error("down", status=502)
        else:
            yield error("broken")
    yield ObicoRedirectError("elsewhere", origin=URL("https://elsewhere.example"))


def test_every_error_has_a_text_with_its_placeholders_and_none_is_left_over() -> None:
    messages = {
        key: placeholders(str(as_object(shown)["message"]))
        for key, shown in branch(ENGLISH, "exceptions").items()
    }
    assert messages == explained_errors()


def test_every_error_for_a_user_is_raised_with_a_translation() -> None:
    untranslated = [
        f"{path.relative_to(INTEGRATION)}:{call.lineno}"
        for path in python_files()
        for call in calls(
            syntax_tree(path),
            "HomeAssistantError",
            "ServiceValidationError",
            "UpdateFailed",
            "ConfigEntryAuthFailed",
            "ConfigEntryError",
            "ConfigEntryNotReady",
        )
        if not keyword(call, "translation_key")
    ]
    assert untranslated == []


def filled_in(tree: ast.Module) -> set[str]:
    """Return what a module fills into the texts of all its repairs."""
    (create,) = calls(tree, "async_create_issue")
    common = keyword(create, "translation_placeholders")
    return literals(common) if common else set()


def raised_repairs() -> dict[str, set[str]]:
    """Return the repairs that can be raised, and what is filled into each one's text."""
    tree = syntax_tree(INTEGRATION / "account" / "repairs.py")
    always = filled_in(tree)
    repairs = {
        server_state.SERVER_UNREACHABLE: filled_in(
            syntax_tree(INTEGRATION / "account" / "server_state.py")
        )
    }
    for call in calls(tree, "_set"):
        if isinstance(call.args[0], ast.Name) and call.args[0].id.isupper():
            key = getattr(repairs_module, call.args[0].id)
            repairs[key] = always | {str(given.arg) for given in call.keywords}
    return repairs


AGENT = INTEGRATION / "agent"
AGENT_REPAIRS = {*issues._OF_AGENT, issues.PRINTER_LEFT}


def test_every_repair_of_an_agent_has_texts_for_how_it_is_fixed() -> None:
    for key in AGENT_REPAIRS:
        shown = branch(ENGLISH, "issues", key)
        assert shown["title"]
        if key in issues._FIXABLE:
            flow = branch(shown, "fix_flow")
            assert set(branch(flow, "step")) == {"confirm"}
            assert flow["error"]
            assert flow["abort"]
        else:
            assert set(shown) == {"title", "description"}


def test_every_step_of_the_agents_flow_has_texts() -> None:
    shown = branch(ENGLISH, "config_subentries", SUBENTRY_TYPE)
    steps = {
        text_of(keyword(call, "step_id"))
        for call in calls(
            syntax_tree(AGENT / "flow.py"), "async_show_form", "async_show_menu"
        )
    }
    assert set(branch(shown, "step")) == steps
    entities = branch(shown, "step", "entities")
    schema = forms.entities_schema([]).schema
    for field, value in schema.items():
        if str(field) in forms.SECTIONS:
            part = branch(entities, "sections", str(field))
            fields = {str(key) for key in value.schema.schema}
            assert set(branch(part, "data")) == fields
            assert set(branch(part, "data_description")) == fields
        else:
            assert str(field) in branch(entities, "data")
            assert str(field) in branch(entities, "data_description")
    for step, form in (
        ("device", forms.device_schema(["x"])),
        ("other", forms.OTHER_SCHEMA),
        ("preview", forms.target_schema({})),
    ):
        fields = {str(key) for key in form.schema}
        assert set(branch(shown, "step", step, "data")) == fields
        assert set(branch(shown, "step", step, "data_description")) == fields


def test_every_repair_has_texts_and_none_is_left_over() -> None:
    assert set(branch(ENGLISH, "issues")) == set(raised_repairs()) | AGENT_REPAIRS
    for key, filled in raised_repairs().items():
        shown = branch(ENGLISH, "issues", key)
        assert set(shown) == {"title", "description"}
        assert placeholders(f"{shown['title']} {shown['description']}") <= filled
