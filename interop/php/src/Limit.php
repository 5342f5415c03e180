<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;

/** How many sessions a person may have at a time. */
final class Limit
{
    private const MAX = 1000;

    /** @param bool $endsOldest whether the oldest sessions make room; otherwise the sign fails */
    private function __construct(public readonly int $max, public readonly bool $endsOldest)
    {
    }

    /** @throws InvalidOption */
    public static function read(mixed $maxSessions, mixed $onLimit): ?self
    {
        $allowed = 'one of ["endOldest","reject"]';
        if (!is_string($onLimit)) {
            throw InvalidOption::type('onLimit', $allowed, $onLimit);
        }
        if (!in_array($onLimit, ['endOldest', 'reject'], true)) {
            throw InvalidOption::range('onLimit', "be $allowed");
        }

        if ($maxSessions === null && $onLimit === 'reject') {
            throw InvalidOption::range('onLimit', 'be left out unless maxSessions is set');
        }

        return $maxSessions === null
            ? null
            : new self(Arguments::wholeNumber('maxSessions', 'sessions', $maxSessions, 1, self::MAX), $onLimit === 'endOldest');
    }
}
