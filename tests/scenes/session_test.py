"""Signing in at the console: a key for a cookie, what the cookie may, and when it ends."""

import events


def sign_in(smon, key, headers=None):
    """The answer, and the Cookie header a browser would send from then on."""
    browser = smon.client.with_key(None)
    answer = browser.ask("POST", "/session", {"key": key}, headers)
    cookie = (answer.headers.get("Set-Cookie") or "").split(";")[0]
    return browser, answer, {"Cookie": cookie}


def test_a_key_becomes_a_cookie_that_no_script_and_no_other_site_can_use(smon):
    browser, answer, cookie = sign_in(smon, smon.new_key(["read"])["key"])
    assert answer.status == 204
    said = answer.headers["Set-Cookie"]
    assert "HttpOnly" in said and "SameSite=Strict" in said and "smon_" not in said.split("=", 1)[1]
    assert browser.ask("GET", "/api/v1/overview").status == 401
    assert browser.ask("GET", "/api/v1/overview", headers=cookie).status == 200
    assert browser.ask("GET", "/api/v1/overview", headers={**cookie, "Sec-Fetch-Site": "cross-site"}).status == 401
    assert browser.ask("GET", "/api/v1/keys", headers=cookie).status == 403
    told = browser.ask("GET", "/session", headers=cookie).json
    assert told.is_signed_in and told.roles == ["read"] and told.accounts == ["*"]


def test_a_wrong_key_is_no_session_and_a_foreign_page_may_not_sign_anybody_in(smon):
    _, answer, cookie = sign_in(smon, "smon_nobody_" + "0" * 40)
    assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert cookie["Cookie"] == ""
    key = smon.new_key(["read"])["key"]
    assert sign_in(smon, key, {"Origin": "https://elsewhere.example"})[1].status == 403
    assert smon.client.with_key(None).raw("POST", "/session", b"key=" + key.encode(),
                                          {"Content-Type": "application/x-www-form-urlencoded"}).status == 415
    assert smon.client.with_key(None).ask("GET", "/session").json.is_signed_in is False


def test_a_session_ends_with_its_key_and_by_signing_out(smon):
    key = smon.new_key(["read"])
    browser, _, first = sign_in(smon, key["key"])
    second = sign_in(smon, key["key"])[2]
    third = sign_in(smon, smon.new_key(["read"])["key"])[2]
    assert browser.ask("DELETE", "/session", headers=first).status == 204
    assert browser.ask("GET", "/api/v1/jobs", headers=first).status == 401
    assert browser.ask("GET", "/api/v1/jobs", headers=second).status == 200
    assert smon.client.ask("DELETE", f"/api/v1/keys/{key['kid']}").status == 204
    assert browser.ask("GET", "/api/v1/jobs", headers=second).status == 401
    assert browser.ask("GET", "/api/v1/jobs", headers=third).status == 200


def test_a_session_may_change_only_from_its_own_page(smon):
    smon.post(b"{not json")
    kept = smon.quarantine()[0].id
    browser, _, cookie = sign_in(smon, smon.new_key(["read", "write"])["key"])
    own = {**cookie, "Origin": f"http://127.0.0.1:{smon.port}"}
    path = f"/api/v1/quarantine/{kept}/replay"
    assert browser.ask("POST", path, headers={**cookie, "Origin": "http://127.0.0.1:1"}).status == 403
    assert browser.ask("POST", path, headers={**own, "Sec-Fetch-Site": "same-site"}).status == 401
    assert browser.ask("POST", path, headers=own).status not in (401, 403)


def test_the_console_is_open_strict_and_kept_by_its_contents(smon):
    smon.taken(events.training("secret-name", "Failed"))
    browser = smon.client.with_key(None)
    page = browser.raw("GET", "/", headers={"Accept-Encoding": "gzip"})
    plain = browser.raw("GET", "/")
    assert plain.status == 200 and "secret-name" not in plain.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';") and "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["Referrer-Policy"] == "no-referrer"
    assert browser.raw("GET", "/", headers={"If-None-Match": page.headers["ETag"]}).status == 304
    if "/assets/" not in plain.text:
        return  # built without node: the page says so
    assert page.headers["Content-Encoding"] == "gzip"
    for path in plain.text.split('"')[1::2]:
        if path.startswith("/assets/"):
            asset = browser.raw("GET", path)
            assert asset.status == 200 and "immutable" in asset.headers["Cache-Control"]
            assert browser.raw("GET", path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert browser.raw("GET", "/assets/console-old.js").status == 404


def test_what_deserves_attention_is_answered(smon):
    smon.taken([events.training("demo-1", "Completed"), events.training("demo-2", "InProgress")])
    told = smon.client.ask("GET", "/api/v1/attention").json
    assert told.long_running.looked_at == 1 and told.idle_hardware.data == []
