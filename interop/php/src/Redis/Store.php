<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use RedisWebToken\Exception\StoreUnavailable;

/** What the library asks of Redis: one command each, and never one that leaves a key without an expiry. */
final class Store
{
    /** How many sessions one step ends: few enough that Redis serves others soon. */
    private const BATCH = '1000';

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

        return self::flag($this->send($key, ['EVAL', self::script('create-indexed'), '2', $key, $index, ...$args]));
    }

    /**
     * Ends the sessions of an index, one step for each 1,000.
     *
     * @return int how many there were
     */
    public function endAll(string $index, #[\SensitiveParameter] ?string $except): int
    {
        $ended = 0;
        $taken = false;
        do {
            $args = [self::BATCH, $taken ? '0' : '1', $except ?? ''];
            $reply = $this->send($index, ['EVAL', self::script('end-all'), '2', $index, "$index:d", ...$args]);
            if (!is_string($reply) || preg_match('/^([01]) (\d+) (\d+)$/D', $reply, $found) !== 1) {
                throw new StoreUnavailable('reply');
            }
            $taken = $taken || $found[1] === '1';
            $ended += (int) $found[2];
        } while ($found[3] !== '0' || !$taken);

        return $ended;
    }

    /** The scripts are TypeScript's own: `npm run digests` writes them here. */
    private static function script(string $name): string
    {
        return rtrim((string) file_get_contents(__DIR__ . "/../../lua/$name.lua"));
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
