import type { RedisConnection } from "./connection.ts";
import { isConnectionLost } from "./faults.ts";

/**
 * Sends a command once more where the connection broke under it: one that had been idle was cut off by a server, a proxy or a
 * freeze, and this command was the first to find out. Not a lasting write, which may have been carried out.
 */
export const withResend = (connection: RedisConnection): RedisConnection => ({
  ...connection,
  async send(command, signal) {
    try {
      return await connection.send(command, signal);
    } catch (error) {
      const mayRepeat = !command.write || command.expendable === true;
      if (!mayRepeat || signal.aborted || !isConnectionLost(error)) throw error;
      return connection.send(command, signal);
    }
  },
});
