<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;

/** Line 1 of a person's value. */
final class PersonHeader
{
    private const SHAPE = '/^1 ([A-Za-z0-9_-]{11}) ([0-9]{8})/';

    private function __construct(
        /** Only sessions with this epoch live. */
        public readonly string $epoch,
        /** Counts the person's calls of updateAll. */
        public readonly string $serial,
    ) {
    }

    /** @return self|null null for a value of another version @throws StoreUnavailable for a value that is no person's */
    public static function read(#[\SensitiveParameter] string $value): ?self
    {
        $fields = SessionHeader::match(self::SHAPE, $value);

        return $fields === null ? null : new self($fields[1], $fields[2]);
    }

    /** An epoch that no session has yet. */
    public static function newEpoch(): string
    {
        return Base64Url::encode(random_bytes(8));
    }
}
