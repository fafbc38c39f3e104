"""HTTP as a scene speaks it: every JSON answer is held against the service's own OpenAPI document."""

import base64
import http.client
import json
import re
import socket
import urllib.parse

import jsonschema


class Thing(dict):
    """A JSON object whose members can be read with a dot; an absent one is None."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body, object_hook=Thing)

    def __repr__(self):
        return f"<{self.status} {self.text[:300]!r}>"


class Document:
    """The OpenAPI document, for looking up what an answer must look like."""

    def __init__(self, document):
        self.document = document
        self.resolver = jsonschema.RefResolver("", document)
        self.templates = sorted(
            ((re.compile("/".join("[^/]+" if part.startswith("{") else re.escape(part)
                                  for part in path.split("/")) + "$"), path)
             for path in document["paths"]),
            key=lambda pair: pair[1].count("{"))

    def resolved(self, node):
        while "$ref" in node:
            _, node = self.resolver.resolve(node["$ref"])
        return node

    def schema(self, method, path, status, media):
        """The schema of this answer; fails when the document does not know it."""
        for pattern, template in self.templates:
            if not pattern.match(path):
                continue
            item = self.document["paths"][template]
            operation = item.get(method.lower()) or (item.get("get") if method == "HEAD" else None)
            if not operation:
                continue
            answers = operation["responses"]
            answer = answers.get(str(status)) or answers.get(f"{str(status)[0]}XX") or answers.get("default")
            assert answer, f"{method} {template} answers {status}, which openapi.json does not say"
            content = self.resolved(answer).get("content", {})
            assert media in content, f"{method} {template} {status} is {media}, openapi.json says {list(content)}"
            return content[media].get("schema", {})
        return None  # a path that is not there: the problem document below

    def check(self, method, path, answer):
        media = (answer.headers.get("Content-Type") or "").split(";")[0].strip()
        if not answer.body or media not in ("application/json", "application/problem+json"):
            return
        schema = self.schema(method, path, answer.status, media)
        if schema is None:
            schema = {"$ref": "#/components/schemas/problem"}
        value = json.loads(answer.body)
        errors = list(jsonschema.Draft202012Validator(schema, resolver=self.resolver).iter_errors(value))
        assert not errors, (f"{method} {path} {answer.status}: {errors[0].message} "
                            f"at {list(errors[0].absolute_path)}")


class Client:
    """One keep-alive connection with one key."""

    documents = {}  # by build: the document does not change while a test run lasts

    def __init__(self, host, port, key=None, build=None, timeout=10):
        self.host, self.port, self.key, self.build, self.timeout = host, port, key, build, timeout
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def with_key(self, key):
        return Client(self.host, self.port, key, self.build, self.timeout)

    def raw(self, method, target, body=None, headers=None):
        """One request, unchecked; a connection that was closed meanwhile is opened again once."""
        sent = {"X-API-Key": self.key} if self.key else {}
        sent.update(headers or {})
        for is_last in (False, True):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
            try:
                self.connection.request(method, target, body, sent)
                got = self.connection.getresponse()
                answer = Answer(got.status, got.headers, got.read())
                if got.will_close:
                    self.close()
                return answer
            except (http.client.HTTPException, ConnectionError):
                self.close()
                if fresh or is_last:
                    raise

    def document(self):
        if self.build not in self.documents:
            answer = self.raw("GET", "/openapi.json")
            assert answer.status == 200, answer
            self.documents[self.build] = Document(json.loads(answer.body))
        return self.documents[self.build]

    def ask(self, method, path, body=None, headers=None, **query):
        """One request; query members whose value is None are left out; lists are joined."""
        words = {name: ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
                 for name, value in query.items() if value is not None}
        target = path + ("?" + urllib.parse.urlencode(words) if words else "")
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers = {"Content-Type": "application/json", **(headers or {})}
        if isinstance(body, str):
            body = body.encode()
        answer = self.raw(method, target, body, headers)
        self.document().check(method, path, answer)
        return answer

    def get(self, path, **query):
        return self.ask("GET", path, **query)


def basic(key, user="smon"):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()}


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def exchange(host, port, sent, timeout=15):
    """Bytes on a socket of its own, and all bytes that come back until the peer closes."""
    with socket.create_connection((host, port), timeout=timeout) as connection:
        connection.sendall(sent)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def as_eventbridge(body, key, header="x-api-key", path="/ingest/eventbridge"):
    """The request of an EventBridge API destination, byte for byte as documented."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return (f"POST {path} HTTP/1.1\r\n"
            "Host: monitor.example.com\r\n"
            "User-Agent: Amazon/EventBridge/ApiDestinations\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "Range: bytes=0-1048575\r\n"
            "Accept-Encoding: gzip,deflate\r\n"
            f"{header}: {key}\r\n"
            f"Content-Length: {len(body)}\r\n"
            "Connection: close\r\n"
            "\r\n").encode() + body
