"""The credential endpoint of a container (ECS agent, EKS Pod Identity) on loopback.

    peer = Container(keyring); peer.authorization = "Bearer abc"    # None: none must be sent
"""
import datetime
import json
import sys

from aws_peer import HttpPeer, Keyring, Reply, run


class Container(HttpPeer):
    path = "/v1/credentials"

    def __init__(self, keyring=None):
        super().__init__()
        self.keyring = keyring or Keyring()
        self.authorization = None
        self.seconds = 6 * 3600

    def environment(self, **more):
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.url + self.path, **more}

    def handle(self, call):
        if call.method != "GET" or call.target != self.path:
            return Reply(404, "{}")
        if call.headers.get("authorization") != self.authorization:
            return Reply(401, json.dumps({"code": "Unauthorized", "message": "who are you?"}))
        key = self.keyring.issue(seconds=self.seconds, now=self.now())
        until = datetime.datetime.fromtimestamp(key.expires, datetime.timezone.utc)
        return Reply(200, json.dumps({
            "AccessKeyId": key.key, "SecretAccessKey": key.secret, "Token": key.token,
            "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"), "AccountId": key.account}))


if __name__ == "__main__":
    sys.exit(run(Container()))
