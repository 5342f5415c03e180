<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use RedisWebToken\Exception\MiddlewareMissing;

/** A PSR-15 middleware: lets a request through only with a live session, or without one where the option `optional` is true. */
final class AuthMiddleware implements MiddlewareInterface
{
    private const ATTRIBUTE = 'rwt.session';

    /**
     * @param ResponseFactoryInterface                                            $responses makes the responses to refused requests
     * @param (\Closure(ServerRequestInterface, Refusal): ResponseInterface)|null $onFailure makes your own response to a refused request
     * @param Requirement|null                                                    $require   what the user must have proved (step-up)
     */
    public function __construct(
        private readonly RequestAuth $auth,
        private readonly ResponseFactoryInterface $responses,
        private readonly ?\Closure $onFailure = null,
        private readonly ?Requirement $require = null,
    ) {
    }

    public function process(#[\SensitiveParameter] ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $session = $this->auth->authenticate($request, ['require' => $this->require]);
        if ($session instanceof Refusal) {
            return $this->onFailure === null ? $session->toPsr7($this->responses) : ($this->onFailure)($request, $session);
        }
        $response = $handler->handle($request->withAttribute(self::ATTRIBUTE, $session));

        return $response->hasHeader('Cache-Control') ? $response : $response->withHeader('Cache-Control', 'no-store');
    }

    /**
     * The session of a request that has passed this middleware; null where it is optional and there is none.
     *
     * @return array{data: mixed, subject: ?string, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, issuedAt: int, deadline: int, expire: int}|null
     *
     * @throws MiddlewareMissing on a route without this middleware
     */
    public static function session(#[\SensitiveParameter] ServerRequestInterface $request): ?array
    {
        $session = $request->getAttribute(self::ATTRIBUTE, false);

        return $session === false ? throw new MiddlewareMissing() : $session;
    }
}
