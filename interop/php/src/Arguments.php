<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;

/** Checks of what the calls are given. */
final class Arguments
{
    private const MAX_GRACE = 3600;
    private const MAX_PAGE = 1000;

    public static function subject(#[\SensitiveParameter] mixed $subject): string
    {
        if (!is_string($subject)) {
            throw InvalidOption::type('subject', 'text', $subject);
        }

        return $subject === '' ? throw InvalidOption::range('subject', 'more than empty text: leave it out') : $subject;
    }

    /** @return object|null a JSON object: an empty array would be a list */
    public static function meta(#[\SensitiveParameter] mixed $meta): ?object
    {
        if ($meta === null || $meta instanceof \stdClass) {
            return $meta;
        }
        if (!is_array($meta) || ($meta !== [] && array_is_list($meta))) {
            throw InvalidOption::type('meta', 'an array with names', $meta);
        }

        return (object) $meta;
    }

    /** @param string $option its name */
    public static function textOrNull(string $option, string $allowed, #[\SensitiveParameter] mixed $value): ?string
    {
        return $value === null || is_string($value) ? $value : throw InvalidOption::type($option, $allowed, $value);
    }

    public static function boolean(string $option, mixed $value): bool
    {
        return is_bool($value) ? $value : throw InvalidOption::type($option, 'true or false', $value);
    }

    /** Seconds for which the token before works after a rotation. */
    public static function grace(mixed $value): int
    {
        return self::wholeNumber('grace', 'seconds', $value, 0, self::MAX_GRACE);
    }

    /** How many sessions a page has at most. */
    public static function limit(mixed $value): int
    {
        return self::wholeNumber('limit', 'sessions', $value, 1, self::MAX_PAGE);
    }

    public static function wholeNumber(string $option, string $unit, mixed $value, int $min, int $max): int
    {
        $allowed = "a whole number of $unit from $min to $max";
        if (!is_int($value)) {
            throw InvalidOption::type($option, $allowed, $value);
        }

        return $value >= $min && $value <= $max ? $value : throw InvalidOption::range($option, $allowed);
    }
}
