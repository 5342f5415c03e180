-- Redis's clock in Unix seconds; the service's own where Redis doesn't tell the time. `digits` never come twice where it does.
local function readClock(serviceTime)
  local ok, time = pcall(redis.call, 'TIME')
  if ok and tonumber(time[1]) > 0 then
    return {now = tonumber(time[1]), sure = true, digits = string.format('%010d', tonumber(time[1]) % 10000 * 1000000 + tonumber(time[2])) .. 'A'}
  end
  return {now = tonumber(serviceTime), sure = false, digits = 'AAAAAAAAAAA'}
end
