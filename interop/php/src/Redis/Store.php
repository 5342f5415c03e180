<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use RedisWebToken\Exception\StoreUnavailable;

/** What the library asks of Redis: one command each, and never one that leaves a key without an expiry. */
final class Store
{
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
