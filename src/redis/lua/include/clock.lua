-- Redis's clock in Unix seconds; the service's own where Redis doesn't tell the time.
local function readClock(serviceTime)
  local ok, time = pcall(redis.call, 'TIME')
  if ok and tonumber(time[1]) > 0 then return {now = tonumber(time[1]), sure = true} end
  return {now = tonumber(serviceTime), sure = false}
end
