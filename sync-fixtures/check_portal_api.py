#!/usr/bin/env python3
"""Checks portal-api.yaml: that it is valid OpenAPI 3.1, and that every example in it fits its own schema.

    python3 sync-fixtures/check_portal_api.py [FILE]

Needs openapi-spec-validator (which brings jsonschema, referencing and rfc3339-validator) and PyYAML.
Exit status: 0 sound, 1 at fault (each fault on a line of its own, beginning with its path), 2 the check cannot be made.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

try:
    import yaml
    from jsonschema import Draft202012Validator
    from openapi_spec_validator import OpenAPIV31SpecValidator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012
except ImportError as missing:
    print(f"cannot check: {missing}; pip install openapi-spec-validator PyYAML", file=sys.stderr)
    sys.exit(2)

BASE = "urn:portal-api"
FORMATS = Draft202012Validator.FORMAT_CHECKER

# Where a schema holds further schemas (JSON Schema 2020-12, core 10 and 11).
ONE_SCHEMA = {"additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames",
              "then", "unevaluatedItems", "unevaluatedProperties"}
SCHEMAS_BY_NAME = {"$defs", "dependentSchemas", "patternProperties", "properties"}
SCHEMAS_IN_A_ROW = {"allOf", "anyOf", "oneOf", "prefixItems"}

Steps = tuple[str | int, ...]
# An example: where it stands, the example itself, and where its schema stands.
Example = tuple[Steps, Any, Steps]


class StrictLoader(yaml.SafeLoader):
    """PyYAML lets the last of two equal keys win, so a path written twice would vanish unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        mapping = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} needs quotes", key_node.start_mark)
            if key in mapping:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


def pointer(steps: Steps) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def lookup(document: Any, reference: str) -> tuple[Any, Steps]:
    """What a reference inside the document points to, followed to its end."""
    steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in reference.removeprefix("#/").split("/"))
    found = document
    for step in steps:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return lookup(document, found["$ref"]) if isinstance(found, dict) and "$ref" in found else (found, steps)


def short(message: str) -> str:
    """A validator's message may quote all that it looked at."""
    return message if len(message) <= 300 else f"{message[:150]} … {message[-140:]}"


def faults_of_references(document: dict, node: Any, at: Steps = ()) -> Iterator[str]:
    for key, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "$ref" and isinstance(part, str):
            try:
                lookup(document, part)
            except (KeyError, IndexError, ValueError, TypeError, RecursionError):
                yield f"{pointer((*at, key))}: {part} leads to nothing in this file"
        yield from faults_of_references(document, part, (*at, key))


def examples_of_schema(schema: Any, at: Steps) -> Iterator[Example]:
    if not isinstance(schema, dict):
        return
    for index, value in enumerate(schema.get("examples", [])):
        yield (*at, "examples", index), value, at
    for keyword in ("example", "default"):
        if keyword in schema:
            yield (*at, keyword), schema[keyword], at
    for keyword, held in schema.items():
        if keyword in ONE_SCHEMA:
            yield from examples_of_schema(held, (*at, keyword))
        elif keyword in SCHEMAS_BY_NAME:
            for name, part in held.items():
                yield from examples_of_schema(part, (*at, keyword, name))
        elif keyword in SCHEMAS_IN_A_ROW:
            for index, part in enumerate(held):
                yield from examples_of_schema(part, (*at, keyword, index))


def examples_of(document: dict, node: Any, at: Steps = ()) -> Iterator[Example]:
    """The examples of parameters, headers, bodies and schemas, anywhere below a node of the description."""
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from examples_of(document, part, (*at, index))
    if not isinstance(node, dict):
        return
    if "schema" in node:
        schema_at = (*at, "schema")
        if "example" in node:
            yield (*at, "example"), node["example"], schema_at
        for name, example in node.get("examples", {}).items():
            where: Steps = (*at, "examples", name)
            if "$ref" in example:
                example, where = lookup(document, example["$ref"])
            if "value" in example:
                yield (*where, "value"), example["value"], schema_at
        yield from examples_of_schema(node["schema"], schema_at)
    for key, part in node.items():
        if at == ("components",) and key == "schemas":
            for name, schema in part.items():
                yield from examples_of_schema(schema, (*at, key, name))
        elif key not in {"schema", "example", "examples"}:
            yield from examples_of(document, part, (*at, key))


def faults_of_specification(document: dict) -> Iterator[str]:
    if not str(document.get("openapi", "")).startswith("3.1."):
        yield f"/openapi: {document.get('openapi')!r} is not a version 3.1"
    try:
        for error in OpenAPIV31SpecValidator(document).iter_errors():
            yield f"{pointer(tuple(error.absolute_path)) or '/'}: {short(error.message)}"
    except Exception as error:  # what the validator cannot walk ends it with an error that is not in its list
        yield f"/: {type(error).__name__}: {short(str(error))}"


def faults_of_example(example: Example, registry: Registry) -> Iterator[str]:
    at, value, schema_at = example
    schema = {"$ref": f"{BASE}#{quote(pointer(schema_at), safe='/~')}"}
    for error in Draft202012Validator(schema, registry=registry, format_checker=FORMATS).iter_errors(value):
        yield f"{pointer((*at, *error.absolute_path))}: does not fit {pointer(schema_at)}: {short(error.message)}"
        for part in error.context or ():
            yield f"{pointer((*at, *part.absolute_path))}:   of its alternatives: {short(part.message)}"


def main() -> int:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("portal-api.yaml")
    absent = {"date", "date-time", "json-pointer", "uuid"} - FORMATS.checkers.keys()
    if absent:
        print(f"cannot check: jsonschema has no checker for {sorted(absent)}; pip install 'jsonschema[format]'",
              file=sys.stderr)
        return 2
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=StrictLoader)
    except OSError as error:
        print(f"cannot check: {error}", file=sys.stderr)
        return 2
    except yaml.YAMLError as error:
        print(f"{file.name}: not readable as YAML: {error}")
        return 1
    if not isinstance(document, dict):
        print(f"{file.name}: not a mapping")
        return 1

    faults = list(faults_of_references(document, document)) or list(faults_of_specification(document))
    count = 0
    if not faults:
        registry = Registry().with_resource(BASE, DRAFT202012.create_resource(document))
        seen = list(examples_of(document, document))
        count = len(seen)
        faults = [fault for example in seen for fault in faults_of_example(example, registry)]
        values = {pointer(at) for at, _, _ in seen}
        for name in document.get("components", {}).get("examples", {}):
            at = pointer(("components", "examples", name))
            if f"{at}/value" not in values:
                faults.append(f"{at}: nothing refers to it, so it has no schema to fit")
    for fault in faults:
        print(f"{file.name}#{fault}")
    operations = sum(method in item for item in (document.get("paths") or {}).values() if isinstance(item, dict)
                     for method in ("get", "put", "post", "delete", "options", "head", "patch", "trace"))
    print(f"{file.name}: {len(faults)} fault(s)" if faults
          else f"{file.name}: valid OpenAPI {document['openapi']}, {operations} operations, {count} examples fit")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
