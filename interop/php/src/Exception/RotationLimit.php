<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** A session's token has been rotated 65,535 times, and can't be again: the user has to sign in anew. */
final class RotationLimit extends \RuntimeException implements RwtException
{
    public function __construct()
    {
        parent::__construct('the token has been rotated 65,535 times: sign the user in again');
    }

    public function errorCode(): string
    {
        return 'ERR_RWT_ROTATION_LIMIT';
    }
}
