/** The settings of the original's sample, its secret included; Redis comes from the test. */
const { hostname, port } = new URL(process.env.REDIS_URL ?? "");

module.exports = {
  security: { secret: "superNinja", sessionTTL: 60 * 60 * 4 },
  redis: { host: hostname, port, prefix: "sess:" },
};
