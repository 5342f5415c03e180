<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** Whatever this library throws. No message holds a secret, a token, a key or your users' data. */
interface RwtException extends \Throwable
{
    /** A stable code, the same as in the other languages: `ERR_RWT_…`. Messages may change. */
    public function errorCode(): string;
}
