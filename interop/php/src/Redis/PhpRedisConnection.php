<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\RwtException;
use RedisWebToken\Exception\StoreUnavailable;

/**
 * ext-redis. Through `rawCommand`, which a client's prefix, serializer and compression don't touch.
 */
final class PhpRedisConnection implements Connection
{
    /** Runs several commands. A pipeline of ext-redis would wait for each reply as long as for one: a list of 100 sessions for minutes. */
    private const TOGETHER = <<<'LUA'
        local replies, at = {}, 1
        while at <= #ARGV do
          local size = tonumber(ARGV[at])
          replies[#replies + 1] = redis.call(unpack(ARGV, at + 1, at + size))
          at = at + size + 1
        end
        return replies
        LUA;

    private \Redis|\RedisCluster|null $client;

    /** @param array<string, mixed>|\Redis|\RedisCluster $target where Redis is, or a client of the caller's */
    public function __construct(#[\SensitiveParameter] private readonly array|\Redis|\RedisCluster $target)
    {
        $this->client = is_array($target) ? null : $target;
    }

    public function send(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed
    {
        return self::quietly(fn (): mixed => self::sendOne($this->client(), $key, $args));
    }

    public function sendAll(#[\SensitiveParameter] array $keys, #[\SensitiveParameter] array $commands): array
    {
        $args = ['EVAL', self::TOGETHER, (string) count($keys), ...$keys];
        foreach ($commands as $command) {
            array_push($args, (string) count($command), ...$command);
        }
        $replies = $this->send($keys[0], $args);

        return is_array($replies) && count($replies) === count($commands) ? $replies : throw new StoreUnavailable('reply');
    }

    public function close(): void
    {
        if (is_array($this->target)) {
            $client = $this->client;
            $this->client = null;
            try {
                $client?->close();
            } catch (\RedisException) {
                // It was closed already.
            }
        }
    }

    private function client(): \Redis|\RedisCluster
    {
        $client = $this->client ??= $this->open();
        if ($client->getMode() !== \Redis::ATOMIC) {
            // Queued, a command would have no answer, and would be carried out with the caller's.
            throw InvalidOption::range('redis', 'be a client that is not within MULTI or a pipeline');
        }
        if ($client === $this->target && $client instanceof \Redis) {
            self::selectAgain($client);
        }
        $client->clearLastError();

        return $client;
    }

    /**
     * Before 6.0, ext-redis forgets a client's database when it connects again: every session would seem to have ended. It doesn't
     * say when it connects.
     */
    private static function selectAgain(\Redis $client): void
    {
        $database = $client->getDbNum();
        if ($database > 0 && version_compare((string) phpversion('redis'), '6.0.0', '<') && !Reply::isOk($client->rawCommand('SELECT', (string) $database))) {
            self::throwErrorOf($client);
            throw new StoreUnavailable('reply');
        }
    }

    /** @param list<string> $args */
    private static function sendOne(\Redis|\RedisCluster $client, #[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed
    {
        $reply = $client instanceof \RedisCluster
            ? self::sendToCluster($client, $key, $args)
            : $client->rawCommand(...$args);
        self::throwErrorOf($client);

        return self::readNil($reply);
    }

    /** @param list<string> $args */
    private static function sendToCluster(\RedisCluster $client, #[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed
    {
        try {
            return $client->rawCommand($key, ...$args);
        } catch (\RedisClusterException $error) {
            if (str_contains($error->getMessage(), 'Unable to send')) {
                // The slot may have moved to another node. rawCommand doesn't follow it, but this does, and tells the client.
                $client->exists($key);
            }
            throw $error;
        }
    }

    private static function throwErrorOf(\Redis|\RedisCluster $client): void
    {
        $error = $client->getLastError();
        if (is_string($error)) {
            throw StoreUnavailable::errorReply($error);
        }
    }

    /** Both nil and an error are false, and no error is left here. */
    private static function readNil(#[\SensitiveParameter] mixed $reply): mixed
    {
        return is_array($reply) ? array_map(self::readNil(...), $reply) : ($reply === false ? null : $reply);
    }

    /**
     * After a timeout a client stays connected, and would take the late reply, another user's session, for that of the next
     * command. So a caller's client is closed too; it opens its connection again by itself.
     */
    private function drop(): void
    {
        try {
            $this->client?->close();
        } catch (\RedisException | \RedisClusterException) {
            // It was closed already.
        }
        if (is_array($this->target)) {
            $this->client = null;
        }
    }

    private function open(): \Redis
    {
        /** @var array<string, mixed> $target */
        $target = $this->target;
        $client = new \Redis();
        $host = match ($target['scheme']) {
            'tls' => "tls://{$target['host']}",
            'unix' => $target['path'],
            default => $target['host'],
        };
        $port = $target['scheme'] === 'unix' ? 0 : $target['port'];
        if (!$client->connect($host, $port, $target['timeout'], null, 0, $target['timeout'])) {
            throw new StoreUnavailable('network');
        }
        // A command that was under way when the connection broke fails, rather than being sent a second time.
        if (defined('Redis::OPT_MAX_RETRIES')) {
            $client->setOption(\Redis::OPT_MAX_RETRIES, 0);
        }
        $credentials = $target['username'] === null ? $target['password'] : [$target['username'], $target['password']];
        if ($target['password'] !== null && !$client->auth($credentials)) {
            throw new StoreUnavailable('auth');
        }
        if ($target['database'] !== 0 && !$client->select($target['database'])) {
            throw new StoreUnavailable('server');
        }

        return $client;
    }

    /**
     * Runs commands. Whatever the client throws or warns of is a StoreUnavailable, after which no connection is left that
     * might answer the next command with the reply of these.
     *
     * @template Result
     *
     * @param \Closure(): Result $command
     *
     * @return Result
     */
    private function quietly(#[\SensitiveParameter] \Closure $command): mixed
    {
        Pending::begin($this, $this->drop(...));
        try {
            set_error_handler(static fn (): bool => true);

            return $command();
        } catch (\RedisException | \RedisClusterException $error) {
            $unavailable = StoreUnavailable::clientError($error);
            $this->drop();
        } catch (RwtException $error) {
            if ($error instanceof StoreUnavailable && $error->reason() === 'reply') {
                $this->drop();
            }
            throw $error;
        } catch (\Throwable $interrupt) {
            // Such as by a signal's handler.
            $this->drop();
            throw $interrupt;
        } finally {
            restore_error_handler();
            Pending::end($this);
        }
        throw $unavailable;
    }
}
