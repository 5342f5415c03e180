<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use RedisWebToken\Exception\StoreUnavailable;

/** What the library asks of Redis: one command each, and never one that leaves a key without an expiry. */
final class Store
{
    /** The same script as TypeScript's, so that Redis keeps one. SPEC.md, "Index". */
    private const CREATE_INDEXED = <<<'LUA'
        if not redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2], 'NX') and redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
        local base = string.sub(KEYS[1], 1, -1 - #ARGV[3])
        for _, member in ipairs(redis.call('ZRANDMEMBER', KEYS[2], 4)) do
          if redis.call('EXISTS', base .. string.gsub(member, '^~', '')) == 0 then redis.call('ZREM', KEYS[2], member) end
        end
        redis.call('EXPIRE', KEYS[2], redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2] - ARGV[5])
        return 1
        LUA;

    private int|float $lastUse = INF;

    /**
     * @param float|null $timeout seconds that the connection gives Redis; null for a client of the caller's
     * @param float      $maxIdle seconds after which a connection of ours is replaced before it is used
     */
    public function __construct(
        private readonly Connection $connection,
        private readonly ?float $timeout,
        private readonly float $maxIdle = 10.0,
    ) {
    }

    /** Stores a new session; false where another value has the key. */
    public function create(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $value, int $ttl): bool
    {
        $reply = $this->send($key, ['SET', $key, $value, 'EX', self::seconds($ttl), 'NX']);
        if ($reply === 'OK' || $reply === true) {
            return true;
        }
        if ($reply !== null) {
            throw new StoreUnavailable('reply');
        }

        // A client that sends again after a lost reply meets its own first write here.
        return $this->read($key) === $value;
    }

    /**
     * Stores a new session that joins its subject's index, in one step; false where another value has the key.
     *
     * @param int $deadline Unix seconds
     * @param int $now      Unix seconds
     */
    public function createIndexed(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $value, int $ttl, string $index, #[\SensitiveParameter] string $member, int $deadline, int $now): bool
    {
        $args = [$value, self::seconds($ttl), $member, (string) $deadline, (string) $now];

        return self::flag($this->send($key, ['EVAL', self::CREATE_INDEXED, '2', $key, $index, ...$args]));
    }

    /** @param int|null $slideTo seconds to which the life is set in the same step */
    public function read(#[\SensitiveParameter] string $key, ?int $slideTo = null): ?string
    {
        $args = $slideTo === null ? ['GET', $key] : ['GETEX', $key, 'EX', self::seconds($slideTo)];

        return self::text($this->send($key, $args));
    }

    public function extend(#[\SensitiveParameter] string $key, int $ttl): bool
    {
        return self::flag($this->send($key, ['EXPIRE', $key, self::seconds($ttl)]));
    }

    public function remove(#[\SensitiveParameter] string $key): bool
    {
        return self::flag($this->send($key, ['DEL', $key]));
    }

    /** Runs a script over one key, which gives text, a flag or nil. */
    public function evaluate(string $script, #[\SensitiveParameter] string $key, string ...$args): string|bool|null
    {
        $reply = $this->send($key, ['EVAL', $script, '1', $key, ...$args]);

        return is_int($reply) ? self::flag($reply) : self::text($reply);
    }

    public function connect(): void
    {
        $reply = $this->send('', ['PING']);
        if ($reply !== 'PONG' && $reply !== true) {
            throw new StoreUnavailable('reply');
        }
    }

    public function disconnect(): void
    {
        $this->connection->close();
    }

    /** @param list<string> $args */
    private function send(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed
    {
        $start = hrtime(true);
        // A worker may wait for hours, and Redis or a firewall may have closed the connection meanwhile. A new one
        // costs less than an outage that is none, and nothing is sent twice.
        if ($this->timeout !== null && $start - $this->lastUse > $this->maxIdle * 1e9) {
            $this->connection->close();
        }
        $this->lastUse = $start;
        try {
            return $this->connection->send($key, $args);
        } catch (StoreUnavailable $unavailable) {
            // Of a time-out the clients say that the connection was lost.
            $isLate = $this->timeout !== null && hrtime(true) - $start >= $this->timeout * 9e8;
            throw $isLate && $unavailable->reason() === 'network' ? new StoreUnavailable('timeout') : $unavailable;
        }
    }

    /** The last guard of "no key without an expiry". */
    private static function seconds(int $ttl): string
    {
        if ($ttl < 1) {
            throw new \LogicException('a life of less than a second');
        }

        return (string) $ttl;
    }

    private static function text(#[\SensitiveParameter] mixed $reply): ?string
    {
        if ($reply === null || is_string($reply)) {
            return $reply;
        }
        throw new StoreUnavailable('reply');
    }

    private static function flag(mixed $reply): bool
    {
        return match ($reply) {
            0 => false,
            1 => true,
            default => throw new StoreUnavailable('reply'),
        };
    }
}
