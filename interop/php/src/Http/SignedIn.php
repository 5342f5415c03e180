<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

/** The result of `signIn` and `rotateSession`: the new token, and what your response must carry. */
final class SignedIn extends Answer
{
    /** @param string $token for clients that store it themselves */
    public function __construct(#[\SensitiveParameter] public readonly string $token, #[\SensitiveParameter] ?string $cookie)
    {
        parent::__construct(self::headersWith($cookie));
    }
}
