"""server/api/routes.c against server/api/openapi.json, both ways, and what every operation must say."""

import json
import re

import tree

ROUTES = "server/api/routes.c"
DOCUMENT = "server/api/openapi.json"
PROBLEMS = "server/api/problem.c"

ROUTE = re.compile(r'^\s*\{"([A-Z]+)", "(/[^"]*)", (0|ROLE_[A-Z]+), ', re.M)
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}


def routes():
    found = {(method.lower(), path): role for method, path, role in ROUTE.findall(tree.text(ROUTES))}
    assert len(found) > 25
    return found


def document():
    return json.loads(tree.text(DOCUMENT))


def operations():
    return {(method, path): operation for path, item in document()["paths"].items()
            for method, operation in item.items() if method in METHODS}


def resolved(node):
    while "$ref" in node:
        target = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def test_routes_and_document_agree_both_ways():
    tree.fail_with(sorted(map(str, set(routes()) - set(operations()))), "openapi.json lacks")
    tree.fail_with(sorted(map(str, set(operations()) - set(routes()))), "openapi.json says more than routes.c")


def test_who_may_is_told():
    def findings():
        for key, role in routes().items():
            operation = operations()[key]
            if role == "0" and operation.get("security") != []:
                yield f"{key}: is open, the document says it wants a key"
            if role != "0" and f"`{role.removeprefix('ROLE_').lower()}`" not in operation.get("description", ""):
                yield f"{key}: the description does not name the role {role}"
    tree.fail_with(findings(), "roles in routes.c and openapi.json")


def test_every_operation_is_whole():
    def findings():
        seen = set()
        for key, operation in operations().items():
            if operation["operationId"] in seen:
                yield f"{key}: operationId is not its own"
            seen.add(operation["operationId"])
            if not operation.get("tags") or not operation.get("summary"):
                yield f"{key}: tags and summary"
            if "default" not in operation["responses"]:
                yield f"{key}: no problem answer"
            examples = [media.get("example") for response in operation["responses"].values()
                        for media in resolved(response).get("content", {}).values()]
            if None in examples:
                yield f"{key}: an answer without an example"
            for parameter in map(resolved, operation.get("parameters", [])):
                if "schema" not in parameter:
                    yield f"{key}: parameter {parameter['name']} without a schema"
    tree.fail_with(findings(), "operations of openapi.json")


def test_known_parameters_are_described():
    """Each list's `known` names stand in the document, and the document names no others."""
    named = set()
    for name in tree.written(".c", under=("server/api/",)):
        for block in re.findall(r"known\[\]\s*=\s*\{(.*?)\}", tree.text(name), re.S):
            named |= {word.rstrip(".") for word in re.findall(r'"([^"]+)"', block)}
    for name in tree.written(".h", under=("server/",)):
        for block in re.findall(r"#define \w+_PARAMS\b((?:.*\\\n)*.*)", tree.text(name)):
            named |= set(re.findall(r'"([^"]+)"', block))
    described = {resolved(parameter)["name"] for operation in operations().values()
                 for parameter in operation.get("parameters", []) if resolved(parameter)["in"] == "query"}
    tree.fail_with(sorted(named - described), "parameters that openapi.json lacks")
    tree.fail_with(sorted(described - named), "parameters that no handler knows")


def test_problem_types_named_in_code_exist():
    known = set(re.findall(r'\{"([a-z-]+)", \d{3}, "', tree.text(PROBLEMS)))
    assert len(known) > 10
    used = {slug for name in tree.written(".c", under=("server/api/",))
            for slug in re.findall(r'problem_reply_as\(\w+, "([a-z-]+)"', tree.text(name))
            + re.findall(r'problem_find\(STR\("([a-z-]+)"\)\)', tree.text(name))}
    tree.fail_with(sorted(used - known), "problem types without a line in problem.c")


def test_the_document_is_openapi_3_1():
    whole = document()
    assert whole["openapi"].startswith("3.1.")
    assert whole["info"]["title"] and whole["info"]["version"]
    version = re.search(r"project\(smon VERSION (\S+)", tree.text("CMakeLists.txt")).group(1)
    assert whole["info"]["version"] == version
