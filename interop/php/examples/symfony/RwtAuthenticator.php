<?php

declare(strict_types=1);

namespace App\Security;

use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Security\Core\Authentication\Token\TokenInterface;
use Symfony\Component\Security\Core\Exception\AuthenticationException;
use Symfony\Component\Security\Http\Authenticator\AbstractAuthenticator;
use Symfony\Component\Security\Http\Authenticator\Passport\Badge\UserBadge;
use Symfony\Component\Security\Http\Authenticator\Passport\Passport;
use Symfony\Component\Security\Http\Authenticator\Passport\SelfValidatingPassport;

/** Lets a request into its firewall only with a live session. The firewall's user provider loads the user by the session's subject. */
final class RwtAuthenticator extends AbstractAuthenticator
{
    public function __construct(private readonly RequestAuth $auth)
    {
    }

    public function supports(Request $request): bool
    {
        return true;
    }

    public function authenticate(Request $request): Passport
    {
        $session = $this->auth->authenticate($request);
        if ($session === null || $session instanceof Refusal) {
            throw new RequestRefused($session);
        }
        $request->attributes->set('rwt', $session);

        return new SelfValidatingPassport(new UserBadge((string) $session['subject']));
    }

    public function onAuthenticationSuccess(Request $request, TokenInterface $token, string $firewallName): ?Response
    {
        return null;
    }

    public function onAuthenticationFailure(Request $request, AuthenticationException $exception): ?Response
    {
        // Without a refusal: the session's user is gone.
        return $exception instanceof RequestRefused
            ? $exception->refusal?->toSymfony()
            : new Response('Unauthorized', 401, ['WWW-Authenticate' => 'Bearer realm="api"', 'Cache-Control' => 'no-store']);
    }
}
