<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** The user has as many sessions as `maxSessions` allows, and `onLimit` is `reject`. */
final class SessionLimit extends \RuntimeException implements RwtException
{
    public function __construct(int $max)
    {
        parent::__construct("the person already has $max sessions: end one first");
    }

    public function errorCode(): string
    {
        return 'ERR_RWT_SESSION_LIMIT';
    }
}
