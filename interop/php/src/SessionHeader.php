<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;

/** Line 1 of a session's value. See SPEC.md, "Values". */
final class SessionHeader
{
    private const SHAPE = '/^1 ([0-9]{10}) ([A-Za-z0-9_-]{11}) ([0-9]{5}) ([0-9]) [0-9]{10} [0-9]{10} ([0-9]{8}) ([0-9]{8})/';
    private const NO_EPOCH = '-----------';

    private function __construct(
        /** When it was signed: Unix seconds, as the ten digits of the header. */
        public readonly string $issuedAt,
        public readonly string $epoch,
        public readonly int $generation,
        /** Whether a token of the present generation has been used. */
        public readonly bool $isUsed,
        /** The person's serial when the session's data was written. */
        public readonly string $serial,
        /** Counts changes of the data. */
        public readonly string $revision,
    ) {
    }

    /**
     * @return self|null null for a value of another version
     *
     * @throws StoreUnavailable for a value that is no session's
     */
    public static function read(#[\SensitiveParameter] string $value): ?self
    {
        $fields = self::match(self::SHAPE, $value);

        return $fields === null ? null : new self(
            $fields[1],
            $fields[2],
            (int) $fields[3],
            ((int) $fields[4] & 1) === 1,
            $fields[5],
            $fields[6],
        );
    }

    /** The header of a new session without a subject. */
    public static function withoutPerson(int $issuedAt): string
    {
        return sprintf('1 %010d %s 00000 1 0000000000 0000000000 00000000 00000000', $issuedAt, self::NO_EPOCH);
    }

    /** Whether the session goes on, by the epoch of its person; null for a session without a subject. */
    public function isOf(?PersonHeader $person): bool
    {
        return $person === null ? $this->epoch === self::NO_EPOCH : $this->epoch === $person->epoch && $this->epoch !== self::NO_EPOCH;
    }

    /**
     * @return array<int, string>|null null for a value of another version
     *
     * @throws StoreUnavailable for a value that isn't of this format
     */
    public static function match(string $shape, #[\SensitiveParameter] string $value): ?array
    {
        if (preg_match($shape, $value, $fields) === 1) {
            return $fields;
        }
        $isOtherVersion = preg_match('/^[0-9]+ /', $value) === 1 && !str_starts_with($value, '1 ');

        return $isOtherVersion ? null : throw new StoreUnavailable('reply');
    }
}
