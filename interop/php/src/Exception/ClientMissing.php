<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** Neither ext-redis nor Predis is installed. */
final class ClientMissing extends \LogicException implements RwtException
{
    public function __construct()
    {
        parent::__construct('a Redis client is needed: install ext-redis, or composer require predis/predis');
    }

    public function errorCode(): string
    {
        return 'ERR_RWT_CLIENT_MISSING';
    }
}
