<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\StoreUnavailable;

/** The session value in Redis: JSON text. */
final class Session
{
    /** More than the 500 levels that the other languages sign. */
    private const DEPTH = 1024;

    /** @throws DataNotJson where the data isn't JSON */
    public static function encode(#[\SensitiveParameter] mixed $data, #[\SensitiveParameter] ?string $subject, #[\SensitiveParameter] mixed $meta, int $issuedAt, int $deadline, ?string $index = null): string
    {
        $value = ['v' => 1, 'iat' => $issuedAt, 'exp' => $deadline];
        if ($index !== null) {
            $value['u'] = $index;
        }
        if ($subject !== null) {
            $value['sub'] = $subject;
        }
        $value['data'] = $data;
        if ($meta !== null) {
            $value['meta'] = $meta;
        }
        // Digits of floats must survive whatever php.ini says.
        $precision = ini_set('serialize_precision', '-1');
        try {
            return json_encode(
                $value,
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION,
                self::DEPTH,
            );
        } catch (\JsonException) {
            // Without its message and trace, which may show the data.
        } finally {
            if ($precision !== false) {
                ini_set('serialize_precision', $precision);
            }
        }
        throw new DataNotJson('data and meta must be JSON: no NaN, INF, resource, or text that is not UTF-8');
    }

    /**
     * Reads a session value.
     *
     * @return array{data: mixed, subject: ?string, meta: ?array<mixed>, issuedAt: int, deadline: int}|null null for
     *                                                                                                       an object that isn't the session that was signed
     *
     * @throws StoreUnavailable for what is no JSON object, and so no answer to the question
     */
    public static function decode(#[\SensitiveParameter] string $text, int $deadline): ?array
    {
        $value = self::parse($text);
        // An object, not a list: json_decode makes arrays of both.
        if (!is_array($value) || ltrim($text, " \t\r\n")[0] !== '{') {
            throw new StoreUnavailable('reply');
        }
        [$issuedAt, $subject, $meta] = [$value['iat'] ?? null, $value['sub'] ?? null, $value['meta'] ?? null];
        $isSession = self::integer($value['v'] ?? null) === 1
            && self::integer($value['exp'] ?? null) === $deadline
            && self::integer($issuedAt) !== null
            // A token that was rotated away has an end of its own.
            && !(array_key_exists('end', $value) && (self::integer($value['end']) ?? 0) <= time())
            && array_key_exists('data', $value)
            && (!array_key_exists('sub', $value) || is_string($subject))
            && (!array_key_exists('meta', $value) || self::isObject($meta, $text));

        return $isSession
            ? ['data' => $value['data'], 'subject' => $subject, 'meta' => $meta, 'issuedAt' => self::integer($issuedAt), 'deadline' => $deadline]
            : null;
    }

    private static function parse(#[\SensitiveParameter] string $text): mixed
    {
        $value = json_decode($text, true, self::DEPTH);
        if (json_last_error() === JSON_ERROR_UTF16) {
            // JavaScript writes a lone surrogate as \ud800, which PHP doesn't read: U+FFFD stands for it.
            $mended = preg_replace_callback(
                '/\\\\(?:u(d[89ab][0-9a-f]{2})\\\\u(d[c-f][0-9a-f]{2})|u(d[89a-f][0-9a-f]{2})|.)/is',
                static fn (array $found): string => ($found[3] ?? '') === '' ? $found[0] : '\\ufffd',
                $text,
            );
            $value = json_decode((string) $mended, true, self::DEPTH);
        }

        return $value;
    }

    /** JSON has one kind of number: 1.0 and 10e-1 are 1 too. */
    private static function integer(mixed $value): ?int
    {
        return is_int($value) || (is_float($value) && abs($value) < 2 ** 53 && floor($value) === $value) ? (int) $value : null;
    }

    /** A JSON object was decoded to an array, and so was a list; where it is empty, only the text tells. */
    private static function isObject(mixed $value, #[\SensitiveParameter] string $text): bool
    {
        if (!is_array($value)) {
            return false;
        }
        if ($value !== [] && !array_is_list($value)) {
            return true;
        }
        $decoded = json_decode($text, false, self::DEPTH);

        return $decoded instanceof \stdClass && $decoded->meta instanceof \stdClass;
    }
}
