<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** `data` or `meta` holds something that JSON can't give back as it was: NaN, a resource, text that isn't UTF-8. */
final class DataNotJson extends \InvalidArgumentException implements RwtException
{
    public function errorCode(): string
    {
        return 'ERR_RWT_DATA_NOT_JSON';
    }
}
