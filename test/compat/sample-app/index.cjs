/** The original's sample app: its routes, and its calls of the library unchanged but for the import. */
const express = require("express");
const bodyParser = require("body-parser");
const User = require("./user.cjs");
const config = require("./config.cjs");
const rwt = require("redis-web-token/compat")({
  redis: config.redis,
  custom: {
    expire: config.security.sessionTTL,
    verifyExtendsToken: false,
  },
});

const app = express();
app.use(bodyParser.json());

const tokenOf = (req) => req.body.token || req.query.token || req.headers["x-access-token"];

app.post("/login", (req, res) => {
  const { username, password } = req.body;
  if (!username) return res.status(400).send("Missing credentials");

  User.authenticate(username, password, (err, user) => {
    if (err || !user) return res.status(403).send("Authentication error : wrong username or password");

    rwt.sign(
      { username: user.username, password: user.password, created: user.created, modified: user.modified },
      config.security.secret,
      config.security.sessionParams,
      (er, token) => {
        if (er) return res.status(403).send("Authentication error : invalid token");

        return res.json({ token });
      },
    );
  });
});

app.post("/logout", (req, res) => {
  const token = tokenOf(req);
  if (!token) return res.status(403).send("Forbidden");

  rwt.destroy(token, config.security.secret, (err) => {
    if (err) return res.status(403).send("Forbidden");

    return res.send("disconnected");
  });
});

app.get(
  "/private",
  (req, res, next) => {
    const token = tokenOf(req);
    if (!token) return res.status(403).send("Forbidden");

    rwt.verify(token, config.security.secret, (err, user) => {
      if (err || !user) return res.status(403).send("Forbidden");

      return next();
    });
  },
  (_req, res) => res.send("private"),
);

const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));

process.once("SIGTERM", () => {
  rwt.disconnect();
  server.close();
});
