import type { RedisConnection } from "./connection.ts";
import { isConnectionLost } from "./faults.ts";

/**
 * Sends a command once more if the connection broke: a server, a proxy or a freeze may have cut off an idle connection, which only
 * the next command notices. Lasting writes aren't resent, since Redis may have executed them.
 */
export const withResend = (connection: RedisConnection): RedisConnection => ({
  ...connection,
  async send(command, limit) {
    try {
      return await connection.send(command, limit);
    } catch (error) {
      const mayRepeat = !command.write || command.expendable === true;
      if (!mayRepeat || limit.isOver || !isConnectionLost(error)) throw error;
      return connection.send(command, limit);
    }
  },
});
