"""STS on loopback: AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity.

    sts = Sts(keyring)
    sts.roles["arn:aws:iam::111122223333:role/smon"] = Role(external_id="x-1")
    sts.roles[...] = Role(denied=True)

A role that was not named is handed out freely. Keys go into the keyring, so that other peers of the
same world accept them; `call.account` there is the role's account.
"""
import datetime
import re
import sys
from xml.sax.saxutils import escape

from aws_peer import AwsError, AwsPeer, run

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
ARN = re.compile(r"arn:aws(-cn|-us-gov)?:iam::(\d{12}):role/[\w+=,.@/-]{1,512}\Z")
SESSION = re.compile(r"[\w+=,.@-]{2,64}\Z", re.ASCII)
EXTERNAL = re.compile(r"[\w+=,.@:/-]{2,1224}\Z", re.ASCII)


class Role:
    def __init__(self, external_id=None, denied=False, seconds=3600, token_size=400):
        self.external_id, self.denied = external_id, denied
        self.seconds, self.token_size = seconds, token_size


class StsDeeds:
    """The actions alone, to be mixed into a peer that is several services at once."""

    unsigned = ("AssumeRoleWithWebIdentity",)

    @property
    def roles(self):
        return self.__dict__.setdefault("_roles", {})

    def do_AssumeRole(self, call):
        role = self._check(call)
        if role.external_id is not None and call.params.get("ExternalId") != role.external_id:
            raise AwsError("AccessDenied", "%s is not authorized to perform: sts:AssumeRole"
                           % call.key, 403)
        return self._hand_out(call, role)

    def do_AssumeRoleWithWebIdentity(self, call):
        role = self._check(call)
        if "authorization" in call.headers:
            self.refuse(call, "SignatureDoesNotMatch", "a web identity call is not signed")
        if not 4 <= len(call.params.get("WebIdentityToken", "")) <= 20000:
            raise AwsError("InvalidIdentityToken", "no token", 400)
        return self._hand_out(call, role)

    def do_GetCallerIdentity(self, call):
        return ("<GetCallerIdentityResponse xmlns=\"%s\"><GetCallerIdentityResult><Arn>%s</Arn>"
                "<Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
                % (NAMESPACE, escape(call.role or "arn:aws:iam::%s:user/smon" % call.account),
                   call.account))

    def _check(self, call):
        params = call.params
        if params.get("Version") != "2011-06-15":
            self.refuse(call, "ValidationError", "Version is missing", 400)
        if not ARN.match(params.get("RoleArn", "")):
            self.refuse(call, "ValidationError", "RoleArn is no role", 400)
        if not SESSION.match(params.get("RoleSessionName", "")):
            self.refuse(call, "ValidationError", "RoleSessionName is refused", 400)
        if "ExternalId" in params and not EXTERNAL.match(params["ExternalId"]):
            self.refuse(call, "ValidationError", "ExternalId is refused", 400)
        if not 900 <= int(params.get("DurationSeconds", 3600)) <= 43200:
            self.refuse(call, "ValidationError", "DurationSeconds is refused", 400)
        role = self.roles.get(params["RoleArn"], Role())
        if role.denied:
            raise AwsError("AccessDenied", "not authorized to perform: sts:AssumeRole", 403)
        return role

    def _hand_out(self, call, role):
        arn = call.params["RoleArn"]
        seconds = min(role.seconds, int(call.params.get("DurationSeconds", 3600)))
        key = self.keyring.issue(ARN.match(arn).group(2), arn, seconds, self.now(),
                                 role.token_size)
        until = datetime.datetime.fromtimestamp(key.expires, datetime.timezone.utc)
        return ("<{0}Response xmlns=\"{1}\">\n  <{0}Result>\n    <AssumedRoleUser>"
                "<Arn>{2}</Arn></AssumedRoleUser>\n    <Credentials>\n"
                "      <AccessKeyId>{3}</AccessKeyId>\n"
                "      <SecretAccessKey>{4}</SecretAccessKey>\n"
                "      <SessionToken>{5}</SessionToken>\n"
                "      <Expiration>{6}</Expiration>\n    </Credentials>\n  </{0}Result>\n"
                "</{0}Response>\n").format(call.action, NAMESPACE, escape(arn), key.key,
                                           escape(key.secret), escape(key.token),
                                           until.strftime("%Y-%m-%dT%H:%M:%SZ"))


class Sts(StsDeeds, AwsPeer):
    services = ("sts",)


if __name__ == "__main__":
    sys.exit(run(Sts()))
