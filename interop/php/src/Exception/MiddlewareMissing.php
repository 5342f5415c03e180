<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** `AuthMiddleware::session` was used on a route without that middleware. */
final class MiddlewareMissing extends \LogicException implements RwtException
{
    public function __construct()
    {
        parent::__construct('AuthMiddleware::session needs AuthMiddleware before it');
    }

    public function errorCode(): string
    {
        return 'ERR_RWT_MIDDLEWARE_MISSING';
    }
}
