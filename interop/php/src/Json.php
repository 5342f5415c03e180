<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\StoreUnavailable;

/** JSON as a line of a value in Redis: compact, and without newlines. */
final class Json
{
    /** More than any user record has, as in the other languages. */
    public const MOST_LEVELS = 500;
    private const MOST_LEVELS_READ = 1024;
    /** The largest number up to which JavaScript and others read every integer exactly. */
    private const MAX_INTEGER = 2 ** 53;

    /**
     * @param string $what what the data is, for an error message
     *
     * @throws DataNotJson where the data isn't JSON
     */
    public static function encode(#[\SensitiveParameter] mixed $data, string $what = 'data'): string
    {
        // php.ini's serialize_precision must not cost digits of floats.
        $precision = ini_set('serialize_precision', '-1');
        try {
            $json = json_encode(
                $data,
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION,
                // The data's own levels, and those of facts around meta.
                self::MOST_LEVELS + ($what === 'meta' ? 1 : 0),
            );
            if (!self::hasLargeInteger($json) && !(str_contains($json, '{}') && self::holdsOpaque($data))) {
                return $json;
            }
        } catch (\JsonException) {
            // Not its message and trace, which may show the data.
        } finally {
            if ($precision !== false) {
                ini_set('serialize_precision', $precision);
            }
        }
        throw DataNotJson::because($what, $data);
    }

    /**
     * Makes objects of the arrays that were objects before a change: PHP reads an empty one, and one whose names count from 0, as a list.
     *
     * @param string $before the JSON that `$after` was made of
     */
    public static function keepObjects(#[\SensitiveParameter] string $before, #[\SensitiveParameter] mixed $after): mixed
    {
        return str_contains($before, '{') ? self::objectsLike(self::decode($before, false), $after) : $after;
    }

    private static function objectsLike(#[\SensitiveParameter] mixed $before, #[\SensitiveParameter] mixed $after): mixed
    {
        if (!is_array($after) || !(is_array($before) || $before instanceof \stdClass)) {
            return $after;
        }
        $members = (array) $before;
        foreach ($after as $name => $member) {
            $after[$name] = self::objectsLike($members[$name] ?? null, $member);
        }

        // A list that was put in the place of an object stays one, unless the object looked like a list already.
        $isObject = is_object($before) && ($after === [] || ($members !== [] && array_is_list($members)));

        return $isObject ? (object) $after : $after;
    }

    /** Whether another language would read one of the integers as a different number, which may be another user's id. */
    private static function hasLargeInteger(#[\SensitiveParameter] string $json): bool
    {
        // Nearly no data has that many digits in a row.
        if (preg_match('/\d{16}/', $json) !== 1) {
            return false;
        }
        $found = false;
        $values = [json_decode($json, true, self::MOST_LEVELS_READ)];
        array_walk_recursive($values, static function (mixed $value) use (&$found): void {
            $found = $found || (is_int($value) && !self::isExact($value));
        });

        return $found;
    }

    /** Whether json_encode loses all of a value: a Closure, or an object of a class without public properties, such as in a callable. */
    public static function isOpaque(#[\SensitiveParameter] mixed $value): bool
    {
        return is_object($value) && !$value instanceof \stdClass && !$value instanceof \JsonSerializable && json_encode($value) === '{}';
    }

    private static function holdsOpaque(#[\SensitiveParameter] mixed $data): bool
    {
        if (!is_array($data) && !$data instanceof \stdClass) {
            return self::isOpaque($data);
        }
        foreach ((array) $data as $member) {
            if (self::holdsOpaque($member)) {
                return true;
            }
        }

        return false;
    }

    /** Whether JavaScript reads an integer as it is, or has itself written it: as the shortest digits that mean the number, and zeros. */
    public static function isExact(int $number): bool
    {
        if (abs($number) <= self::MAX_INTEGER) {
            return true;
        }
        $shortest = preg_replace('/\.|E.*/', '', var_export((float) $number, true));

        return sprintf('%.0f', $number) === (string) $number || rtrim((string) $shortest, '0') === rtrim((string) $number, '0');
    }

    /**
     * @param bool $asArrays whether objects become arrays with names, like lists, or \stdClass
     *
     * @throws StoreUnavailable where the text isn't JSON: something else writes to these keys
     */
    public static function decode(#[\SensitiveParameter] string $text, bool $asArrays = true): mixed
    {
        $value = json_decode($text, $asArrays, self::MOST_LEVELS_READ);
        if (json_last_error() === JSON_ERROR_UTF16) {
            // JavaScript writes a lone surrogate as \ud800, which PHP doesn't read: U+FFFD stands for it.
            $mended = preg_replace_callback(
                '/\\\\(?:u(d[89ab][0-9a-f]{2})\\\\u(d[c-f][0-9a-f]{2})|u(d[89a-f][0-9a-f]{2})|.)/is',
                static fn (array $found): string => ($found[3] ?? '') === '' ? $found[0] : '\\ufffd',
                $text,
            );
            $value = json_decode((string) $mended, $asArrays, self::MOST_LEVELS_READ);
        }
        if (json_last_error() !== JSON_ERROR_NONE) {
            throw new StoreUnavailable('reply');
        }

        return $value;
    }
}
