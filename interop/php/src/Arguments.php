<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\InvalidOption;

/** Checks of what the calls are given. */
final class Arguments
{
    private const MAX_GRACE = 3600;
    private const MAX_PAGE = 1000;
    /** The most bytes that `auth` and `act` may each take as JSON, since every check reads them. */
    private const MAX_FACT = 1024;

    /** @param string $must what is said of an empty one */
    public static function subject(#[\SensitiveParameter] mixed $subject, string $must = 'not be empty'): string
    {
        $text = self::nonEmptyText('subject', $subject, $must);

        // Otherwise destroyAll(token) would end nothing, and sign would store the token in Redis.
        return Token::looksRight($text) ? throw InvalidOption::range('subject', "be the user's id, not a token") : $text;
    }

    /** @param string $must what is said of an empty one */
    public static function nonEmptyText(string $option, #[\SensitiveParameter] mixed $value, string $must = 'not be empty'): string
    {
        return self::wellFormed($option, $value) === '' ? throw InvalidOption::range($option, $must) : $value;
    }

    /** @throws InvalidOption|DataNotJson */
    public static function short(string $option, #[\SensitiveParameter] mixed $value): void
    {
        if (strlen(Json::encode($value, $option)) > self::MAX_FACT) {
            throw InvalidOption::range($option, 'be at most ' . self::MAX_FACT . ' bytes of JSON');
        }
    }

    /** A JSON object, also of an array with names: an empty array would be a list. @param string $allowed what it must be */
    public static function object(string $option, string $allowed, #[\SensitiveParameter] mixed $value): object
    {
        if ($value instanceof \stdClass) {
            return $value;
        }
        if (!is_array($value) || ($value !== [] && array_is_list($value))) {
            throw InvalidOption::type($option, $allowed, $value);
        }

        return (object) $value;
    }

    public static function meta(#[\SensitiveParameter] mixed $meta): ?object
    {
        return $meta === null ? null : self::object('meta', 'a JSON object', $meta);
    }

    /** @param string $option its name */
    public static function textOrNull(string $option, string $allowed, #[\SensitiveParameter] mixed $value): ?string
    {
        return $value === null || is_string($value) ? $value : throw InvalidOption::type($option, $allowed, $value);
    }

    /** UTF-8, as any other bytes would come back from Redis as other text. */
    public static function wellFormed(string $option, #[\SensitiveParameter] mixed $value): string
    {
        if (!is_string($value)) {
            throw InvalidOption::type($option, 'text', $value);
        }

        return preg_match('//u', $value) === 1 ? $value : throw InvalidOption::range($option, 'be well-formed Unicode');
    }

    /** @param string $must what a text of this shape is */
    public static function textLike(string $shape, string $option, mixed $value, string $must): string
    {
        $text = self::wellFormed($option, $value);

        return preg_match($shape, $text) === 1 ? $text : throw InvalidOption::range($option, $must);
    }

    /** @return list<mixed> */
    public static function list(string $option, mixed $value): array
    {
        return is_array($value) && array_is_list($value) ? $value : throw InvalidOption::type($option, 'an array', $value);
    }

    /** @return array<string, mixed> */
    public static function named(string $option, #[\SensitiveParameter] mixed $value): array
    {
        return is_array($value) && ($value === [] || !array_is_list($value)) ? $value : throw InvalidOption::type($option, 'an array with names', $value);
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

    /** An idle timeout in seconds. */
    public static function expire(mixed $value, int $maxLifetime): int
    {
        $expire = self::wholeNumber('expire', 'seconds', $value, 1, Token::MAX_SECONDS);

        return $expire <= $maxLifetime ? $expire : throw InvalidOption::range('expire', "be at most maxLifetime, $maxLifetime seconds");
    }

    /** How many sessions a page has at most. */
    public static function limit(mixed $value): int
    {
        return self::wholeNumber('limit', 'sessions', $value, 1, self::MAX_PAGE);
    }

    public static function wholeNumber(string $option, string $unit, mixed $value, int $min, int $max): int
    {
        $allowed = "a whole number of $unit from $min to $max";
        if (is_float($value) && $value === floor($value) && abs($value) <= PHP_INT_MAX) {
            $value = (int) $value;
        }
        if (is_float($value)) {
            throw InvalidOption::range($option, "be $allowed, not " . (is_finite($value) ? $value : str_replace(['NAN', 'INF'], ['NaN', 'Infinity'], (string) $value)));
        }
        if (!is_int($value)) {
            throw InvalidOption::type($option, $allowed, $value);
        }

        return $value >= $min && $value <= $max ? $value : throw InvalidOption::range($option, "be $allowed, not $value");
    }

    /**
     * Refuses names that aren't known, so that a typing error is not lost.
     *
     * @param array<string, mixed> $given
     * @param array<string, mixed> $defaults
     *
     * @return array<string, mixed>
     */
    public static function known(string $where, #[\SensitiveParameter] array $given, array $defaults): array
    {
        foreach (array_keys($given) as $name) {
            if (!array_key_exists($name, $defaults)) {
                throw InvalidOption::unknown((string) $name, $where, array_keys($defaults));
            }
        }

        return array_merge($defaults, $given);
    }
}
