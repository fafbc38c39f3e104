-- Asks for the paths that stand one a line in PATHS, in turn, with the key in KEY. What stands behind
-- a path, after a tab, is posted to it.
package.path = os.getenv("PACE_PATH") .. "/?.lua;" .. package.path
local pace = require("pace")

local requests = {}
local at = 0

function init()
    local headers = { ["X-API-Key"] = os.getenv("KEY"), ["Content-Type"] = "application/json" }
    for line in io.lines(os.getenv("PATHS")) do
        local path, body = line:match("^([^\t]+)\t?(.*)$")
        requests[#requests + 1] = wrk.format(body ~= "" and "POST" or "GET", path, headers, body ~= "" and body or nil)
    end
end

function delay()
    return pace.delay()
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function done(summary, latency)
    pace.done(summary, latency)
end
