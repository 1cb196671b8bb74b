-- Beacons for wrk, like those of a shop: 2,000 visitors are there at a time, each makes 8 events on
-- average and goes, and one event in 50 comes from someone who was there before. Of 100 events 30
-- are landings from a tagged link, 70 are moves inside the site; with orders, 2 of the moves are
-- purchases with an order id. Every event has an id of its own. Arguments: events per request,
-- orders (0 or 1), path, API key or "-", name of the run, seed.
local ACTIVE, EVENTS_EACH, RETURNS = 2000, 8, 50
local per, orders, run
local count, thread = 0, 0

function setup(t)
  t:set("number", thread)
  thread = thread + 1
end

function init(args)
  per, orders = tonumber(args[1]), args[2] == "1"
  wrk.method = "POST"
  wrk.path = args[3]
  wrk.headers["content-type"] = "application/json"
  if args[4] ~= "-" then wrk.headers["authorization"] = "Bearer " .. args[4] end
  run = args[5] .. "-" .. number
  math.randomseed(tonumber(args[6]) + number)
end

local function event()
  count = count + 1
  local newest = ACTIVE + math.floor(count / EVENTS_EACH)
  local visitor = math.random(RETURNS) == 1 and math.random(newest)
    or newest - math.random(ACTIVE) + 1
  local kind = math.random(100)
  local head = '{"event_id":"' .. run .. "-" .. count .. '","visitor_id":"' .. run .. "-" .. visitor .. '",'
  if kind <= 30 then
    return head .. '"name":"page_view","url":"https://shop.example.com/landing?utm_source=newsletter&utm_medium=email&utm_campaign=campaign-'
      .. math.random(40) .. '","title":"Landing"}'
  end
  if orders and kind > 98 then
    return head .. '"name":"purchase","url":"https://shop.example.com/done","order_id":"order-' .. run .. "-" .. count
      .. '","value":"19.90","currency":"USD"}'
  end
  return head .. '"name":"page_view","url":"https://shop.example.com/product/' .. math.random(500)
    .. '","referrer":"https://shop.example.com/","title":"A product"}'
end

function request()
  if per == 1 then return wrk.format(nil, nil, nil, '{"site":"shop","events":[' .. event() .. "]}") end
  local events = {}
  for i = 1, per do events[i] = event() end
  return wrk.format(nil, nil, nil, '{"site":"shop","events":[' .. table.concat(events, ",") .. "]}")
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"bad":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, e.status, e.connect + e.read + e.write + e.timeout))
end
