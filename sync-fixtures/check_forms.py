"""Holds the kiosk's forms against their JSON Schemas, on every file of answers here.

usage: check_forms.py KIOSK    (the program's path; needs the package jsonschema)

For each file: what the schema refuses, the kiosk refuses; what the kiosk takes, the schema takes. A defect of a kind that a
schema can say is refused by the schema too, and every defect is found by the kiosk.
"""

import json
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

HERE = Path(__file__).parent
SAYABLE = {
    "required", "not-text", "not-yes-or-no", "not-a-choice", "name-has-digits", "not-a-citizen-number", "not-an-identity-card",
    "not-an-email", "not-a-number", "too-small", "too-large", "too-few", "too-many", "unknown-field",
}
# The day of the letter, on which the files are right or wrong as they say.
DAY = "2022-04-08"
# Needed by age, which a schema cannot count.
BY_AGE = {"/consent/parents", "/members/0/citizenId"}


def kiosk(*words: str) -> tuple[int, object]:
    outcome = subprocess.run([sys.argv[1], *words], capture_output=True, text=True)
    if not outcome.stdout.strip():
        sys.exit(f"kiosk {' '.join(words)}: {outcome.stderr}")
    return outcome.returncode, json.loads(outcome.stdout)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    validators: dict[str, Draft202012Validator] = {}
    faults: list[str] = []
    count = 0
    for path in sorted(p for folder in ("answers", "lawful", "defects") for p in (HERE / folder).glob("*.json")):
        fixture = json.loads(path.read_text())
        code = fixture["procedure"]
        if code not in validators:
            schema = kiosk("procedure", "schema", code)[1]
            Draft202012Validator.check_schema(schema)
            validators[code] = Draft202012Validator(schema)
        refused = [error.json_path for error in validators[code].iter_errors(fixture["answers"])]
        status, issues = kiosk("dossier", "check", str(path), "--procedure", code, "--day", DAY)
        has_error = any(issue["severity"] == "error" for issue in issues)
        name = path.relative_to(HERE)
        count += 1
        if (status == 1) != has_error:
            faults.append(f"{name}: the exit status {status} does not fit the issues")
        if refused and not has_error:
            faults.append(f"{name}: the kiosk takes it, the schema refuses {refused}")
        if path.parent.name != "defects" and has_error:
            faults.append(f"{name}: refused by the kiosk: {issues}")
        expected = fixture.get("expected", {})
        if expected and not any((issue["pointer"], issue["code"]) == (expected["pointer"], expected["code"]) for issue in issues):
            faults.append(f"{name}: the kiosk does not see {expected}")
        if expected.get("code") in SAYABLE and expected["pointer"] not in BY_AGE and not refused:
            faults.append(f"{name}: the schema does not see {expected}")
    if faults:
        sys.exit("\n".join(faults))
    print(f"{count} files: kiosk and schema agree")


if __name__ == "__main__":
    main()
