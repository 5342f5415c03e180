import { MARK } from "../encrypt/sealing.ts";

/**
 * The Lua parts that the scripts are put together from. `base` is what all keys of a subject begin with: the prefix, that
 * of a client of the caller's too, and the slot. `base .. 's:'` begins a session's key, and `'u:'` an index, which with
 * `':d'` behind is the list of those that are being ended. `'r:'` begins the mark of a token that was rotated away: until
 * when asking again gives the same, the successor's lookup and body, and the family, which is the lookup of the first
 * token that was rotated; `'f:'` begins the key that has a family's present lookup.
 */
export const BASE = `local base = string.match(KEYS[1], '^(.*{%x%x%x%x}:)')
local function session(lookup) return base .. 's:' .. lookup end
local function present(lookup)
  local mark = redis.call('GET', base .. 'r:' .. lookup)
  return mark and redis.call('GET', base .. 'f:' .. string.match(mark, '(%S+)$'))
end
local function copies(value) return string.gmatch(string.match(value, '^{"old":"([^"]*)"') or '', '%S+') end
`;

/**
 * Where the members of a JSON object begin and end in its text. Decoding and encoding would change what JSON's dialects
 * say differently: empty arrays, large numbers.
 */
export const SPANS: string = String.raw`local function spans(text)
  local found, depth, name, at, from = {}, 0, nil, 1, nil
  while true do
    local i = string.find(text, '["%[%]{},]', at)
    if not i then return found end
    local c = string.sub(text, i, i)
    at = i + 1
    if c == '"' then
      local e = i
      local escaped
      repeat
        e = string.find(text, '["\\]', e + 1)
        if not e then return found end
        escaped = string.sub(text, e, e) == '\\'
        if escaped then e = e + 1 end
      until not escaped
      at = e + 1
      if depth == 1 and not from then
        name = string.sub(text, i + 1, e - 1)
        at = string.find(text, ':', at, true) + 1
        from = at
      end
    elseif c == '{' or c == '[' then
      depth = depth + 1
    else
      if c ~= ',' then depth = depth - 1 end
      if from and (depth == 0 or (c == ',' and depth == 1)) then
        found[name] = {from, i - 1}
        from = nil
      end
    end
  end
end
`;

/** Ends a session, and the copies that rotations left of it for their grace. */
export const FINISH = `local function finish(lookup)
  local value = redis.call('GET', session(lookup))
  if not value then return 0 end
  for copy in copies(value) do redis.call('DEL', session(copy)) end
  return redis.call('DEL', session(lookup))
end
`;

/** Ends what came of a token that was rotated away; gives the value of the session that it was, if one lived. */
export const REUSE = `local function reuse(lookup)
  local now = present(lookup)
  local victim = now and redis.call('GET', session(now))
  if victim then finish(now) end
  return victim
end
`;

/**
 * Reads the value of a session that is about to be changed. One that is encrypted can't be: the error is the caller's, who may not
 * know that other services encrypt.
 */
export const PLAIN: string = `local function plain(lookup)
  local value = redis.call('GET', session(lookup))
  if value and string.sub(value, 1, ${MARK.length}) == '${MARK}' then error('the session is encrypted') end
  return value
end
`;

/** Gives a session new data, its copies too; the rest of its value and its life stay as they are. */
export const REPLACE: string = `${PLAIN}local function put(lookup, data)
  local value = plain(lookup)
  local at = value and spans(value).data
  if not at then return nil end
  redis.call('SET', session(lookup), string.sub(value, 1, at[1] - 1) .. data .. string.sub(value, at[2] + 1), 'XX', 'KEEPTTL')
  return value
end
local function replace(lookup, data)
  local value = put(lookup, data)
  if not value then return 0 end
  for copy in copies(value) do put(copy, data) end
  return 1
end
`;

/** The end of the grace of a token that was rotated away, whose key may still be there after it: it was slid meanwhile. */
export const ENDS = `local function ends(lookup)
  return tonumber(string.match(redis.call('GETRANGE', session(lookup), 0, 40), '^{"end":(%d+)'))
end
`;
