-- Posts SageMaker events to /ingest/eventbridge, every one of them new: its id is a counter that
-- starts at FIRST. A job has five events; the events of one job are a WINDOW apart, so that they do
-- not meet in one transaction. Bodies are made from templates (TEMPLATES, written by load.py) in which
-- fields of fixed width stand: @ID@ (a UUID's tail), @JOB@, @ACCOUNT@, the envelope's @TIME@, and
-- @M30@ for milliseconds since 1970, thirty minutes after the job's creation (BASE plus one a job).
package.path = os.getenv("PACE_PATH") .. "/?.lua;" .. package.path
local pace = require("pace")

local WINDOW = 1000
local ACCOUNTS = 200
local counter = tonumber(os.getenv("FIRST") or "0")
local base = tonumber(os.getenv("BASE"))
local templates = {}

local function read_templates()
    local file = assert(io.open(os.getenv("TEMPLATES"), "rb"))
    local text = file:read("*a")
    file:close()
    for request in text:gmatch("(.-)%z") do
        local pieces = {}
        local at = 1
        while true do
            local from, to, field = request:find("@(%w+)@", at)
            pieces[#pieces + 1] = request:sub(at, from and from - 1 or #request)
            if not from then
                break
            end
            pieces[#pieces + 1] = field
            at = to + 1
        end
        templates[#templates + 1] = pieces
    end
end

local time_text, time_second = "", 0

-- The envelope's time is the time of sending, as it is with EventBridge: by the service's clock, which
-- is AHEAD seconds ahead.
local ahead = tonumber(os.getenv("AHEAD") or "0")

local function envelope_time()
    local second = os.time() + ahead
    if second ~= time_second then
        time_second = second
        time_text = os.date("!%Y-%m-%dT%H:%M:%SZ", second)
    end
    return time_text
end

local format, concat = string.format, table.concat
local parts = {}

function init()
    read_templates()
end

function delay()
    return pace.delay()
end

function request()
    local n = counter
    counter = n + 1
    local step = math.floor(n / WINDOW) % #templates
    local job = math.floor(n / (#templates * WINDOW)) * WINDOW + n % WINDOW
    local pieces = templates[step + 1]
    for i = 1, #pieces do
        local piece = pieces[i]
        if i % 2 == 1 then
            parts[i] = piece
        elseif piece == "ID" then
            parts[i] = format("%012d", n)
        elseif piece == "JOB" then
            parts[i] = format("%010d", job)
        elseif piece == "ACCOUNT" then
            parts[i] = format("%012d", 100000000000 + job % ACCOUNTS)
        elseif piece == "TIME" then
            parts[i] = envelope_time()
        else
            parts[i] = format("%013d", base + job + 60000 * tonumber(piece:sub(2)))
        end
    end
    return concat(parts, "", 1, #pieces)
end

function done(summary, latency)
    pace.done(summary, latency)
end
