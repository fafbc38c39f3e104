"""The service's work API on loopback, so that smon-collect can be run alone.

    work = Work(clock)                       # or Work(clock, unix_path="s.sock")
    work.add("enrich", job(...))             # -> id
    work.until_done(id)                      # the outcome; a "later" moves the clock by its after_ms
    work.outcomes[id]                        # every outcome that was accepted, in order

Leases as the real one does: a fence number that grows, a long poll, an outcome under an older number
refused. The clock is the file our programs look at; without one, "later" is leased again at once.
"""
import http.server
import json
import os
import socketserver
import threading
import time

from aws_peer import Handler, HttpPeer, Reply

RESULTS = {"done", "later", "dead"}


class UnixServer(http.server.ThreadingHTTPServer):
    """The same on a local socket."""

    address_family = socketserver.socket.AF_UNIX
    daemon_threads = True

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)

    def get_request(self):
        connection, _ = self.socket.accept()
        return connection, ("local", 0)

    def handle_error(self, request, client_address):
        pass


class Work(HttpPeer):
    def __init__(self, clock=None, unix_path=None, key=None):
        super().__init__()
        if unix_path:
            self.server.server_close()
            self.server = UnixServer(str(unix_path), Handler)
            self.server.peer = self
            self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.path, self.hand, self.key = unix_path, clock, key  # `hand` moves the clock
        self.changed = threading.Condition()
        self.errands, self.outcomes, self.refused, self.leases = {}, {}, [], []
        self.lost_reports = 0  # so many finish calls are taken, but their answer is lost
        self.most_bytes = None  # of a finish call; a longer one is refused
        self.spoilt = {}  # id -> status: a finish call that has it fails so, as a whole

    def stop(self):
        with self.changed:
            self.stopping.set()
            self.changed.notify_all()
        super().stop()
        if self.path:
            os.unlink(self.path)

    def arguments(self):
        return ["--socket", str(self.path)] if self.path else ["--url", self.url]

    def add(self, deed, job, **more):
        with self.changed:
            name = f"{job['account']}-{len(self.errands) + 1}"
            self.errands[name] = {"id": name, "deed": deed, "fence": 0, "attempt": 0,
                                  "born_at": job.get("ended_at"), "memo": None, "utilization": None,
                                  "job": job, **more, "_leased": False}
            self.outcomes[name] = []
            self.changed.notify_all()
        return name

    def release(self, name):
        """The lease has run out: somebody may have it again."""
        with self.changed:
            self.errands[name]["_leased"] = False
            self.changed.notify_all()

    # --- what a scene waits for ------------------------------------------------------------------

    def wait_for(self, happens, within=15, what="it"):
        with self.changed:
            assert self.changed.wait_for(happens, within), f"{what} did not happen; {self.outcomes}"
            return happens()

    def until_done(self, name, within=15):
        """Its last outcome; what is put off comes back when the clock has moved that far."""
        self.wait_for(lambda: self.is_over(name), within, f"the end of {name}")
        return self.outcomes[name][-1]

    def is_over(self, name):
        return bool(self.outcomes[name]) and self.outcomes[name][-1]["result"] != "later"

    # --- the API ---------------------------------------------------------------------------------

    def handle(self, call):
        if self.key and call.headers.get("authorization") != f"Bearer {self.key}":
            return Reply(401, json.dumps({"detail": "no such key"}))
        if call.path == "/collect/v1/lease":
            return self._lease(call.json)
        if call.path == "/collect/v1/finish":
            return self._refusal(call) or self._finish(call.json)
        return Reply(404)

    def _due(self, wish):
        now = self.hand.ahead_ms if self.hand else 0
        return [errand for errand in self.errands.values()
                if errand["deed"] in wish["deeds"] and not errand["_leased"]
                and errand.get("_due", now) <= now][:wish["most"]]

    def _lease(self, wish):
        if not {"worker", "deeds", "most", "wait_ms", "lease_ms"} <= set(wish):
            self.complain(f"lease lacks members: {wish}")
        with self.changed:
            self.leases.append(wish)
            self.changed.wait_for(lambda: self.stopping.is_set() or self._due(wish), wish["wait_ms"] / 1000)
            leased = self._due(wish)
            for errand in leased:
                errand["_leased"] = True
                errand["fence"] += 1
                errand["attempt"] += 1
            shown = [{k: v for k, v in errand.items() if k[0] != "_"} for errand in leased]
        return Reply(200, json.dumps({"errands": shown}))

    def _refusal(self, call):
        if self.most_bytes and len(call.raw) > self.most_bytes:
            return Reply(413, json.dumps({"detail": "send less at once"}))
        with self.changed:
            failing = [self.spoilt[one["id"]] for one in call.json["outcomes"] if one["id"] in self.spoilt]
        return Reply(failing[0], json.dumps({"detail": "it fails"})) if failing else None

    def _finish(self, report):
        results = []
        with self.changed:
            for outcome in report["outcomes"]:
                results.append(self._take(outcome))
            self.changed.notify_all()
            if self.lost_reports:
                self.lost_reports -= 1
                return Reply(502, "lost")
        return Reply(200, json.dumps({"results": results}))

    def _take(self, outcome):
        errand = self.errands.get(outcome["id"])
        if outcome["result"] not in RESULTS:
            self.complain(f"an outcome that is none: {outcome}")
        if errand is None or errand["fence"] != outcome["fence"] or not errand["_leased"]:
            self.refused.append(outcome)
            return {"id": outcome["id"], "accepted": False, "reason": "leased again"}
        outcome["_at"] = time.monotonic()
        self.outcomes[outcome["id"]].append(outcome)
        errand["_leased"] = False
        errand["_due"] = float("inf")  # over, unless it is put off
        if outcome["result"] == "later":
            errand["_due"] = 0
            errand["memo"] = outcome.get("memo", errand["memo"])
            if self.hand:
                self.hand.move(outcome["after_ms"])
                errand["_due"] = self.hand.ahead_ms
        if "utilization" in outcome:
            errand["utilization"] = outcome["utilization"]
        return {"id": outcome["id"], "accepted": True}
