-- Reads Redis's clock in Unix seconds, or the service's if Redis refuses TIME. `sure` is true for Redis's clock, whose `digits`
-- never come twice.
local function readClock(serviceTime)
  local ok, time = pcall(redis.call, 'TIME')
  if ok and tonumber(time[1]) > 0 then
    return {now = tonumber(time[1]), sure = true, digits = string.format('%010d', tonumber(time[1]) % 10000 * 1000000 + tonumber(time[2])) .. 'A'}
  end
  return {now = tonumber(serviceTime), sure = false, digits = 'AAAAAAAAAAA'}
end
