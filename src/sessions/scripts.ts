import { CREATE_INDEXED, type Script } from "../stores/script.ts";
import { BASE, FINISH, REPLACE, REUSE, SPANS } from "./lua.ts";

/**
 * The newest first, from behind a member that needn't be there any more; dead ones leave the index.
 *
 * KEYS: index. ARGV: base, how many, and the deadline and the name of the member to go on behind, or "".
 * Gives `l` and a JSON array: whether there are more, and for each its name, deadline, milliseconds to live and value.
 */
export const LIST: Script = {
  text: `${BASE}local want, from = tonumber(ARGV[2]), 0
if ARGV[4] ~= '' then
  local added = redis.call('ZADD', KEYS[1], 'NX', ARGV[3], ARGV[4])
  from = redis.call('ZREVRANK', KEYS[1], ARGV[4]) + 1 - added
  if added == 1 then redis.call('ZREM', KEYS[1], ARGV[4]) end
end
local found, looked, more, last = {}, 0, 1, {ARGV[4], ARGV[3]}
while #found < want and looked < 4 * want + 100 do
  local page = redis.call('ZRANGE', KEYS[1], from, from + want - #found - 1, 'REV', 'WITHSCORES')
  if #page == 0 then
    more = 0
    break
  end
  for i = 1, #page, 2 do
    local member = page[i]
    looked = looked + 1
    last = {member, page[i + 1]}
    if string.sub(member, 1, 1) == '~' then
      from = from + 1
    else
      local value = redis.call('GET', session(member))
      if value then
        found[#found + 1] = {member, page[i + 1], redis.call('PTTL', session(member)), value}
        from = from + 1
      else
        redis.call('ZREM', KEYS[1], member)
      end
    end
  end
end
if more == 1 and redis.call('ZCARD', KEYS[1]) <= from then more = 0 end
return 'l' .. cjson.encode({more, last, #found, found})`,
  sha1: "21570a36a8aeeb086344504b0784b982d3c7ed98",
};

/**
 * Takes the whole index aside and ends its members, so many at a time. What is left aside by a call that was cut off is
 * ended first.
 *
 * KEYS: index, index aside. ARGV: base, how many, whether to take it aside (1), member to keep or "".
 * Gives whether it was taken aside, how many were ended, and how many are left.
 */
export const END_ALL: Script = {
  text: `${BASE}local taken, ended = 0, 0
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then
  taken = 1
  if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('RENAME', KEYS[1], KEYS[2])
    local life = redis.call('TTL', KEYS[2])
    local function keep(member)
      local score = redis.call('ZSCORE', KEYS[2], member)
      if not score then return end
      redis.call('ZREM', KEYS[2], member)
      redis.call('ZADD', KEYS[1], score, member)
      redis.call('EXPIRE', KEYS[1], math.max(life, 1))
    end
    local kept = ARGV[4]
    while kept and kept ~= '' do
      keep(kept)
      keep('~' .. kept)
      for copy in string.gmatch(string.match(redis.call('GET', session(kept)) or '', '^{"old":"([^"]*)"') or '', '%S+') do keep('~' .. copy) end
      local mark = redis.call('GET', base .. 'r:' .. kept)
      kept = mark and string.match(mark, '^%d+ %d+ (%S+)')
    end
  end
end
local members = redis.call('ZPOPMIN', KEYS[2], ARGV[2])
for i = 1, #members, 2 do
  local member = string.gsub(members[i], '^~', '')
  local gone = redis.call('DEL', session(member))
  if member == members[i] then ended = ended + gone end
end
return taken .. ' ' .. ended .. ' ' .. redis.call('ZCARD', KEYS[2])`,
  sha1: "abc27657c22dec47d492d82bb5ef9cce4e22d2bf",
};

/**
 * Ends a session that is in the subject's index, or that came of one by rotation since it was listed.
 *
 * KEYS: index, index aside. ARGV: base, member.
 */
export const END_MEMBER: Script = {
  text: `${BASE}${FINISH}local member = ARGV[2]
while not redis.call('ZSCORE', KEYS[1], member) and not redis.call('ZSCORE', KEYS[2], member) do
  local mark = redis.call('GET', base .. 'r:' .. member)
  if not mark then return 0 end
  member = string.match(mark, '^%d+ %d+ (%S+)')
end
redis.call('ZREM', KEYS[1], member)
return finish(member)`,
  sha1: "b180cd1a062820c37d784aded198288f5845cdf6",
};

/** KEYS: session. ARGV: base, lookup. Ends a session by its token, or by one that it was rotated from. */
export const END: Script = {
  text: `${BASE}${FINISH}${REUSE}local ended = finish(ARGV[2])
if reuse(ARGV[2]) then ended = 1 end
return ended`,
  sha1: "e8df949aa5865ed11829cdcfe362c82518d7e1a0",
};

/**
 * Ends what came of a token that is shown after its grace; gives the ended session's value. Not within two seconds, by
 * which the clocks of two services may differ.
 *
 * KEYS: session. ARGV: base, lookup, now.
 */
export const END_REUSED: Script = {
  text: `${BASE}${FINISH}${REUSE}local mark = redis.call('GET', base .. 'r:' .. ARGV[2])
local graceEnd = mark and tonumber(string.match(mark, '^%d+ (%d+)'))
if not mark or (graceEnd > 0 and tonumber(ARGV[3]) < graceEnd + 2) then return false end
local victim = reuse(ARGV[2])
return victim and 'v' .. victim`,
  sha1: "5264f164b6efe3157692fb9271358b9cdfc03e7d",
};

/** KEYS: session. ARGV: base, lookup, data as JSON. A token in its grace stands for its successors. */
export const UPDATE: Script = {
  text: `${BASE}${SPANS}${REPLACE}local lookup = ARGV[2]
local done = replace(lookup, ARGV[3])
while done == 1 do
  local mark = redis.call('GET', base .. 'r:' .. lookup)
  if not mark then break end
  lookup = string.match(mark, '^%d+ %d+ (%S+)')
  replace(lookup, ARGV[3])
end
return done`,
  sha1: "9f137e0b292cca7ac34521fabcbbdb917799bb13",
};

/** KEYS: index. ARGV: base, data as JSON, cursor. Some 1,000 sessions; gives the next cursor and how many. */
export const UPDATE_ALL: Script = {
  text: `${BASE}${SPANS}${REPLACE}local page = redis.call('ZSCAN', KEYS[1], ARGV[3], 'COUNT', 1000)
local done = 0
for i = 1, #page[2], 2 do
  if string.sub(page[2][i], 1, 1) ~= '~' then done = done + replace(page[2][i], ARGV[2]) end
end
return page[1] .. ' ' .. done`,
  sha1: "534899216ab59bb1be64bd26f846c4d5edb62fb3",
};

/**
 * Puts a new token in the place of one. Sent again, or asked for again in time, it gives the same successor.
 *
 * KEYS: session, new session, mark. ARGV: base, lookup, new lookup, new body, seconds that the new session may live,
 * grace, now, seconds in which it may be asked for again, deadline.
 * Gives `r` and the successor's body, or `v` and the value of a session that was ended since the token had been rotated
 * away before; nil where there is no session.
 */
export const ROTATE: Script = {
  text: `${BASE}${SPANS}${FINISH}${REUSE}local old, new, body, grace, now = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[6]), tonumber(ARGV[7])
local left = ARGV[9] - now
local mark = redis.call('GET', KEYS[3])
if mark then
  local until_, lookup, sealed = string.match(mark, '^(%d+) %d+ (%S+) (%S+)$')
  if sealed == body or now < tonumber(until_) then
    return redis.call('EXISTS', session(lookup)) == 1 and 'r' .. sealed
  end
  local victim = reuse(old)
  return victim and 'v' .. victim
end
local value = redis.call('GET', KEYS[1])
if not value then return false end
local u = spans(value).u
local index = u and base .. 'u:' .. string.sub(value, u[1] + 1, u[2] - 1)
if index and redis.call('ZSCORE', index .. ':d', old) then return false end
grace = math.min(grace, redis.call('TTL', KEYS[1]))
local copies = grace > 0 and old or ''
for copy in string.gmatch(string.match(value, '^{"old":"([^"]*)"') or '', '%S+') do
  if redis.call('EXISTS', session(copy)) == 1 then copies = copies .. ' ' .. copy end
end
local rest = string.sub(string.gsub(value, '^{"old":"[^"]*",', '{'), 2)
if not redis.call('SET', KEYS[2], '{"old":"' .. copies .. '",' .. rest, 'EX', ARGV[5], 'NX') then return false end
local graceEnd = grace > 0 and now + grace or 0
redis.call('SET', KEYS[3], string.format('%.0f %.0f %s %s', now + math.max(grace + 2, tonumber(ARGV[8])), graceEnd, new, body), 'EX', left)
if grace > 0 then
  redis.call('SET', KEYS[1], '{"end":' .. string.format('%.0f', graceEnd) .. ',' .. rest, 'EX', grace)
else
  redis.call('DEL', KEYS[1])
end
if index then
  redis.call('ZREM', index, old)
  if grace > 0 then redis.call('ZADD', index, now + grace, '~' .. old) end
  redis.call('ZADD', index, ARGV[9], new)
  redis.call('EXPIRE', index, math.max(left, redis.call('TTL', index)))
end
return 'r' .. body`,
  sha1: "2c8d79a1ad86749c24ab4f70f07dc825d07b666b",
};

/**
 * CREATE_INDEXED with a limit. Gives 2 where that is reached and the oldest may not end.
 *
 * KEYS and ARGV as there; ARGV[6]: base, ARGV[7]: how many, ARGV[8]: whether the oldest end (1).
 */
export const CREATE_LIMITED: Script = {
  text: `local limit, session_base = tonumber(ARGV[7]), ARGV[6]
${BASE.replace("ARGV[1]", "session_base")}${FINISH}redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
if redis.call('ZCARD', KEYS[2]) >= limit and redis.call('EXISTS', KEYS[1]) == 0 then
  local live = {}
  for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    if redis.call('EXISTS', session((string.gsub(member, '^~', '')))) == 0 then
      redis.call('ZREM', KEYS[2], member)
    elseif string.sub(member, 1, 1) ~= '~' then
      live[#live + 1] = member
    end
  end
  if #live >= limit and ARGV[8] ~= '1' then return 2 end
  for i = 1, #live - limit + 1 do
    finish(live[i])
    redis.call('ZREM', KEYS[2], live[i])
  end
end
${CREATE_INDEXED.text}`,
  sha1: "c6521ded6459ccc2b6b158ef593f969c027944cc",
};
