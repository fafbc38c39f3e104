"""dashboards/: what is committed is what the generators write, and what a board asks for can be asked."""

import json
import re
import shutil
import subprocess
import sys

import pytest
import tree

GRAFANA, CLOUDWATCH, PROMETHEUS = (tree.ROOT / "dashboards" / name for name in ("grafana", "cloudwatch", "prometheus"))
sys.path.append(str(GRAFANA))

import read  # noqa: E402  the path above comes first

TYPES = {"json": "simpod-json-datasource", "infinity": "yesoreyeram-infinity-datasource"}
BUILT_IN = {"__from", "__to", "__rate_interval", "__url_time_range", "__data", "__field", "__all"}
SAMPLES = [{"value": "111122223333"}, {"value": ["111122223333", 'a "quoted" one']}, {"value": ".*"}]


def boards():
    found = read.boards()
    assert len(found) == 8, sorted(found)
    return found.items()


def run(*arguments, cwd=tree.ROOT):
    return subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=cwd)


def everything(node, name):
    """Every value of members of this name, however deep."""
    if isinstance(node, list):
        for item in node:
            yield from everything(item, name)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == name:
                yield value
            yield from everything(value, name)


# --- Grafana ---


def test_the_boards_are_what_the_generator_writes():
    told = run(sys.executable, "-B", str(GRAFANA / "make.py"), "--check")
    tree.fail_with(told.stdout.splitlines() + told.stderr.splitlines()[-1:], "run dashboards/grafana/make.py")


def test_a_board_can_be_provisioned():
    uids = [board["uid"] for _, board in boards()]
    assert len(set(uids)) == len(uids) and all(len(uid) <= 40 for uid in uids)
    for name, board in boards():
        assert board["id"] is None and board["schemaVersion"] == 39, name
        assert board["title"] and board["description"] and board["timezone"] == "utc", name
        assert "__inputs" not in board, f"{name}: placeholders are filled by the import dialog only"


def test_data_sources_are_variables():
    """A provisioned board works under any uid."""
    def findings():
        for name, board in boards():
            kinds = {"${ds}": TYPES[board["tags"][1]], "${prom}": "prometheus"}
            given = {"${" + one["name"] + "}" for one in board["templating"]["list"] if one["type"] == "datasource"}
            for source in everything(board, "datasource"):
                if kinds.get(source["uid"]) != source["type"] or source["uid"] not in given:
                    yield f"{name}: {source}"
    tree.fail_with(findings(), "data sources of boards")


def test_panels_do_not_overlap_and_say_what_they_show():
    def findings():
        for name, board in boards():
            taken = {}
            for panel in board["panels"]:
                place = panel["gridPos"]
                if place["x"] + place["w"] > 24:
                    yield f"{name}: '{panel['title']}' is too wide"
                for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"])
                             for y in range(place["y"], place["y"] + place["h"])):
                    if cell in taken:
                        yield f"{name}: '{panel['title']}' lies on '{taken[cell]}'"
                        break
                    taken[cell] = panel["title"]
                if panel["type"] != "row" and not (panel["description"].endswith(".") and panel["targets"]):
                    yield f"{name}: '{panel['title']}' needs a description and a question"
            numbers = [panel["id"] for panel in board["panels"]]
            if len(set(numbers)) != len(numbers):
                yield f"{name}: two panels have one id"
    tree.fail_with(findings(), "panels")


def test_variables_that_are_used_are_there():
    def findings():
        for name, board in boards():
            given = {one["name"] for one in board["templating"]["list"]} | BUILT_IN
            used = {found[0] or found[2] for text in strings(board) for found in read.VARIABLE.findall(text)
                    if " as $" not in text}  # jq has variables of its own
            for one in sorted(used - given):
                yield f"{name}: {one}"
    tree.fail_with(findings(), "no such variable")


def strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, (list, dict)):
        for item in node.values() if isinstance(node, dict) else node:
            yield from strings(item)


def test_links_lead_to_boards_and_set_variables_they_have():
    by_uid = {board["uid"]: {one["name"] for one in board["templating"]["list"]} for _, board in boards()}
    seen = 0
    for name, board in boards():
        for url in everything(board, "url"):
            found = re.match(r"/d/([\w-]+)\?", url)
            if found:
                seen += 1
                assert found.group(1) in by_uid, f"{name}: {url}"
                assert set(re.findall(r"var-(\w+)=", url)) <= by_uid[found.group(1)], f"{name}: {url}"
    assert seen >= 4


@pytest.mark.parametrize("sample", SAMPLES, ids=["one", "several", "all"])
def test_payloads_parse_whatever_a_variable_holds(sample):
    """A payload that does not parse is sent as {} without a word: it would ask for everything."""
    for name, board in boards():
        samples = {one["name"]: sample["value"] if one.get("multi") else "/a/b_c" for one in board["templating"]["list"]}
        for who, target, _ in read.questions(board):
            if "payload" not in target:
                continue
            payload = json.loads(read.put_in(target["payload"], samples))
            assert isinstance(payload, dict), f"{name}: {who}"
            for member in re.findall(r'"(\w+)": \[\$\{', target["payload"]):
                assert payload[member] == (sample["value"] if isinstance(sample["value"], list) else [sample["value"]])


def test_metrics_are_in_the_table_of_the_service():
    """A scene asks the service itself; this says it sooner."""
    known = set(re.findall(r'(?:\.name = |[A-Z]+\()"(\w+)"', tree.text("server/api/grafana/metric.c")))
    asked = {target["target"] for _, board in boards() for _, target, _ in read.questions(board) if "payload" in target}
    assert len(known) > 30 and len(asked) > 15
    tree.fail_with(sorted(asked - known), "server/api/grafana/metric.c has no such metric")


def operations():
    document = json.loads(tree.text("server/api/openapi.json"))

    def resolved(node):
        while "$ref" in node:
            target = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node
    return {path: {resolved(one)["name"]: resolved(one).get("schema", {}) for one in item["get"].get("parameters", [])}
            for path, item in document["paths"].items() if "get" in item}


def test_rest_questions_are_in_the_document():
    known = operations()
    patterns = [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$"), path) for path in
                sorted(known, key=lambda path: path.count("{"))]

    def findings():
        for name, board in boards():
            samples = dict.fromkeys([one["name"] for one in board["templating"]["list"]] + list(BUILT_IN), "7")
            for who, target, _ in read.questions(board):
                if "url" not in target:
                    continue
                path, _, query = read.combined(read.put_in(target["url"], samples)).partition("?")
                template = next((known_path for pattern, known_path in patterns if pattern.match(path)), None)
                if not template:
                    yield f"{name}: {who}: {path} is not in openapi.json"
                    continue
                for word, _, value in (pair.partition("=") for pair in query.split("&")):
                    schema = known[template].get(word)
                    if schema is None:
                        yield f"{name}: {who}: {template} has no parameter {word}"
                    elif value not in schema.get("enum", [value]):
                        yield f"{name}: {who}: {word}={value}"
    tree.fail_with(findings(), "REST questions of boards")


def test_infinity_asks_in_a_way_it_can_page_and_plot():
    for name, board in boards():
        for who, target, _ in read.questions(board):
            if "url" not in target:
                continue
            assert "time_format=epoch_ms" in target["url"], f"{name}: {who}"
            assert target["parser"] in ("backend", "jq-backend") and target["columns"], f"{name}: {who}"
            if "pagination_mode" in target:
                assert target["parser"] == "backend" and "cursor" in known_parameters(target), f"{name}: {who}"


def known_parameters(target):
    return operations()[target["url"].partition("?")[0].replace("${job:percentencode}", "{id}")]


def test_provisioning_names_the_folders_that_are_there():
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not here")
    sources = yaml.safe_load(tree.text("dashboards/grafana/provisioning/datasources/smon.yaml"))["datasources"]
    assert {one["type"] for one in sources} == {*TYPES.values(), "prometheus"}
    assert next(one["uid"] for one in sources if one["type"] == TYPES["json"]) == "smon"
    providers = yaml.safe_load(tree.text("dashboards/grafana/provisioning/dashboards/smon.yaml"))["providers"]
    assert {one["options"]["path"].rsplit("/", 1)[1] for one in providers} == set(TYPES)


# --- CloudWatch ---


def test_the_cloudwatch_board_is_what_its_generator_writes():
    told = run(sys.executable, "-B", str(CLOUDWATCH / "make.py"), "-")
    assert told.returncode == 0, told.stderr
    assert told.stdout == (CLOUDWATCH / "fleet.json").read_text(), "run dashboards/cloudwatch/make.py"


def widgets(*arguments):
    return json.loads(run(sys.executable, "-B", str(CLOUDWATCH / "make.py"), *arguments, "-").stdout)["widgets"]


def test_widgets_are_as_cloudwatch_documents_them():
    needed = {"metric": {"metrics", "region", "view"}, "log": {"query", "region"}, "text": {"markdown"}}
    taken = set()
    for widget in widgets():
        assert needed[widget["type"]] <= set(widget["properties"]), widget
        assert 1 <= widget["width"] <= 24 - widget["x"] and 1 <= widget["height"] <= 1000, widget
        cells = {(x, y) for x in range(widget["x"], widget["x"] + widget["width"])
                 for y in range(widget["y"], widget["y"] + widget["height"])}
        assert not cells & taken, widget
        taken |= cells
        for (line,) in widget["properties"].get("metrics", []):
            assert re.match(r"[a-z]\w*$", line["id"]) and line["expression"].count("(") == line["expression"].count(")")
        assert not widget["type"] == "log" or widget["properties"]["query"].startswith("SOURCE '")


def test_the_six_widgets_of_the_reference_stand_in_their_places():
    places = {(one["x"], one["y"], one["width"], one["height"]): one["properties"]["title"] for one in widgets()[:6]}
    assert places == {(0, 0, 12, 6): "Total Processing Job Count", (12, 0, 12, 6): "Failed Processing Job Count",
                      (0, 6, 24, 6): "SageMaker Processing Job History",
                      (0, 12, 12, 6): "Total Training Job Count", (12, 12, 12, 6): "Failed Training Job Count",
                      (0, 18, 24, 6): "SageMaker Training Job History"}


def emf_metrics():
    """What collectors/emit/document.c can write, by the names in server/format."""
    kinds = re.findall(r'\{"\w+", "([A-Z_]+)", "(\w+)"', tree.text("server/format/kind.c"))
    suffixes = {suffix for suffix in re.findall(r'"%s([^"]+)"', tree.text("collectors/emit/document.c"))}
    hosts = re.findall(r'"(\w+Utilization)"', tree.text("server/format/utilization.c"))
    assert {"Count_Total", "_%s_Average", "_%sNormalized_Average"} <= suffixes and len(hosts) == 5 and len(kinds) > 8
    found = {}
    for job_type, prefix in kinds:
        names = {prefix + suffix.replace("%s", host) for suffix in suffixes for host in hosts}
        found[job_type] = names | {f"{prefix}Count_Failed"}
    return found


def test_cloudwatch_asks_for_metrics_that_are_emitted():
    known = emf_metrics()
    asked = [found for widget in widgets() for (line,) in widget["properties"].get("metrics", [])
             for found in re.findall(r'jobType="(\w+)" MetricName="(\w+)"', line["expression"])]
    assert len(asked) > 30
    tree.fail_with(sorted({f"{job_type} {name}" for job_type, name in asked if name not in known.get(job_type, ())}),
                   "never emitted")
    for widget in widgets():
        if widget["type"] == "log":
            job_type = re.search(r'jobType = "(\w+)"', widget["properties"]["query"]).group(1)
            members = set(re.findall(r"\w+Job_\w+", widget["properties"]["query"]))
            assert len(members) == 5 and members <= known[job_type]


def test_the_cloudwatch_board_goes_where_the_metrics_are():
    text = json.dumps(widgets("--region", "eu-west-1", "--namespace", "acme:jobs"))
    assert "us-east-1" not in text and "/sample/" not in text
    assert '{\\\\\\"acme:jobs\\\\\\",account' in text.replace('\\"', '\\\\\\"') and "SOURCE 'acme_jobs'" in text


# --- Prometheus ---


@pytest.fixture
def promtool():
    if not shutil.which("promtool"):
        pytest.skip("promtool is not here")
    return lambda *arguments: run("promtool", *arguments, cwd=PROMETHEUS)


@pytest.mark.parametrize("arguments", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml"),
                                       ("check", "config", "--syntax-only", "scrape.yaml")], ids=" ".join)
def test_promtool_agrees(promtool, arguments):
    told = promtool(*arguments)
    assert told.returncode == 0, told.stdout + told.stderr


def test_expressions_of_boards_are_promql(promtool, tmp_path):
    expressions = {target["expr"] for _, board in boards() for _, target, _ in read.questions(board) if "expr" in target}
    assert len(expressions) > 30
    samples = {"scrape": ".+", "instance": ".+", "__rate_interval": "1m"}
    rules = [{"record": f"asked:{number}", "expr": read.put_in(one, samples)}
             for number, one in enumerate(sorted(expressions))]
    file = tmp_path / "asked.json"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "asked", "rules": rules}]}))
    told = promtool("check", "rules", str(file))
    assert told.returncode == 0, told.stdout + told.stderr
