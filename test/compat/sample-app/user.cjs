/** Stands in for the sample's Mongoose model: the same call, and a document with dates. */
class User {
  constructor(username, password) {
    this.username = username;
    this.password = password;
    this.created = new Date();
    this.modified = new Date();
  }

  static authenticate(username, password, callback) {
    const found = username === "admin" && password === "azerty" ? new User(username, "hashed") : null;
    setImmediate(() => callback(null, found));
  }
}

module.exports = User;
