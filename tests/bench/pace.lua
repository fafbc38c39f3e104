-- What both wrk scripts share: a monotonic clock, a steady rate, and one line of figures at the end.
-- PACE (environment) is how many requests a second all connections make together; empty: as fast as
-- they can.
local ffi = require("ffi")
ffi.cdef([[
    struct pace_time { long seconds; long nanoseconds; };
    int clock_gettime(int clock, struct pace_time *out);
]])

local pace = {}
local now = ffi.new("struct pace_time")
local rate = tonumber(os.getenv("PACE") or "") or 0
local started, sent

function pace.seconds()
    ffi.C.clock_gettime(1, now)
    return tonumber(now.seconds) + tonumber(now.nanoseconds) / 1e9
end

-- Milliseconds to wait before the next request.
function pace.delay()
    if rate == 0 then
        return 0
    end
    started = started or pace.seconds()
    sent = (sent or 0) + 1
    local ahead = sent / rate - (pace.seconds() - started)
    return ahead > 0 and math.floor(ahead * 1000) or 0
end

function pace.done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        "RESULT requests=%d status_errors=%d socket_errors=%d duration_us=%d p50_us=%d p99_us=%d max_us=%d\n",
        summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        summary.duration, latency:percentile(50), latency:percentile(99), latency.max))
end

return pace
