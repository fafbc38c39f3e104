"""CloudWatch metrics on loopback: GetMetricData and ListMetrics, in JSON 1.0 and Query.

    metrics = CloudWatch(keyring)
    metrics.put("111122223333", TRAINING, "demo/algo-1", "CPUUtilization", start, [50, 60, 70])
    metrics.linked = {"111122223333"}        # accounts seen through observability; None: all
    metrics.page_points = 100                # points a page, then NextToken
    metrics.forbidden = {"111122223333"}     # StatusCode Forbidden for each of their metrics
    metrics.knows_json = False               # only the Query protocol is understood

`start` is epoch seconds of the first minute, the list one value a minute: Average, or (average,
maximum, p95). What the real service would refuse is refused, and noted in `wrong`. Points older than
15 and 63 days are only there for periods of 300 and 3600.
"""
import json
import re
import sys
import threading
import time
from xml.sax.saxutils import escape

from aws_peer import AwsError, AwsPeer, Reply, run
from sts import StsDeeds

TRAINING = "/aws/sagemaker/TrainingJobs"
PROCESSING = "/aws/sagemaker/ProcessingJobs"
TRANSFORM = "/aws/sagemaker/TransformJobs"
ENDPOINTS = "/aws/sagemaker/Endpoints"

DAY = 86400
ID = re.compile(r"[a-z][A-Za-z0-9_]{0,254}\Z")
SEARCH = re.compile(r"SEARCH\('\{([^,}]+),Host\} MetricName=\"(\w+)\" ([A-Za-z0-9-]+)', '(\w+)', (\d+)\)\Z")
SEARCH_VARIANTS = re.compile(r"SEARCH\('\{([^,}]+),EndpointName,VariantName\} MetricName=\"(\w+)\" "
                             r"EndpointName=\"([A-Za-z0-9-]+)\"', '(\w+)', (\d+)\)\Z")
STATS = {"Average": 0, "Maximum": 1, "p95": 2}


def triple(value):
    return value if isinstance(value, tuple) else (value, value, value)


def tree_of_form(params):
    """Query's flat names as nested dicts and lists."""
    root = {}
    for name, value in params.items():
        node = root
        steps = name.split(".")
        for step in steps[:-1]:
            node = node.setdefault(step, {})
        node[steps[-1]] = value
    return lists_of_members(root)


def lists_of_members(node):
    if not isinstance(node, dict):
        return node
    if set(node) == {"member"}:
        members = node["member"]
        return [lists_of_members(members[key]) for key in sorted(members, key=int)]
    return {key: lists_of_members(value) for key, value in node.items()}


def seconds(value):
    """A time in either protocol."""
    if isinstance(value, (int, float)):
        return float(value)
    text = value.replace("Z", "+00:00")
    import datetime
    return datetime.datetime.fromisoformat(text).timestamp()


def iso(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


class CloudWatchDeeds:
    """The actions alone, to be mixed into a peer that is several services at once."""

    linked = None
    forbidden = frozenset()
    page_points = 100800
    page_metrics = 500
    knows_json = True
    exponents = True     # write times as 1.7145576E9
    is_hidden = False    # nothing has been published yet

    @property
    def world(self):
        return self.__dict__.setdefault("_world", {})

    @property
    def tokens(self):
        return self.__dict__.setdefault("_tokens", {})

    def put(self, account, namespace, host, metric, start, values):
        """One value a minute from `start` on, for Host=`host` ("demo/algo-1") or dimensions."""
        assert start % 60 == 0
        key = (namespace, host, metric)
        with self.lock:
            series = self.world.setdefault(account, {}).setdefault(key, {})
            for at, value in enumerate(values):
                series[start + 60 * at] = triple(value)

    def put_job(self, account, namespace, job, start, minutes, hosts=1, gpu=True, cpu=50.0):
        """Every metric of every host for so many minutes; host n has n more CPU."""
        for n in range(1, hosts + 1):
            host = f"{job}/algo-{n}"
            values = {"CPUUtilization": cpu + n, "MemoryUtilization": 40.0, "DiskUtilization": 10.0}
            if gpu:
                values |= {"GPUUtilization": 90.0, "GPUMemoryUtilization": 70.0}
            for metric, value in values.items():
                self.put(account, namespace, host, metric, start,
                         [(value, value + 20, value + 10)] * minutes)

    def put_life(self, account, namespace, job, start, minutes, hosts=1, idle=()):
        """The same as life has it: a ramp, a plateau with pauses, an end; hosts in `idle` (1, 2, ...) stop working
        half way."""
        def level(host, minute):
            if host in idle and minute >= minutes // 2:
                return 0.03
            share = min(1, (minute + 1) / max(1, minutes // 10), (minutes - minute) / max(1, minutes // 20))
            return share * (0.4 if minute % 15 == 14 else 1)
        for host in range(1, hosts + 1):
            held = [min(1, (minute + 1) / max(1, minutes // 10)) for minute in range(minutes)]
            work = [level(host, minute) for minute in range(minutes)]
            for metric, most, course in (("CPUUtilization", 160, work), ("GPUUtilization", 92, work),
                                         ("MemoryUtilization", 55, held), ("GPUMemoryUtilization", 70, held),
                                         ("DiskUtilization", 12, held)):
                self.put(account, namespace, f"{job}/algo-{host}", metric, start,
                         [(most * share, most * share * 1.05, most * share * 1.02) for share in course])

    def put_endpoint(self, account, endpoint, start, minutes, cpu=50.0, **gpu_of):
        """Every metric of every variant: put_endpoint(..., blue=90, green=5), the value its GPU's."""
        for variant, gpu in gpu_of.items():
            for metric, value in (("CPUUtilization", cpu), ("MemoryUtilization", 40.0), ("GPUUtilization", gpu),
                                  ("GPUMemoryUtilization", 70.0), ("DiskUtilization", 10.0)):
                self.put(account, ENDPOINTS, (endpoint, variant), metric, start,
                         [(value, value + 5, value + 2)] * minutes)

    # --- GetMetricData ---------------------------------------------------------------------------

    def do_GetMetricData(self, call):
        wish = self._wish(call)
        queries = wish.get("MetricDataQueries") or []
        start, end = seconds(wish["StartTime"]), seconds(wish["EndTime"])
        if not 1 <= len(queries) <= 500:
            self.refuse(call, "ValidationError", f"{len(queries)} queries", 400)
        if not start < end:
            self.refuse(call, "ValidationError", "StartTime is not before EndTime", 400)
        if wish.get("ScanBy") != "TimestampAscending":
            self.refuse(call, "ValidationError", "our code merges ascending pages", 400)
        ids = [query["Id"] for query in queries]
        if len(set(ids)) != len(ids) or not all(ID.match(one) for one in ids):
            self.refuse(call, "ValidationError", "Ids are not unique, or not Ids", 400)
        results = [found for query in queries for found in self._answer(call, query, start, end)]
        return self._say(call, "GetMetricData", self._page(call, wish, results))

    def _wish(self, call):
        if call.json is not None:
            if not self.knows_json:
                raise AwsError("UnknownOperationException", "JSON 1.0 is not spoken here", 400)
            if call.headers.get("content-type") != "application/x-amz-json-1.0" \
                    or call.headers.get("x-amzn-query-mode") != "true":
                self.refuse(call, "SerializationException", "headers of JSON 1.0 are missing", 400)
            return call.json
        if call.params.get("Version") != "2010-08-01":
            self.refuse(call, "InvalidAction", "Version is missing", 400)
        return tree_of_form(call.params)

    def _account(self, call, query):
        """Whose metrics, and whether the asker may see them."""
        account = query.get("AccountId", call.account)
        if account == call.account or self.linked is None or account in self.linked:
            return account
        return None

    def _answer(self, call, query, start, end):
        account = self._account(call, query)
        if ("Expression" in query) == ("MetricStat" in query):
            self.refuse(call, "ValidationError", "Expression or MetricStat, not both", 400)
        if "Expression" in query:
            return self._search(call, query, account, start, end)
        stat = query["MetricStat"]
        metric = stat["Metric"]
        self._check_period(call, int(stat["Period"]), start)
        if "Unit" in stat:
            self.refuse(call, "ValidationError", "a Unit that differs gives nothing: omit it", 400)
        if stat["Stat"] not in STATS:
            self.refuse(call, "ValidationError", f"Stat {stat['Stat']}", 400)
        dimensions = tuple(d["Value"] for d in metric["Dimensions"])
        names = [d["Name"] for d in metric["Dimensions"]]
        if names not in (["Host"], ["EndpointName", "VariantName"]):
            self.refuse(call, "ValidationError", f"dimensions {names}: no metric has just these", 400)
        host = dimensions[0] if names == ["Host"] else dimensions
        if account in self.forbidden:
            return [self._refusal(query, metric["MetricName"])]
        return [self._series(query["Id"], query.get("Label", metric["MetricName"]), account,
                             (metric["Namespace"], host, metric["MetricName"]),
                             stat["Stat"], int(stat["Period"]), start, end)]

    def _refusal(self, query, label):
        return {"Id": query["Id"], "Label": label, "Timestamps": [], "Values": [],
                "StatusCode": "Forbidden", "Messages": [
                    {"Code": "Forbidden", "Value": "not authorized to perform: cloudwatch:GetMetricData"}]}

    def _check_period(self, call, period, start):
        age = self.now() - start
        least = 60 if age < 15 * DAY else 300 if age < 63 * DAY else 3600
        if period % least:
            self.refuse(call, "ValidationError", f"Period {period} for data {age / DAY:.1f} days old", 400)

    def _search(self, call, query, account, start, end):
        parts = SEARCH.match(query["Expression"])
        variants = SEARCH_VARIANTS.match(query["Expression"])
        if variants:
            return self._search_variants(call, query, account, variants.groups(), start, end)
        if not parts:
            self.refuse(call, "ValidationError", "the expression cannot be read", 400)
        namespace, metric, words, stat, period = parts.groups()
        self._check_period(call, int(period), start)
        wanted = set(words.split("-"))
        found = []
        for key in sorted(self.world.get(account, {}), key=str):
            host = key[1] if isinstance(key[1], str) else ""
            if key[0] == namespace and key[2] == metric and wanted <= set(re.split(r"[-/]", host)):
                label = host if query.get("Label") == "${PROP('Dim.Host')}" else metric
                found.append(self._series(query["Id"], label, account, key, stat, int(period), start, end))
        return [] if self.is_hidden else found

    def _search_variants(self, call, query, account, parts, start, end):
        namespace, metric, endpoint, stat, period = parts
        self._check_period(call, int(period), start)
        if query.get("Label") != "${PROP('Dim.EndpointName')}/${PROP('Dim.VariantName')}":
            self.refuse(call, "ValidationError", "without a label nobody knows which variant it is", 400)
        found = [self._series(query["Id"], "/".join(key[1]), account, key, stat, int(period), start, end)
                 for key in sorted(self.world.get(account, {}), key=str)
                 if key[0] == namespace and key[2] == metric and not isinstance(key[1], str) and key[1][0] == endpoint]
        return [] if self.is_hidden else [one for one in found if one["Timestamps"]]

    def _series(self, name, label, account, key, stat, period, start, end):
        points = {} if self.is_hidden else self.world.get(account, {}).get(key, {})
        start -= start % period
        buckets = {}
        for at in sorted(points):
            if start <= at < end:
                buckets.setdefault(at - at % period, []).append(points[at][STATS[stat]])
        join = max if stat != "Average" else lambda values: sum(values) / len(values)
        return {"Id": name, "Label": label, "Timestamps": list(buckets),
                "Values": [join(values) for values in buckets.values()],
                "StatusCode": "Complete", "Messages": []}

    # --- pages -----------------------------------------------------------------------------------

    def _page(self, call, wish, results):
        """The results cut into pages of page_points points."""
        token = wish.get("NextToken")
        if token is not None and token not in self.tokens:
            raise AwsError("InvalidNextToken", "the token is not valid", 400)
        at = self.tokens.get(token, 0)
        flat = [(result, point) for result in results for point in range(len(result["Timestamps"]))]
        page = flat[at:at + self.page_points]
        last = at + self.page_points >= len(flat)
        answer = {"MetricDataResults": [], "Messages": []}
        for result in results:
            mine = [point for other, point in page if other is result]
            if mine or not result["Timestamps"] and at == 0:
                is_cut = not last and (not mine or mine[-1] + 1 < len(result["Timestamps"]))
                answer["MetricDataResults"].append({
                    **result, "Timestamps": [result["Timestamps"][i] for i in mine],
                    "Values": [result["Values"][i] for i in mine],
                    "StatusCode": "PartialData" if is_cut else result["StatusCode"]})
        if not last:
            answer["NextToken"] = f"page/{at + self.page_points}+{threading.get_ident()}"
            self.tokens[answer["NextToken"]] = at + self.page_points
        return answer

    def _say(self, call, action, answer):
        if call.json is not None:
            return Reply(200, self._json(answer), {"Content-Type": "application/x-amz-json-1.0"})
        inner = xml_of_metrics(answer) if action == "GetMetricData" else xml_of_list(answer)
        return (f'<{action}Response xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">\n'
                f"  <{action}Result>{inner}</{action}Result>\n"
                f"  <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>")

    def _json(self, answer):
        text = json.dumps(answer)
        if not self.exponents:
            return text
        return re.sub(r'(?<=[\[ ])(1\d{9})(?:\.0)?(?=[,\]])', lambda m: f"{float(m.group(1)):.9E}".replace("E+0", "E"),
                      text)

    # --- ListMetrics -----------------------------------------------------------------------------

    def do_ListMetrics(self, call):
        wish = self._wish(call)
        account = wish.get("OwningAccount", call.account)
        if account != call.account and str(wish.get("IncludeLinkedAccounts")).lower() != "true":
            self.refuse(call, "InvalidParameterValue", "OwningAccount without IncludeLinkedAccounts", 400)
        if account != call.account and self.linked is not None and account not in self.linked:
            return self._say(call, "ListMetrics", {"Metrics": []})
        metrics = [{"Namespace": key[0], "MetricName": key[2], "Dimensions": dimensions_of(key[1])}
                   for key in sorted(self.world.get(account, {}), key=str)
                   if key[0] == wish["Namespace"] and key[2] == wish.get("MetricName", key[2])
                   and all(is_among(filter, dimensions_of(key[1])) for filter in wish.get("Dimensions", []))]
        at = int(wish.get("NextToken", "0"))
        answer = {"Metrics": [] if self.is_hidden else metrics[at:at + self.page_metrics]}
        if at + self.page_metrics < len(metrics):
            answer["NextToken"] = str(at + self.page_metrics)
        return self._say(call, "ListMetrics", answer)


def dimensions_of(host):
    if isinstance(host, str):
        return [{"Name": "Host", "Value": host}]
    return [{"Name": name, "Value": value} for name, value in zip(("EndpointName", "VariantName"), host)]


def is_among(filter, dimensions):
    return any(one["Name"] == filter["Name"] and filter.get("Value", one["Value"]) == one["Value"]
               for one in dimensions)


def xml_of_metrics(answer):
    members = "".join(
        "<member><Id>%s</Id><Label>%s</Label><Timestamps>%s</Timestamps><Values>%s</Values>"
        "<StatusCode>%s</StatusCode></member>"
        % (result["Id"], escape(result["Label"]),
           "".join(f"<member>{iso(at)}</member>" for at in result["Timestamps"]),
           "".join(f"<member>{value!r}</member>" for value in result["Values"]), result["StatusCode"])
        for result in answer["MetricDataResults"])
    token = f"<NextToken>{escape(answer['NextToken'])}</NextToken>" if "NextToken" in answer else ""
    return f"<MetricDataResults>{members}</MetricDataResults>{token}"


def xml_of_list(answer):
    members = "".join(
        "<member><Namespace>%s</Namespace><MetricName>%s</MetricName><Dimensions>%s</Dimensions></member>"
        % (metric["Namespace"], metric["MetricName"],
           "".join(f"<member><Name>{one['Name']}</Name><Value>{escape(one['Value'])}</Value></member>"
                   for one in metric["Dimensions"]))
        for metric in answer["Metrics"])
    token = f"<NextToken>{escape(answer['NextToken'])}</NextToken>" if "NextToken" in answer else ""
    return f"<Metrics>{members}</Metrics>{token}"


class CloudWatch(CloudWatchDeeds, StsDeeds, AwsPeer):
    """Metrics, and STS for the roles that lead to them."""

    services = ("monitoring", "sts")


if __name__ == "__main__":
    sys.exit(run(CloudWatch()))
