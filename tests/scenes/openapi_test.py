"""The document that describes the service is whole. Each scene holds every answer against it."""


def test_the_openapi_document_is_whole(smon):
    document = smon.client.document().document
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] and document["info"]["version"]
    seen = set()
    for path, item in document["paths"].items():
        assert path.startswith("/")
        for method, operation in item.items():
            if method in ("parameters", "summary", "description"):
                continue
            where = f"{method} {path}"
            assert operation["operationId"] not in seen, where
            seen.add(operation["operationId"])
            assert operation.get("tags") and (operation.get("summary") or operation.get("description")), where
            assert operation["responses"], where
            in_path = {part[1:-1] for part in path.split("/") if part.startswith("{")}
            listed = [smon.client.document().resolved(parameter)
                      for parameter in item.get("parameters", []) + operation.get("parameters", [])]
            assert in_path == {parameter["name"] for parameter in listed if parameter["in"] == "path"}, where
            for parameter in listed:
                assert "schema" in parameter, (where, parameter["name"])


def test_every_reference_of_the_openapi_document_leads_somewhere(smon):
    document = smon.client.document()
    references = []

    def walk(node):
        if isinstance(node, dict):
            references.extend([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(document.document)
    assert references
    for reference in references:
        document.resolver.resolve(reference)


def test_a_program_finds_the_document_from_where_it_starts(smon):
    for path in ("/", "/healthz"):
        for method in ("GET", "HEAD"):
            assert smon.client.raw(method, path).headers["Link"] == '</openapi.json>; rel="service-desc"', path


def test_what_is_the_same_for_everybody_is_not_sent_again(smon):
    for path in ("/openapi.json", "/"):
        whole = smon.client.raw("GET", path)
        tag = whole.headers["ETag"]
        if path == "/" and not tag:
            continue  # built without node
        assert whole.status == 200 and not tag.startswith("W/"), whole
        for said in (tag, f"W/{tag}", f'"other", {tag}', "*"):  # a proxy that packs weakens a tag
            again = smon.client.raw("GET", path, headers={"If-None-Match": said})
            assert again.status == 304 and not again.body, (path, said)
            for name in ("ETag", "Cache-Control"):
                assert again.headers[name] == whole.headers[name], (path, said)
            assert again.headers["Vary"] == "Accept-Encoding", (path, said)
        assert smon.client.raw("GET", path, headers={"If-None-Match": '"other"'}).status == 200
