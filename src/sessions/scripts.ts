import { CREATE_INDEXED, type Script } from "../stores/script.ts";
import { BASE, ENDS, FINISH, PLAIN, REPLACE, REUSE, SPANS } from "./lua.ts";

/** Copies that rotations in quick succession may leave of a session; of more, the oldest end before their grace. */
export const MAX_COPIES = 50;

/**
 * The newest first, from behind a member that needn't be there any more; dead ones leave the index.
 *
 * KEYS: index, index aside. ARGV: how many, the deadline and the name of the member to go on behind, or "", and the
 * caller's lookup, or "". Gives nil while some are being ended; else `l` and a JSON array: whether there are more, the
 * last one looked at, the caller's present lookup, how many were found, and for each its name, deadline, milliseconds
 * to live and value.
 */
export const LIST: Script = {
  text: `${BASE}if redis.call('EXISTS', KEYS[2]) == 1 then return false end
local want, from = tonumber(ARGV[1]), 0
if ARGV[3] ~= '' then
  local added = redis.call('ZADD', KEYS[1], 'NX', ARGV[2], ARGV[3])
  from = redis.call('ZREVRANK', KEYS[1], ARGV[3]) + 1 - added
  if added == 1 then redis.call('ZREM', KEYS[1], ARGV[3]) end
end
local found, looked, more, last = {}, 0, 1, {ARGV[3], ARGV[2]}
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
return 'l' .. cjson.encode({more, last, present(ARGV[4]) or ARGV[4], #found, found})`,
  sha1: "9ac410b5aa8c60cc6f1ade7bf7f0e47735676b0e",
  passing: true,
};

/**
 * Takes the whole index aside and ends its members, so many at a time. What is left aside by a call that was cut off is
 * ended first.
 *
 * KEYS: index, index aside. ARGV: how many, whether to take it aside (1), the lookup of a session that stays, or "".
 * Gives whether it was taken aside, how many were ended, and how many are left.
 */
export const END_ALL: Script = {
  text: `${BASE}${FINISH}local taken, ended = 0, 0
if ARGV[2] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then
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
    local own = present(ARGV[3]) or ARGV[3]
    keep(own)
    for copy in copies(redis.call('GET', session(own)) or '') do keep('~' .. copy) end
  end
end
local members = redis.call('ZPOPMIN', KEYS[2], ARGV[1])
for i = 1, #members, 2 do
  if string.sub(members[i], 1, 1) == '~' then
    redis.call('DEL', session(string.sub(members[i], 2)))
  else
    ended = ended + finish(members[i])
  end
end
return taken .. ' ' .. ended .. ' ' .. redis.call('ZCARD', KEYS[2])`,
  sha1: "0eb75a0a423ba3e84bada6ce1657d8f7d010cafc",
};

/**
 * Ends a session that is in the subject's index, or what it became by rotation since it was listed.
 *
 * KEYS: index, index aside. ARGV: member.
 */
export const END_MEMBER: Script = {
  text: `${BASE}${FINISH}local function isHere(member)
  return member and (redis.call('ZSCORE', KEYS[1], member) or redis.call('ZSCORE', KEYS[2], member))
end
local member = ARGV[1]
if not isHere(member) then member = present(member) end
if not isHere(member) then return 0 end
redis.call('ZREM', KEYS[1], member)
return finish(member)`,
  sha1: "9749c6f4fe72164da4efb49a7b6649cef7e30a84",
};

/** KEYS: session. ARGV: lookup. Ends a session by its token, or by one that it was rotated from. */
export const END: Script = {
  text: `${BASE}${FINISH}${REUSE}local ended = finish(ARGV[1])
if reuse(ARGV[1]) then ended = 1 end
return ended`,
  sha1: "5f4cdb0838238bce89d61c039a90dd3f79dc9d7a",
};

/**
 * Ends what came of a token that is shown too late: after its grace, and the time in which it may be asked for again.
 * Gives the ended session's value.
 *
 * KEYS: session. ARGV: lookup, now.
 */
export const END_REUSED: Script = {
  text: `${BASE}${FINISH}${REUSE}local mark = redis.call('GET', base .. 'r:' .. ARGV[1])
if not mark or tonumber(ARGV[2]) < tonumber(string.match(mark, '^%d+')) then return false end
local victim = reuse(ARGV[1])
return victim and 'v' .. victim`,
  sha1: "f20f8ed364cbe6cacd8d020ce395a081ce7f0806",
};

/** KEYS: session. ARGV: lookup, data as JSON, now. A token in its grace stands for its successor. */
export const UPDATE: Script = {
  text: `${BASE}${SPANS}${REPLACE}${ENDS}local last = ends(ARGV[1])
if last and last <= tonumber(ARGV[3]) then return 0 end
local done = replace(ARGV[1], ARGV[2])
local now = done == 1 and present(ARGV[1])
if now then replace(now, ARGV[2]) end
return done`,
  sha1: "ffd94dd74eaef0afbc1183f9694c54d6311b1b18",
};

/** KEYS: session. ARGV: lookup, seconds to live, now. A copy lives no longer than its grace. */
export const EXTEND: Script = {
  text: `${BASE}${ENDS}local ttl, last = tonumber(ARGV[2]), ends(ARGV[1])
if last then ttl = math.min(ttl, last - ARGV[3]) end
if ttl < 1 then return 0 end
return redis.call('EXPIRE', KEYS[1], ttl)`,
  sha1: "42f71b7b610bebda67fb3e4a7d27c3cd56250d4b",
  passing: true,
};

/**
 * KEYS: index, index aside. ARGV: data as JSON, cursor. Some 100 sessions, each of which may be long; gives the next
 * cursor and how many there were, or nil while some are being ended.
 */
export const UPDATE_ALL: Script = {
  text: `${BASE}${SPANS}${REPLACE}if redis.call('EXISTS', KEYS[2]) == 1 then return false end
local page = redis.call('ZSCAN', KEYS[1], ARGV[2], 'COUNT', 100)
local done = 0
for i = 1, #page[2], 2 do
  if string.sub(page[2][i], 1, 1) ~= '~' then done = done + replace(page[2][i], ARGV[1]) end
end
return page[1] .. ' ' .. done`,
  sha1: "430845d05278a3a8581a8cc9689ff74b39a8a8ff",
};

/**
 * Puts a new token in the place of one. Sent again, or asked for again in time, it gives the same successor.
 *
 * KEYS: session, new session, mark. ARGV: lookup, new lookup, new body, seconds that the new session may live, grace,
 * now, seconds in which it may be asked for again, deadline.
 * Gives `r` and the successor's body, or `v` and the value of a session that was ended since the token had been rotated
 * away before; nil where there is no session.
 */
export const ROTATE: Script = {
  text: `${BASE}${SPANS}${FINISH}${REUSE}${PLAIN}local old, new, body, grace, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[6])
local left = ARGV[8] - now
local mark = redis.call('GET', KEYS[3])
if mark then
  local again, lookup, sealed = string.match(mark, '^(%d+) (%S+) (%S+)')
  if sealed == body or now < tonumber(again) then
    return redis.call('EXISTS', session(lookup)) == 1 and 'r' .. sealed
  end
  local victim = reuse(old)
  return victim and 'v' .. victim
end
local value = plain(old)
if not value then return false end
local u = spans(value).u
u = u and string.match(string.sub(value, u[1], u[2]), '"([%w_-]+)"')
local index = u and base .. 'u:' .. u
if index and redis.call('ZSCORE', index .. ':d', old) then return false end
grace = math.min(grace, redis.call('TTL', KEYS[1]), tonumber(ARGV[4]))
local family, kept = nil, {}
for copy in copies(value) do
  if not family then
    family = copy
  elseif redis.call('EXISTS', session(copy)) == 1 then
    kept[#kept + 1] = copy
  end
end
family = family or old
if grace > 0 and family ~= old then kept[#kept + 1] = old end
while #kept > ${MAX_COPIES} do redis.call('DEL', session(table.remove(kept, 1))) end
table.insert(kept, 1, family)
local rest = string.sub(string.gsub(value, '^{"old":"[^"]*",', '{'), 2)
if not redis.call('SET', KEYS[2], '{"old":"' .. table.concat(kept, ' ') .. '",' .. rest, 'EX', ARGV[4], 'NX') then return false end
local graceEnd = grace > 0 and now + grace or 0
local again = now + math.max(grace + 2, tonumber(ARGV[7]))
redis.call('SET', KEYS[3], string.format('%.0f %s %s %s', again, new, body, family), 'EX', left)
redis.call('SET', base .. 'f:' .. family, new, 'EX', left)
if grace > 0 then
  redis.call('SET', KEYS[1], string.format('{"end":%.0f,', graceEnd) .. rest, 'EX', grace)
else
  redis.call('DEL', KEYS[1])
end
if index then
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
  redis.call('ZREM', index, old)
  if grace > 0 then redis.call('ZADD', index, graceEnd, '~' .. old) end
  redis.call('ZADD', index, ARGV[8], new)
  redis.call('EXPIRE', index, math.max(left, redis.call('TTL', index)))
end
return 'r' .. body`,
  sha1: "22feb2b53cbb701d3309a480cd53b050732c408c",
};

/**
 * CREATE_INDEXED with a limit. Gives 2 where that is reached and the oldest may not end. It looks at the limit and 1,000
 * more at most: a subject that had very many before there was a limit comes down to it sign by sign.
 *
 * KEYS and ARGV as there; ARGV[6]: how many, ARGV[7]: whether the oldest end (1).
 */
export const CREATE_LIMITED: Script = {
  text: `${BASE}${FINISH}local limit = tonumber(ARGV[6])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
if redis.call('ZCARD', KEYS[2]) >= limit and redis.call('EXISTS', KEYS[1]) == 0 then
  local live, kept = {}, 0
  for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, limit + 1000)) do
    if redis.call('EXISTS', session((string.gsub(member, '^~', '')))) == 0 then
      redis.call('ZREM', KEYS[2], member)
    elseif string.sub(member, 1, 1) == '~' then
      kept = kept + 1
    else
      live[#live + 1] = member
    end
  end
  local surplus = redis.call('ZCARD', KEYS[2]) - kept - limit + 1
  if surplus > 0 and ARGV[7] ~= '1' then return 2 end
  for i = 1, math.min(surplus, #live) do
    finish(live[i])
    redis.call('ZREM', KEYS[2], live[i])
  end
end
${CREATE_INDEXED.text}`,
  sha1: "a549797b5762c86157a36f0c21ed15a357e6f4cb",
};
