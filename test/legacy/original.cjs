/**
 * What the migration's "before" runs on: the original's calls and its format in Redis, written anew from
 * their description. The package itself can't be installed any more.
 */
const { randomInt } = require("node:crypto");
const { Redis } = require("ioredis");

const group = () => randomInt(0x1_0000).toString(16).padStart(4, "0");

module.exports = ({
  redis: { prefix = "sess:", ...redis },
  custom: { expire = 3600, verifyExtendsToken = false },
}) => {
  const client = new Redis(redis);
  const keyOf = (token, secret) => prefix + Buffer.from(token + secret).toString("base64");
  return {
    sign(user, secret, params, callback) {
      const token = Array.from({ length: 5 }, group).join("-");
      const kept = Object.entries(user).filter(([, value]) => Boolean(value));
      client.hmset(
        keyOf(token, secret),
        kept.flatMap(([k, v]) => [k, v.toString()]),
        (error) => {
          if (error) return callback(error);
          client.expire(keyOf(token, secret), { expire, ...params }.expire);
          callback(null, token);
        },
      );
    },
    verify(token, secret, callback) {
      client.hgetall(keyOf(token, secret), (error, user) => {
        if (error) return callback(error);
        if (verifyExtendsToken) client.expire(keyOf(token, secret), expire);
        callback(null, Object.keys(user).length > 0 ? user : null);
      });
    },
    destroy(token, secret, callback) {
      client.del(keyOf(token, secret), (error) => callback(error));
    },
  };
};
