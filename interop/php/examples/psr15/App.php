<?php

declare(strict_types=1);

namespace App;

use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use RedisWebToken\Http\AuthMiddleware;
use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;

/** A small app over PSR-15: sign in, a private page, sign out. A router of yours takes its place. */
final class App implements RequestHandlerInterface
{
    public function __construct(
        private readonly RequestAuth $auth,
        private readonly AuthMiddleware $middleware,
        private readonly ResponseFactoryInterface $responses,
    ) {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        return match ($request->getMethod() . ' ' . $request->getUri()->getPath()) {
            'POST /login' => $this->signIn($request),
            'POST /logout' => $this->signOut($request),
            'GET /private' => $this->middleware->process($request, new PrivatePage($this->responses)),
            default => $this->responses->createResponse(404),
        };
    }

    private function signIn(ServerRequestInterface $request): ResponseInterface
    {
        $user = ['id' => '42', 'name' => 'Ada']; // after you have checked the password
        $signedIn = $this->auth->signIn($request, $user, ['subject' => $user['id']]);

        return $signedIn instanceof Refusal ? $signedIn->toPsr7($this->responses) : $signedIn->addTo($this->seeOther('/private'));
    }

    private function signOut(ServerRequestInterface $request): ResponseInterface
    {
        $signedOut = $this->auth->signOut($request);

        return $signedOut instanceof Refusal ? $signedOut->toPsr7($this->responses) : $signedOut->addTo($this->seeOther('/'));
    }

    private function seeOther(string $path): ResponseInterface
    {
        return $this->responses->createResponse(303)->withHeader('Location', $path);
    }
}
