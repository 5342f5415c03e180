<?php

declare(strict_types=1);

namespace App;

use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use RedisWebToken\Http\AuthMiddleware;

/** What only a user with a live session sees. */
final class PrivatePage implements RequestHandlerInterface
{
    public function __construct(private readonly ResponseFactoryInterface $responses)
    {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $response = $this->responses->createResponse();
        $response->getBody()->write('Hello ' . AuthMiddleware::session($request)['data']['name']);

        return $response;
    }
}
