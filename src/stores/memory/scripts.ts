// Made by `npm run scripts` of src/redis/lua: change the Lua instead.
import * as lua from "./lua.ts";

/** A script as a function of its keys and arguments. */
export type CompiledScript = (KEYS: readonly string[], ARGV: readonly string[]) => unknown;

/** The scripts by their names. @param call - runs a Redis command */
export function compiledScripts(call: lua.Call): Readonly<Record<string, CompiledScript>> {
let SESSION: lua.Value = `^1 ${lua.repeat("[0-9]", 10)} ${lua.repeat("[A-Za-z0-9_-]", 11)} ${lua.repeat("[0-9]", 5)} [0-9] ${lua.repeat("[0-9]", 10)} ${lua.repeat("[0-9]", 10)} ${lua.repeat("[0-9]", 8)} ${lua.repeat("[0-9]", 8)}$`;
let PERSON: lua.Value = `^1 ${lua.repeat("[A-Za-z0-9_-]", 11)} ${lua.repeat("[0-9]", 8)}$`;
const known = (text?: lua.Value, shape?: lua.Value): lua.Value => {
if (lua.isTrue(lua.match(text, shape))) {
return true;
}
if (((text === "") || (lua.isTrue(lua.match(text, "^[0-9]+ ")) && (lua.sub(text, 1, 2) !== "1 ")))) {
return false;
}
lua.fail("RWT_NO_ANSWER");
};
const readSession = (key?: lua.Value): lua.Value => {
let text: lua.Value = call("GETRANGE", key, 0, 71);
if (!lua.isTrue(known(text, SESSION))) {
return undefined;
}
return ({ epoch: lua.sub(text, 14, 24), generation: Number(lua.sub(text, 26, 30)), state: Number(lua.sub(text, 32, 32)), graceEnd: Number(lua.sub(text, 34, 43)), again: Number(lua.sub(text, 45, 54)), revision: lua.sub(text, 65, 72) });
};
const readPerson = (key?: lua.Value): lua.Value => {
let text: lua.Value = call("GETRANGE", key, 0, 21);
if (!lua.isTrue(known(text, PERSON))) {
return undefined;
}
return ({ epoch: lua.sub(text, 3, 13), serial: lua.sub(text, 15, 22) });
};
const agrees = (session?: lua.Value, personKey?: lua.Value): lua.Value => {
if (!lua.isTrue(personKey)) {
return (session.epoch === "-----------");
}
let person: lua.Value = readPerson(personKey);
return lua.and(lua.isTrue(person), () => (person.epoch === session.epoch));
};
const readClock = (serviceTime?: lua.Value): lua.Value => {
const [ok, time] = [true, call("TIME")];
if ((lua.isTrue(ok) && (Number(time[0]) > 0))) {
return ({ now: Number(time[0]), sure: true });
}
return ({ now: Number(serviceTime), sure: false });
};
const judgeOlder = (session?: lua.Value, generation?: lua.Value, clock?: lua.Value): lua.Value => {
let isUnused: lua.Value = ((session.state % 2) === 0);
let diedAtOnce: lua.Value = (session.state >= 2);
if (((generation === (session.generation - 1)) && ((lua.isTrue(isUnused) && !lua.isTrue(diedAtOnce)) || (clock.now < session.graceEnd)))) {
return "live";
}
if ((!lua.isTrue(clock.sure) || (((session.generation - generation) <= 8) && (clock.now < session.again)))) {
return "late";
}
return "reuse";
};
const splitPerson = (value?: lua.Value): lua.Value => {
let first: lua.Value = lua.find(value, "\n", 1, true);
if (!lua.isTrue(first)) {
return ({ rest: lua.sub(value, 23), data: undefined, further: "" });
}
let second: lua.Value = lua.or(lua.find(value, "\n", (first + 1), true), () => (lua.size(value) + 1));
return ({ rest: lua.sub(value, 23, (first - 1)), data: lua.sub(value, (first + 1), (second - 1)), further: lua.sub(value, second) });
};
const startEpoch = (key?: lua.Value, person?: lua.Value, epoch?: lua.Value, keepsData?: lua.Value): lua.Value => {
let lines: lua.Value = splitPerson(call("GET", key));
let data: lua.Value = "";
if ((lua.isTrue(lines.data) && lua.isTrue(keepsData))) {
data = `\n${lines.data}${lines.further}`;
} else if ((lines.further !== "")) {
data = `\n${lines.further}`;
}
call("SET", key, `1 ${epoch} ${person.serial}${lines.rest}${data}`, "XX", "KEEPTTL");
};
const writeField = (key?: lua.Value, offset?: lua.Value, format?: lua.Value, number?: lua.Value): lua.Value => {
call("SETRANGE", key, offset, lua.format(format, number));
};
const writeState = (key?: lua.Value, state?: lua.Value): lua.Value => {
writeField(key, 31, "%d", state);
};
const markUsed = (key?: lua.Value, session?: lua.Value, generation?: lua.Value): lua.Value => {
if (((generation === session.generation) && ((session.state % 2) === 0))) {
writeState(key, (session.state + 1));
}
};
const lengthen = (key?: lua.Value, seconds?: lua.Value): lua.Value => {
if ((call("PTTL", key) < (seconds * 1000))) {
call("EXPIRE", key, seconds);
}
};
return { clean: (KEYS: readonly string[], ARGV: readonly string[]) => {
let person: lua.Value = readPerson(KEYS[0]);
let dropped: lua.Value = 0;
for (let i = 1; i <= ARGV.length; i++) {
let session: lua.Value = readSession(KEYS[(i + 2) - 1]);
let isPresent: lua.Value = lua.and(lua.and(session, () => person), () => (session.epoch === person.epoch));
let isForeign: lua.Value = lua.and(!lua.isTrue(session), () => (call("EXISTS", KEYS[(i + 2) - 1]) === 1));
if ((!lua.isTrue(isPresent) && !lua.isTrue(isForeign))) {
call("DEL", KEYS[(i + 2) - 1]);
call("ZREM", KEYS[1], ARGV[i - 1]);
dropped = (dropped + 1);
}
}
return dropped;
},
destroy: (KEYS: readonly string[], ARGV: readonly string[]) => {
let session: lua.Value = readSession(KEYS[0]);
let isLive: lua.Value = lua.and(lua.isTrue(session), () => agrees(session, KEYS[1]));
if ((lua.isTrue(session) && (lua.isTrue(isLive) || (ARGV[1] === "1")))) {
call("DEL", KEYS[0]);
if (lua.isTrue(KEYS[2])) {
call("ZREM", KEYS[2], ARGV[0]);
}
}
return lua.or(lua.and(isLive, () => 1), () => 0);
},
"destroy-all": (KEYS: readonly string[], ARGV: readonly string[]) => {
let person: lua.Value = readPerson(KEYS[0]);
if (!lua.isTrue(person)) {
return 0;
}
let stays: lua.Value = false;
if (lua.isTrue(KEYS[1])) {
let session: lua.Value = readSession(KEYS[1]);
if ((lua.isTrue(session) && (session.epoch === person.epoch))) {
let generation: lua.Value = Number(ARGV[1]);
stays = lua.or((generation >= session.generation), () => (judgeOlder(session, generation, readClock(ARGV[2])) === "live"));
}
}
if (lua.isTrue(stays)) {
call("SETRANGE", KEYS[1], 13, ARGV[0]);
}
startEpoch(KEYS[0], person, ARGV[0], stays);
return 1;
},
extend: (KEYS: readonly string[], ARGV: readonly string[]) => {
let session: lua.Value = readSession(KEYS[0]);
if ((!lua.isTrue(session) || !lua.isTrue(agrees(session, KEYS[1])))) {
return 0;
}
let generation: lua.Value = Number(ARGV[0]);
if (((generation < session.generation) && (judgeOlder(session, generation, readClock(ARGV[2])) !== "live"))) {
return 0;
}
call("EXPIRE", KEYS[0], ARGV[1]);
markUsed(KEYS[0], session, generation);
return 1;
},
older: (KEYS: readonly string[], ARGV: readonly string[]) => {
let session: lua.Value = readSession(KEYS[0]);
if ((!lua.isTrue(session) || !lua.isTrue(agrees(session, KEYS[1])))) {
return "ended";
}
let generation: lua.Value = Number(ARGV[0]);
if ((generation >= session.generation)) {
return "live";
}
let verdict: lua.Value = judgeOlder(session, generation, readClock(ARGV[1]));
if ((verdict === "reuse")) {
call("DEL", KEYS[0]);
}
return verdict;
},
rotate: (KEYS: readonly string[], ARGV: readonly string[]) => {
let session: lua.Value = readSession(KEYS[0]);
if ((!lua.isTrue(session) || !lua.isTrue(agrees(session, KEYS[1])))) {
return ["ended"];
}
let generation: lua.Value = Number(ARGV[0]);
let clock: lua.Value = readClock(ARGV[4]);
let mayRetry: lua.Value = (ARGV[2] === "1");
if ((generation < session.generation)) {
let verdict: lua.Value = judgeOlder(session, generation, clock);
if ((verdict === "reuse")) {
let value: lua.Value = call("GET", KEYS[0]);
call("DEL", KEYS[0]);
return ["reuse", value];
}
let isRetry: lua.Value = lua.or((verdict === "live"), () => lua.and((generation === (session.generation - 1)), () => (session.state < 2)));
if ((!lua.isTrue(mayRetry) || !lua.isTrue(isRetry))) {
return ["late"];
}
call("EXPIRE", KEYS[0], ARGV[3]);
return ["rotated", session.generation];
}
if ((generation >= 65535)) {
return ["limit"];
}
let grace: lua.Value = lua.or(lua.and(mayRetry, () => Number(ARGV[1])), () => 0);
call("EXPIRE", KEYS[0], ARGV[3]);
writeField(KEYS[0], 25, "%05d", (generation + 1));
writeState(KEYS[0], lua.or(lua.and(mayRetry, () => 0), () => 2));
writeField(KEYS[0], 33, "%010d", lua.or(lua.and(mayRetry, () => (clock.now + grace)), () => 0));
writeField(KEYS[0], 44, "%010d", (clock.now + Math.max(10, (grace + 2))));
return ["rotated", (generation + 1)];
},
sign: (KEYS: readonly string[], ARGV: readonly string[]) => {
let limit: lua.Value = Number(ARGV[7]);
let person: lua.Value = readPerson(KEYS[1]);
if ((!lua.isTrue(person) && (call("EXISTS", KEYS[1]) === 1))) {
lua.fail("RWT_NO_ANSWER");
}
let stored: lua.Value = call("GET", KEYS[0]);
if (lua.isTrue(stored)) {
let own: lua.Value = `1 ${ARGV[0]} ${lua.sub(stored, 14, 24)} 00000 1 0000000000 0000000000 ${lua.sub(stored, 56, 63)} 00000000${ARGV[5]}`;
if ((stored !== own)) {
return ["taken"];
}
} else if (((limit > 0) && lua.isTrue(person))) {
if ((call("EXISTS", KEYS[2]) === 0)) {
startEpoch(KEYS[1], person, ARGV[2], false);
person = ({ epoch: ARGV[2], serial: person.serial });
} else if (!lua.isTrue(KEYS[3])) {
if ((call("ZCARD", KEYS[2]) >= limit)) {
return ["full", call("ZRANGE", KEYS[2], 0, 999)];
}
} else {
let live: lua.Value = [];
for (let i = 4; i <= KEYS.length; i++) {
let session: lua.Value = readSession(KEYS[i - 1]);
if ((lua.isTrue(session) && (session.epoch === person.epoch))) {
live[(live.length + 1) - 1] = i;
} else {
call("ZREM", KEYS[2], ARGV[(i + 7) - 1]);
}
}
let excess: lua.Value = ((live.length + 1) - limit);
if (((excess > 0) && (ARGV[8] === "0"))) {
return ["limit"];
}
for (let i = 1; i <= excess; i++) {
call("DEL", KEYS[live[i - 1] - 1]);
call("ZREM", KEYS[2], ARGV[(live[i - 1] + 7) - 1]);
}
}
}
let clock: lua.Value = readClock(ARGV[9]);
let seconds: lua.Value = Math.max(1, (Number(ARGV[1]) - clock.now), (Number(ARGV[1]) - Number(ARGV[0])));
if (lua.isTrue(person)) {
lengthen(KEYS[1], seconds);
} else {
person = ({ epoch: ARGV[2], serial: "00000000" });
call("SET", KEYS[1], `1 ${person.epoch} ${person.serial}`, "EX", seconds);
}
if (((ARGV[6] === "1") && (call("STRLEN", KEYS[1]) === 22))) {
call("APPEND", KEYS[1], "\ne1.");
}
if (!lua.isTrue(stored)) {
call("SET", KEYS[0], `1 ${ARGV[0]} ${person.epoch} 00000 1 0000000000 0000000000 ${person.serial} 00000000${ARGV[5]}`, "EX", ARGV[3], "NX");
}
lengthen(KEYS[2], seconds);
call("ZADD", KEYS[2], ARGV[1], ARGV[4]);
lengthen(KEYS[2], seconds);
if ((call("ZCARD", KEYS[2]) < 16)) {
return ["created", []];
}
return ["created", call("ZRANDMEMBER", KEYS[2], 4)];
},
slide: (KEYS: readonly string[], ARGV: readonly string[]) => {
for (let i = 1; i <= ARGV.length; i++) {
call("EXPIRE", KEYS[i - 1], ARGV[i - 1]);
}
return call("MGET", ...KEYS);
},
update: (KEYS: readonly string[], ARGV: readonly string[]) => {
let session: lua.Value = readSession(KEYS[0]);
if ((!lua.isTrue(session) || !lua.isTrue(agrees(session, KEYS[1])))) {
return 0;
}
let generation: lua.Value = Number(ARGV[0]);
if (((generation < session.generation) && (judgeOlder(session, generation, readClock(ARGV[4])) !== "live"))) {
return 0;
}
let person: lua.Value = lua.or(lua.and(KEYS[1], () => readPerson(KEYS[1])), () => ({ epoch: session.epoch, serial: "00000000" }));
if (((ARGV[3] !== "") && (ARGV[3] !== `${session.revision} ${person.epoch} ${person.serial}`))) {
return 2;
}
let value: lua.Value = call("GET", KEYS[0]);
let first: lua.Value = lua.find(value, "\n", 1, true);
let second: lua.Value = lua.and(first, () => lua.find(value, "\n", (first + 1), true));
if (!lua.isTrue(second)) {
lua.fail("RWT_NO_ANSWER");
}
let third: lua.Value = lua.or(lua.find(value, "\n", (second + 1), true), () => (lua.size(value) + 1));
if (((ARGV[2] === "0") && (lua.sub(value, (second + 1), (second + 3)) === "e1."))) {
lua.fail("RWT_ENCRYPTED");
}
let state: lua.Value = session.state;
if (((generation === session.generation) && ((state % 2) === 0))) {
state = (state + 1);
}
let revision: lua.Value = lua.format("%08d", ((Number(session.revision) + 1) % 100000000));
call("SET", KEYS[0], `${lua.sub(value, 1, 31)}${lua.format("%d", state)}${lua.sub(value, 33, 55)}${person.serial} ${revision}${lua.sub(value, 73, second)}${ARGV[1]}${lua.sub(value, third)}`, "XX", "KEEPTTL");
return 1;
},
"update-all": (KEYS: readonly string[], ARGV: readonly string[]) => {
let person: lua.Value = readPerson(KEYS[0]);
if (!lua.isTrue(person)) {
return 0;
}
let serial: lua.Value = (Number(person.serial) + 1);
if ((serial > 99999999)) {
lua.fail("RWT_NO_ANSWER");
}
let lines: lua.Value = splitPerson(call("GET", KEYS[0]));
if ((((ARGV[1] === "0") && lua.isTrue(lines.data)) && (lua.sub(lines.data, 1, 3) === "e1."))) {
lua.fail("RWT_ENCRYPTED");
}
call("SET", KEYS[0], `1 ${person.epoch} ${lua.format("%08d", serial)}${lines.rest}\n${ARGV[0]}${lines.further}`, "XX", "KEEPTTL");
return 1;
},
use: (KEYS: readonly string[], ARGV: readonly string[]) => {
let session: lua.Value = readSession(KEYS[0]);
if ((!lua.isTrue(session) || !lua.isTrue(agrees(session, KEYS[1])))) {
return 0;
}
let generation: lua.Value = Number(ARGV[0]);
if ((generation > session.generation)) {
let clock: lua.Value = readClock(ARGV[1]);
writeField(KEYS[0], 25, "%05d", generation);
writeField(KEYS[0], 33, "%010d", 0);
writeField(KEYS[0], 44, "%010d", (clock.now + 10));
writeState(KEYS[0], 1);
return 1;
}
if (((generation < session.generation) || ((session.state % 2) === 1))) {
return 0;
}
writeState(KEYS[0], (session.state + 1));
return 1;
} };
}
