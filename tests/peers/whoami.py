"""A world for tests of the AWS client: a service that says who asks (WhoAmI), STS, an instance and a
container, all with one keyring. As a program it prints three URLs: services, instance, container.

Roles of account 111122223333: `needs-x1` wants ExternalId x-1, `denied` is refused, `huge` gets a
session token of 8 KB, `short` keys for 15 minutes; any other is handed out.
"""
import sys

from aws_peer import AwsPeer, Keyring, run
from container import Container
from imds import Imds
from sts import Role, StsDeeds


class WhoAmI(StsDeeds, AwsPeer):
    def __init__(self, keyring=None):
        super().__init__(keyring)
        role = "arn:aws:iam::111122223333:role/"
        self.roles.update({role + "needs-x1": Role(external_id="x-1"),
                           role + "denied": Role(denied=True),
                           role + "huge": Role(token_size=6000),
                           role + "short": Role(seconds=900)})

    def do_WhoAmI(self, call):
        return {"account": call.account, "region": call.region, "service": call.service,
                "role": call.role, "key": call.key}


if __name__ == "__main__":
    ring = Keyring()
    sys.exit(run(WhoAmI(ring), Imds(ring), Container(ring)))
