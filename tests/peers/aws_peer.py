"""A scripted AWS service on loopback that judges what it receives.

The base class of every AWS fake here (sts.py, CloudWatch, Logs, ...). It reads a request, checks its
signature by computing it again with botocore's own signer, and calls the method named after the
action: `do_GetMetricData(call)` for `X-Amz-Target: Granite....GetMetricData` (JSON) as well as for
`Action=GetMetricData` (Query). The method returns a dict (JSON answer), a str (XML answer), bytes, a
`Reply`, or raises `AwsError("Throttling", "Rate exceeded")`, which is answered in the protocol of the
request.

    class CloudWatch(AwsPeer):
        services = ("monitoring",)           # signing names that are ours; () takes any
        def do_GetMetricData(self, call):    # call.json, call.params, call.account, call.region, ...
            return {"MetricDataResults": []}

    with CloudWatch() as aws:
        aws.environment()                    # AWS_ENDPOINT_URL, keys, region: for the program under test
        aws.next(throttle(), throttle())     # the next two requests; next(fault, on="GetMetricData")
        ...
        assert aws.calls("GetMetricData") == 3
        assert aws.seen("GetMetricData")[0].json["StartTime"] == 1714557600
        assert aws.wrong == []               # also checked when the `with` block ends

Peers that share a `Keyring` know each other's keys: what the STS peer hands out, CloudWatch accepts,
and `call.account` tells who asks. `aws.wrong` holds one sentence for every request that a real
service would have refused for its signature; such a request is answered 403 as AWS does.

Ways to misbehave (all also for plain HTTP peers): slow silent close_before close_midway status
throttle server_error rubbish too_much skewed expired. As a program (`python3 sts.py`) a peer prints its
URL and runs until its standard input ends; `POST /_peer/next {"fault":"throttle","args":[],"on":null,
"times":2}`, `POST /_peer/shift {"seconds":3600}`, `POST /_peer/clear`, `GET /_peer/seen` and
`GET /_peer/wrong` script it from outside.

Time: a peer lives in the time of the program under test when SMON_CLOCK_FILE is in the environment
(or `peer.clock = movable_clock(path)`); `peer.shift` seconds later or earlier than that.
"""
import datetime
import email.utils
import gzip
import json
import os
import secrets
import socket
import struct
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

try:
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:  # the programs say so and end with 77, which a test takes as "skip"
    SigV4Auth = None

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ACCOUNT = "123456789012"
SKEW_SECONDS = 300


def movable_clock(path):
    """Epoch seconds, shifted by the milliseconds that the file holds (server/base/when.h)."""
    def now():
        with open(path, "rb") as file:
            return time.time() + struct.unpack("=q", file.read(8))[0] / 1000
    return now


class Key:
    """One access key: who it belongs to, and until when (epoch seconds; None: for ever)."""

    def __init__(self, key, secret, token=None, account=ACCOUNT, role=None, expires=None):
        self.key, self.secret, self.token = key, secret, token
        self.account, self.role, self.expires = account, role, expires


class Keyring:
    """The keys that exist. Shared by peers that belong to one world."""

    def __init__(self):
        self.lock = threading.Lock()
        self.keys = {}
        self.add(Key(KEY, SECRET))

    def add(self, key):
        with self.lock:
            self.keys[key.key] = key
        return key

    def find(self, key):
        with self.lock:
            return self.keys.get(key)

    def issue(self, account=ACCOUNT, role=None, seconds=3600, now=None, token_size=400):
        """A fresh temporary key."""
        return self.add(Key("ASIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30),
                            secrets.token_urlsafe(token_size), account, role,
                            (now or time.time()) + seconds))

    def expire(self, key):
        self.find(key).expires = 0


class AwsError(Exception):
    """Answered in the protocol of the request."""

    def __init__(self, code, message="", http=400):
        super().__init__(code)
        self.code, self.message, self.http = code, message, http


class Reply:
    def __init__(self, status=200, body=b"", headers=None):
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = dict(headers or {})


class Call:
    """One request as it came, and what the signature says about who asks."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.raw = method, target, headers, body
        self.body = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        self.path, _, self.query = target.partition("?")
        self.at = time.time()
        self.key = self.account = self.role = self.region = self.service = None
        self.signed = False
        self.params, self.json = {}, None
        kind = headers.get("content-type", "")
        self.is_query = kind.startswith("application/x-www-form-urlencoded") or bool(
            self.query and "Action=" in self.query)
        if self.is_query:
            text = self.body.decode() or self.query
            self.params = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        elif "json" in kind:
            self.json = json.loads(self.body or b"{}")
        self.action = self.params.get("Action") or headers.get(
            "x-amz-target", "").rpartition(".")[2] or None

    def brief(self):
        """What may be shown: everything but the authorization."""
        return {"method": self.method, "target": self.target, "action": self.action,
                "headers": {k: v for k, v in self.headers.items() if k != "authorization"},
                "body": self.body.decode("utf-8", "replace"), "key": self.key,
                "account": self.account, "region": self.region, "service": self.service,
                "signed": self.signed}


# --- ways to misbehave: each takes the connection (a handler) and the peer; True: it answered ------

def slow(seconds):
    """Answers properly, but late."""
    def fault(handler, peer, call):
        peer.stopping.wait(seconds)
        return False
    return fault


def silent(seconds=30):
    """Takes the request and says nothing."""
    def fault(handler, peer, call):
        peer.stopping.wait(seconds)
        return handler.hang_up()
    return fault


def close_before():
    """Resets the connection without an answer."""
    def fault(handler, peer, call):
        return handler.reset()
    return fault


def close_midway(promised=1000):
    """Promises a body and closes in the middle of it."""
    def fault(handler, peer, call):
        handler.send_raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                         b"Content-Length: %d\r\n\r\n{\"Metric" % promised)
        return handler.hang_up()
    return fault


def status(code, body="", headers=None):
    """A ready answer."""
    def fault(handler, peer, call):
        return handler.answer(Reply(code, body, headers))
    return fault


def failing(code, message="", http=400):
    """An AWS error in the protocol of the request."""
    def fault(handler, peer, call):
        return handler.answer(peer.render_error(call, AwsError(code, message, http)))
    return fault


def throttle(code="ThrottlingException"):
    return failing(code, "Rate exceeded", 400)


def too_many_requests(retry_after="1"):
    """A bare 429 with a hint."""
    return status(429, "slow down", {"Retry-After": retry_after})


def server_error(code=500):
    return status(code, "<html>internal</html>")


def rubbish():
    """Not HTTP at all."""
    def fault(handler, peer, call):
        handler.send_raw(b"\x16\x03\x01 what is this? \xff\xfe\r\n\r\n")
        return handler.hang_up()
    return fault


def rubbish_body(text="{\"MetricDataResults\": [tru"):
    return status(200, text, {"Content-Type": "application/json"})


def too_much(size=64 << 20):
    """A body without end (until `size`)."""
    def fault(handler, peer, call):
        handler.send_raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                         b"Connection: close\r\n\r\n")
        piece = b"x" * 65536
        for _ in range(size // len(piece)):
            if peer.stopping.is_set() or not handler.send_raw(piece):
                break
        return handler.hang_up()
    return fault


def drip(seconds=30):
    """An answer at ten bytes a second."""
    def fault(handler, peer, call):
        handler.send_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        end = time.monotonic() + seconds
        while time.monotonic() < end and not peer.stopping.wait(0.1) and handler.send_raw(b" "):
            pass
        return handler.hang_up()
    return fault


def skewed(seconds):
    """Refuses as a service whose clock differs from ours by `seconds`, and says its time."""
    def fault(handler, peer, call):
        reply = peer.render_error(call, AwsError("RequestTimeTooSkewed", "the difference", 403))
        reply.headers["Date"] = email.utils.formatdate(peer.now() + seconds, usegmt=True)
        return handler.answer(reply)
    return fault


def expired(code="ExpiredTokenException"):
    return failing(code, "The security token included in the request is expired", 400)


FAULTS = {f.__name__: f for f in (slow, silent, close_before, close_midway, status, failing, throttle,
                                  too_many_requests, server_error, rubbish, rubbish_body, too_much,
                                  drip, skewed, expired)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *args):
        pass

    def send_raw(self, data):
        try:
            self.connection.sendall(data)
            return True
        except OSError:
            return False

    def hang_up(self):
        self.close_connection = True
        return True

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close_connection = True
        self.connection.close()
        return True

    def answer(self, reply):
        head = ["HTTP/1.1 %d Answer" % reply.status, "Content-Length: %d" % len(reply.body)]
        date = email.utils.formatdate(self.server.peer.now(), usegmt=True)
        headers = {"Date": date, **reply.headers}
        head += ["%s: %s" % pair for pair in headers.items()]
        self.send_raw(("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + reply.body)
        return True

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass  # reset on purpose

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {}
        for name, value in self.headers.items():
            name = name.lower()
            headers[name] = headers[name] + "," + value if name in headers else value
        self.server.peer.take(self, Call(self.command, self.path, headers, body))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = serve


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a client that goes away is the business of the test


class HttpPeer:
    """A scripted HTTP server; subclasses answer in `handle(call)`."""

    def __init__(self):
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.script, self.log, self.wrong = [], [], []
        path = os.environ.get("SMON_CLOCK_FILE")
        self.clock, self.shift = movable_clock(path) if path else time.time, 0
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.peer = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        self.stop()
        if kind is None:
            assert self.wrong == [], self.wrong

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.server.server_address[1]

    def now(self):
        """The peer's time, epoch seconds."""
        return self.clock() + self.shift

    def next(self, *faults, on=None, times=1):
        """The next requests (of this action, when `on`) meet these faults, one each. None: behave."""
        with self.lock:
            self.script += [(on, fault) for fault in faults * times]

    def clear(self):
        with self.lock:
            self.script, self.log, self.wrong = [], [], []

    def seen(self, action=None):
        with self.lock:
            return [call for call in self.log if action in (None, call.action)]

    def calls(self, action=None):
        return len(self.seen(action))

    def complain(self, sentence):
        with self.lock:
            self.wrong.append(sentence)

    def _fault(self, call):
        with self.lock:
            self.log.append(call)
            for at, (on, fault) in enumerate(self.script):
                if on in (None, call.action):
                    del self.script[at]
                    return fault
        return None

    def take(self, handler, call):
        if call.path.startswith("/_peer/"):
            return handler.answer(self._control(call))
        fault = self._fault(call)
        if fault and fault(handler, self, call):
            return None
        try:
            reply = self.handle(call)
        except Exception as error:  # a bug of the fake must be seen, not hang a test
            self.complain("the peer itself failed: %r" % error)
            reply = Reply(500, repr(error))
        return handler.answer(reply)

    def handle(self, call):
        return Reply(404)

    def _control(self, call):
        if call.path == "/_peer/next":
            wish = json.loads(call.body)
            self.next(FAULTS[wish["fault"]](*wish.get("args", [])), on=wish.get("on"),
                      times=wish.get("times", 1))
            return Reply(200, "{}")
        if call.path == "/_peer/shift":
            self.shift = json.loads(call.body)["seconds"]
            return Reply(200, "{}")
        if call.path == "/_peer/clear":
            self.clear()
            return Reply(200, "{}")
        shown = self.wrong if call.path == "/_peer/wrong" else [c.brief() for c in self.seen()]
        return Reply(200, json.dumps(shown), {"Content-Type": "application/json"})


class AwsPeer(HttpPeer):
    """The base of the AWS fakes: signature, dispatch, error shapes. See the head of the file."""

    services = ()
    unsigned = ()  # actions that come without a signature

    def __init__(self, keyring=None):
        super().__init__()
        self.keyring = keyring or Keyring()

    def environment(self, **more):
        """What the program under test should find in its environment."""
        return {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_REGION": "eu-west-1",
                "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true", **more}

    def handle(self, call):
        try:
            if call.action not in self.unsigned:
                self.judge(call)
            deed = getattr(self, "do_%s" % call.action, None)
            if deed is None:
                raise AwsError("UnknownOperationException", "no %s here" % call.action, 400)
            result = deed(call)
        except AwsError as error:
            return self.render_error(call, error)
        if isinstance(result, Reply):
            return result
        if isinstance(result, dict):
            return Reply(200, json.dumps(result), {"Content-Type": "application/x-amz-json-1.0"})
        return Reply(200, result, {"Content-Type": "text/xml"})

    def render_error(self, call, error):
        if call.is_query:
            return Reply(error.http, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code>"
                         "<Message>%s</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
                         % (error.code, error.message), {"Content-Type": "text/xml"})
        body = {"__type": "com.amazonaws.peer#%s" % error.code, "message": error.message}
        return Reply(error.http, json.dumps(body), {"Content-Type": "application/x-amz-json-1.0",
                                                    "x-amzn-RequestId": "r-1"})

    def refuse(self, call, code, sentence, http=403):
        self.complain("%s %s: %s" % (call.method, call.action or call.target, sentence))
        raise AwsError(code, sentence, http)

    def judge(self, call):
        """Fills call.key, account, role, region, service; refuses what AWS would refuse."""
        text = call.headers.get("authorization", "")
        if not text.startswith("AWS4-HMAC-SHA256 "):
            self.refuse(call, "MissingAuthenticationToken", "it carries no signature")
        parts = dict(part.strip().partition("=")[::2] for part in text[17:].split(","))
        try:
            key, date, region, service, _ = parts["Credential"].split("/")
            names = parts["SignedHeaders"].split(";")
            signature = parts["Signature"]
        except (KeyError, ValueError):
            self.refuse(call, "IncompleteSignature", "its Authorization cannot be read", 400)
        known = self.keyring.find(key)
        if known is None:
            # Not a complaint: revoked keys are part of the stories told here.
            raise AwsError("InvalidClientTokenId" if call.is_query else
                           "UnrecognizedClientException", "The security token is invalid", 403)
        if self.services and service not in self.services:
            self.refuse(call, "SignatureDoesNotMatch", "signed for service %r" % service)
        self._judge_parts(call, known, names, date)
        expected = self._expected(call, known, names, region, service)
        if not secrets.compare_digest(expected, signature):
            self.refuse(call, "SignatureDoesNotMatch", "botocore computes another signature")
        call.key, call.account, call.role = key, known.account, known.role
        call.region, call.service, call.signed = region, service, True
        if known.expires is not None and self.now() >= known.expires:
            raise AwsError("ExpiredToken" if call.is_query else "ExpiredTokenException",
                           "The security token included in the request is expired", 403)

    def _judge_parts(self, call, known, names, date):
        stamp = call.headers.get("x-amz-date", "")
        if not stamp.startswith(date):
            self.refuse(call, "SignatureDoesNotMatch", "X-Amz-Date and scope differ")
        sent = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
        sent = sent.replace(tzinfo=datetime.timezone.utc).timestamp()
        if abs(sent - self.now()) > SKEW_SECONDS:
            raise AwsError("RequestTimeTooSkewed" if not call.is_query else "SignatureDoesNotMatch",
                           "Signature expired: the clocks differ", 403)
        if names != sorted(names):
            self.refuse(call, "SignatureDoesNotMatch", "SignedHeaders are not in order")
        for name in call.headers:
            must = name in ("host", "content-type") or (
                name.startswith("x-amz") and name != "x-amzn-trace-id")
            if must and name not in names:
                self.refuse(call, "SignatureDoesNotMatch", "header %s is not signed" % name)
        for name in names:
            if name not in call.headers:
                self.refuse(call, "SignatureDoesNotMatch", "%s is signed but was not sent" % name)
        if call.headers.get("x-amz-security-token") != known.token:
            self.refuse(call, "InvalidClientTokenId", "the session token is not this key's")

    @staticmethod
    def _expected(call, known, names, region, service):
        """The signature botocore finds for what arrived."""
        request = AWSRequest(method=call.method, data=call.raw,
                             url="http://%s%s" % (call.headers["host"], call.target))
        for name in names:
            request.headers[name] = call.headers[name]
        request.context["timestamp"] = call.headers["x-amz-date"]
        signer = S3SigV4Auth if service == "s3" else SigV4Auth
        auth = signer(Credentials(known.key, known.secret, known.token), service, region)
        canonical = auth.canonical_request(request)
        return auth.signature(auth.string_to_sign(request, canonical), request)


def run(*peers):
    """Peers as a program: prints a URL a line, ends when standard input ends."""
    if SigV4Auth is None:
        print("python3-botocore is not installed", file=sys.stderr)
        return 77
    for peer in peers:
        print(peer.start().url, flush=True)
    sys.stdin.read()
    for peer in peers:
        peer.stop()
    return 0
