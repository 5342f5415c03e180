<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;

/** Line 2 of a session: its subject and meta. */
final class Notes
{
    /** @param array<mixed>|object|null $meta */
    public static function of(#[\SensitiveParameter] ?string $subject, #[\SensitiveParameter] array|object|null $meta): \stdClass
    {
        $notes = new \stdClass();
        if ($subject !== null) {
            $notes->sub = $subject;
        }
        if ($meta !== null) {
            $notes->meta = $meta;
        }

        return $notes;
    }

    /**
     * @return array{?string, ?array<mixed>}|null subject and meta; null for a line of another shape
     *
     * @throws StoreUnavailable where the line isn't JSON
     */
    public static function read(#[\SensitiveParameter] string $json): ?array
    {
        if ($json === '{}') {
            return [null, null];
        }
        $notes = Json::decode($json);
        $subject = $notes['sub'] ?? null;
        $meta = $notes['meta'] ?? null;
        $isNotes = str_starts_with(ltrim($json, " \t\r"), '{')
            && (!array_key_exists('sub', $notes) || is_string($subject))
            && (!array_key_exists('meta', $notes) || self::isObject($meta, $json));

        return $isNotes ? [$subject, $meta] : null;
    }

    /** PHP makes arrays of objects and lists: where one looks like a list, only the text tells. */
    private static function isObject(#[\SensitiveParameter] mixed $meta, #[\SensitiveParameter] string $json): bool
    {
        return is_array($meta) && (!array_is_list($meta) || Json::decode($json, false)->meta instanceof \stdClass);
    }
}
