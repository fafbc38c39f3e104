"""The EC2 instance metadata service, version 2 only, on loopback.

    imds = Imds(keyring); imds.role = None        # no instance profile
    imds.forget_tokens()                          # the next GET is 401
    imds.reply = {"Code": "AssumeRoleUnauthorizedAccess", "Message": "..."}
"""
import datetime
import json
import secrets
import sys

from aws_peer import HttpPeer, Keyring, Reply, run

ROLE_PATH = "/latest/meta-data/iam/security-credentials/"


class Imds(HttpPeer):
    def __init__(self, keyring=None):
        super().__init__()
        self.keyring = keyring or Keyring()
        self.role, self.reply, self.region = "smon-host", None, "eu-west-1"
        self.seconds = 6 * 3600
        self.tokens = set()

    def environment(self, **more):
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url, **more}

    def forget_tokens(self):
        self.tokens.clear()

    def handle(self, call):
        if call.target == "/latest/api/token":
            return self._token(call)
        if call.headers.get("x-aws-ec2-metadata-token") not in self.tokens:
            return Reply(401)
        if call.target == "/latest/meta-data/placement/region":
            return Reply(200, self.region)
        if call.target == ROLE_PATH:
            return Reply(200, self.role + "\n") if self.role else Reply(404)
        if self.role and call.target == ROLE_PATH + self.role:
            return Reply(200, json.dumps(self.reply or self._fresh()))
        return Reply(404)

    def _token(self, call):
        if call.method != "PUT" or "x-aws-ec2-metadata-token-ttl-seconds" not in call.headers:
            self.complain("the token is asked for wrongly")
            return Reply(400)
        token = secrets.token_urlsafe(40)
        self.tokens.add(token)
        return Reply(200, token)

    def _fresh(self):
        key = self.keyring.issue(seconds=self.seconds, now=self.now())
        until = datetime.datetime.fromtimestamp(key.expires, datetime.timezone.utc)
        now = datetime.datetime.fromtimestamp(self.now(), datetime.timezone.utc)
        return {"Code": "Success", "LastUpdated": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "Type": "AWS-HMAC", "AccessKeyId": key.key, "SecretAccessKey": key.secret,
                "Token": key.token, "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ")}


if __name__ == "__main__":
    sys.exit(run(Imds()))
