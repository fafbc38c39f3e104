-- Asks for the paths that stand one a line in PATHS, in turn, with the key in KEY.
package.path = os.getenv("PACE_PATH") .. "/?.lua;" .. package.path
local pace = require("pace")

local requests = {}
local at = 0

function init()
    for path in io.lines(os.getenv("PATHS")) do
        requests[#requests + 1] = wrk.format("GET", path, { ["X-API-Key"] = os.getenv("KEY") })
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
