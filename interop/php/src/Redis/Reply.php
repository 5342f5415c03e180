<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use RedisWebToken\Exception\StoreUnavailable;

/** Replies of Redis by their types: one of another type is an outage, never an answer. */
final class Reply
{
    public static function text(#[\SensitiveParameter] mixed $reply): ?string
    {
        return $reply === null || is_string($reply) ? $reply : throw new StoreUnavailable('reply');
    }

    public static function flag(#[\SensitiveParameter] mixed $reply): bool
    {
        return match ($reply) {
            0 => false,
            1 => true,
            default => throw new StoreUnavailable('reply'),
        };
    }

    /** @param int|null $max the largest; then the smallest is 0 */
    public static function integer(#[\SensitiveParameter] mixed $reply, ?int $max = null): int
    {
        $fits = is_int($reply) && ($max === null || ($reply >= 0 && $reply <= $max));

        return $fits ? $reply : throw new StoreUnavailable('reply');
    }

    /** Whether a SET or the like was carried out: ext-redis has true for OK. */
    public static function isOk(mixed $reply): bool
    {
        return $reply === 'OK' || $reply === true;
    }

    /** @return list<?string> */
    public static function texts(#[\SensitiveParameter] mixed $reply, ?int $count = null): array
    {
        if (!is_array($reply) || !array_is_list($reply) || ($count !== null && count($reply) !== $count)) {
            throw new StoreUnavailable('reply');
        }

        // Not by array_map, whose arguments the trace of an exception shows.
        $texts = [];
        foreach ($reply as $each) {
            $texts[] = self::text($each);
        }

        return $texts;
    }

    /**
     * Members of a sorted set with their scores, alternating.
     *
     * @return array<string, int> scores by members, in their order
     */
    public static function scores(#[\SensitiveParameter] mixed $reply): array
    {
        $scores = [];
        foreach (array_chunk(self::texts($reply), 2) as $pair) {
            [$member, $score] = [...$pair, null];
            if ($member === null || !is_numeric($score)) {
                throw new StoreUnavailable('reply');
            }
            $scores[$member] = (int) $score;
        }

        return $scores;
    }

    /**
     * The reply of a script that gives a word and what belongs to it.
     *
     * @param list<string> $words the words that it may give
     *
     * @return non-empty-list<mixed>
     */
    public static function outcome(#[\SensitiveParameter] mixed $reply, array $words): array
    {
        $isOutcome = is_array($reply) && array_is_list($reply) && in_array($reply[0] ?? null, $words, true);

        return $isOutcome ? $reply : throw new StoreUnavailable('reply');
    }
}
