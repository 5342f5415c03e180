<?php

declare(strict_types=1);

namespace App\Http\Middleware;

use Illuminate\Http\Request;
use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use Symfony\Component\HttpFoundation\Response;

/** Lets a request through only with a live session, which the guard `rwt` then reads. */
final class AuthenticateRwt
{
    public function __construct(private readonly RequestAuth $auth)
    {
    }

    public function handle(Request $request, \Closure $next): Response
    {
        $session = $this->auth->authenticate($request);
        if ($session instanceof Refusal) {
            return $session->toSymfony();
        }
        $request->attributes->set('rwt', $session);
        $response = $next($request);
        $response->headers->addCacheControlDirective('no-store');

        return $response;
    }
}
