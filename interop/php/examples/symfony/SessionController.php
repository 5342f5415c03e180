<?php

declare(strict_types=1);

namespace App\Controller;

use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use Symfony\Component\HttpFoundation\RedirectResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/** Signs in and out. Its routes lie outside of the firewall, because a user who signs in has no session yet. */
final class SessionController
{
    public function __construct(private readonly RequestAuth $auth)
    {
    }

    public function signIn(Request $request): Response
    {
        $user = ['id' => '42', 'name' => 'Ada']; // after you have checked the password
        $signedIn = $this->auth->signIn($request, $user, ['subject' => $user['id']]);

        return $signedIn instanceof Refusal ? $signedIn->toSymfony() : $signedIn->addTo(new RedirectResponse('/private', 303));
    }

    public function signOut(Request $request): Response
    {
        $signedOut = $this->auth->signOut($request);

        return $signedOut instanceof Refusal ? $signedOut->toSymfony() : $signedOut->addTo(new RedirectResponse('/', 303));
    }
}
