<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;

/** Line 2 of a session: its subject, its meta, and who acts as the subject. */
final class Notes
{
    /**
     * @param array<mixed>|null $meta
     * @param array<mixed>|null $act
     */
    private function __construct(public readonly ?string $subject, public readonly ?array $meta, public readonly ?array $act)
    {
    }

    /** The line to write. */
    public static function of(#[\SensitiveParameter] ?string $subject, #[\SensitiveParameter] ?object $meta, #[\SensitiveParameter] ?object $act): object
    {
        return (object) array_filter(['sub' => $subject, 'meta' => $meta, 'act' => $act], static fn (mixed $fact): bool => $fact !== null);
    }

    /**
     * @return self|null null for a line of another shape
     *
     * @throws StoreUnavailable where the line isn't JSON
     */
    public static function read(#[\SensitiveParameter] string $json): ?self
    {
        if ($json === '{}') {
            return new self(null, null, null);
        }
        $notes = Json::decode($json);
        $subject = $notes['sub'] ?? null;
        $meta = $notes['meta'] ?? null;
        $act = $notes['act'] ?? null;
        $isNotes = str_starts_with(ltrim($json, " \t\r"), '{')
            && (!array_key_exists('sub', $notes) || is_string($subject))
            && (!array_key_exists('meta', $notes) || self::isObject($meta, $json))
            && (!array_key_exists('act', $notes) || Actor::isOne($act));

        return $isNotes ? new self($subject, $meta, $act) : null;
    }

    /** PHP makes arrays of objects and lists: where one looks like a list, only the text tells. */
    private static function isObject(#[\SensitiveParameter] mixed $meta, #[\SensitiveParameter] string $json): bool
    {
        return is_array($meta) && (!array_is_list($meta) || Json::decode($json, false)->meta instanceof \stdClass);
    }

    /** @return array<string, mixed> no facts for var_dump */
    public function __debugInfo(): array
    {
        return [];
    }
}
