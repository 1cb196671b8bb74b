-- Beacons for wrk, like those of a shop: 2,000 visitors are there at a time, each makes 8 events on
-- average and goes, and one event in 50 comes from someone who was there before. Of 100 events 30
-- are landings from a tagged link, 70 are moves inside the site; with orders, 2 of the moves are
-- purchases with an order id. Every event has an id of its own. Arguments: events per request,
-- orders (0 or 1), path, API key or "-", name of the run, seed, door (0 or 1).
-- With the door on, requests are those of browsers: of 200 networks, with cookies, an origin, consent,
-- one in 10 with Global Privacy Control, one in 100 of a crawler; a third of the landings has a click id,
-- a third a referrer only.
local ACTIVE, EVENTS_EACH, RETURNS = 2000, 8, 50
local BROWSERS = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
}
local CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
local REFERRERS = {
  "https://www.google.de/", "https://l.facebook.com/", "https://chatgpt.com/", "https://blog.example.org/a/b",
  "https://www.bing.com/search", "android-app://com.google.android.gm/", "https://www.paypal.com/checkout",
}
local per, orders, run, door, seed
local today = math.floor(os.time() / 86400)
local count, thread = 0, 0

function setup(t)
  t:set("number", thread)
  thread = thread + 1
end

function init(args)
  per, orders = tonumber(args[1]), args[2] == "1"
  wrk.method = "POST"
  wrk.path = args[3]
  door = args[7] == "1"
  wrk.headers["content-type"] = door and "text/plain" or "application/json"
  if args[4] ~= "-" then wrk.headers["authorization"] = "Bearer " .. args[4] end
  run = args[5] .. "-" .. number
  seed = tonumber(args[6]) + number
  math.randomseed(seed)
end

local function event()
  count = count + 1
  local newest = ACTIVE + math.floor(count / EVENTS_EACH)
  local visitor = math.random(RETURNS) == 1 and math.random(newest)
    or newest - math.random(ACTIVE) + 1
  local kind = math.random(100)
  local head = '{"event_id":"' .. run .. "-" .. count .. '",'
  if door then
    head = head .. '"consent":{"ad_user_data":"granted","analytics":"granted"},'
  else
    head = head .. '"visitor_id":"' .. run .. "-" .. visitor .. '",'
  end
  if door and kind <= 10 then
    return head .. '"name":"page_view","url":"https://shop.example.com/landing?utm_source=google&utm_medium=cpc&gclid=Cj0KCQ'
      .. run .. count .. '","referrer":"https://www.google.com/","title":"Landing"}', visitor
  elseif door and kind <= 20 then
    return head .. '"name":"page_view","url":"https://shop.example.com/landing","referrer":"'
      .. REFERRERS[math.random(#REFERRERS)] .. '","title":"Landing"}', visitor
  elseif kind <= 30 then
    return head .. '"name":"page_view","url":"https://shop.example.com/landing?utm_source=newsletter&utm_medium=email&utm_campaign=campaign-'
      .. math.random(40) .. '","title":"Landing"}', visitor
  end
  if orders and kind > 98 then
    return head .. '"name":"purchase","url":"https://shop.example.com/done","order_id":"order-' .. run .. "-" .. count
      .. '","value":"19.90","currency":"USD"}', visitor
  end
  return head .. '"name":"page_view","url":"https://shop.example.com/product/' .. math.random(500)
    .. '","referrer":"https://shop.example.com/","title":"A product"}', visitor
end

-- As hw.js sends it.
local function browser()
  local text, visitor = event()
  local headers = {
    ["content-type"] = "text/plain",
    ["origin"] = "https://shop.example.com",
    ["user-agent"] = math.random(100) == 1 and CRAWLER or BROWSERS[math.random(#BROWSERS)],
    ["cf-connecting-ip"] = "198.51." .. math.random(200) .. ".7",
    ["cookie"] = string.format("_ga=GA1.1.1.1; _hw=%08x%024x.%d", seed, visitor, today),
    ["x-hosting"] = "0",
  }
  if math.random(10) == 1 then headers["sec-gpc"] = "1" end
  return wrk.format(nil, nil, headers,
    '{"site":"shop","sent_at":' .. os.time() * 1000 .. ',"cookie":true,"events":[' .. text .. "]}")
end

function request()
  if door then return browser() end
  if per == 1 then return wrk.format(nil, nil, nil, '{"site":"shop","events":[' .. (event()) .. "]}") end
  local events = {}
  for i = 1, per do events[i] = (event()) end
  return wrk.format(nil, nil, nil, '{"site":"shop","events":[' .. table.concat(events, ",") .. "]}")
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"bad":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, e.status, e.connect + e.read + e.write + e.timeout))
end
